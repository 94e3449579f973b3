// How much waits, for the bell: all one looks after, kept up to date by the live changes.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

import { api, is_api_error } from '../api/client'
import type { WorkSummary } from '../api/types'
import { use_live } from './live'
import { use_session } from './session'

export const use_work = defineStore('work', () => {
  const summary = shallowRef<WorkSummary | null>(null)

  async function load(): Promise<void> {
    if (!use_session().can('work_read')) return
    try {
      summary.value = await api.get<WorkSummary>('/api/work-items/summary')
    } catch (error) {
      // Not known rather than old: the next change or poll asks again.
      if (!is_api_error(error)) throw error
      summary.value = null
    }
  }

  /** From now on; the answer ends it. */
  function follow(): () => void {
    void load()
    return use_live().subscribe(['work'], () => void load(), true)
  }

  return { summary, load, follow }
})
