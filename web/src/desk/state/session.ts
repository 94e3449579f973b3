// Who is logged in, and which compound they look at.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api, is_api_error, type ApiError } from '../api/client'
import type { Me } from '../api/types'

const compound_key = 'shouwang.compound'

export function pick_compound(compounds: readonly { id: number }[], wanted: number | null): number | null {
  return compounds.find((compound) => compound.id === wanted)?.id ?? compounds[0]?.id ?? null
}

export const use_session = defineStore('session', () => {
  const me = shallowRef<Me | null>(null)
  const expired = ref(false)
  const unreachable = shallowRef<ApiError | null>(null)
  const compound_id = ref<number | null>(null)
  let clock_offset_ms = 0

  const offset_minutes = computed(() => me.value?.utc_offset_minutes ?? 480)
  const compound = computed(() => me.value?.compounds.find((item) => item.id === compound_id.value) ?? null)
  const can = (permission: string): boolean => me.value?.permissions.includes(permission) ?? false
  /** The server's clock: an office PC's own may be wrong by hours. */
  const to_server_ms = (local_ms: number): number => local_ms + clock_offset_ms
  const now_ms = (): number => to_server_ms(Date.now())

  function accept(answer: Me): void {
    me.value = answer
    expired.value = false
    clock_offset_ms = answer.server_ms - Date.now()
    const stored = Number(localStorage.getItem(compound_key))
    compound_id.value = pick_compound(answer.compounds, compound_id.value ?? (stored || null))
  }

  function choose_compound(id: number): void {
    compound_id.value = id
    localStorage.setItem(compound_key, String(id))
  }

  /** False when nobody is logged in, or the server cannot say; then `unreachable` holds why. */
  async function restore(): Promise<boolean> {
    unreachable.value = null
    try {
      accept(await api.get<Me>('/api/session'))
      return true
    } catch (error) {
      if (!is_api_error(error)) throw error
      if (error.status !== 401) unreachable.value = error
      return false
    }
  }

  const with_code = (code: string): { code?: string } => (code.trim() === '' ? {} : { code: code.trim() })
  async function log_in(username: string, password: string, code: string): Promise<void> {
    accept(await api.post<Me>('/api/session', { username, password, ...with_code(code) }))
  }
  async function log_in_by_link(token: string, code: string): Promise<void> {
    accept(await api.post<Me>('/api/session/link', { token, ...with_code(code) }))
  }
  async function log_out(): Promise<void> {
    await api.delete('/api/session')
    me.value = null
    compound_id.value = null
  }

  return {
    me,
    expired,
    unreachable,
    compound_id,
    compound,
    offset_minutes,
    can,
    to_server_ms,
    now_ms,
    accept,
    choose_compound,
    restore,
    log_in,
    log_in_by_link,
    log_out,
  }
})
