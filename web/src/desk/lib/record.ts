// One record read from the server, and single actions that answer with words when they fail.
import { ElMessage } from 'element-plus'
import { ref, shallowRef } from 'vue'

import { is_api_error, type ApiError } from '../api/client'
import { use_words } from './words'

export function use_record<T>(fetcher: () => Promise<T>) {
  const record = shallowRef<T | null>(null)
  const failure = shallowRef<ApiError | null>(null)
  let latest = 0

  async function load(): Promise<void> {
    const own = ++latest
    try {
      const answer = await fetcher()
      if (own !== latest) return
      record.value = answer
      failure.value = null
    } catch (error) {
      if (!is_api_error(error)) throw error
      if (own === latest) failure.value = error
    }
  }

  return { record, failure, load }
}

export function use_action() {
  const { failure_text } = use_words()
  const busy = ref(false)

  /** The result, or undefined when it failed; then the reason has been shown. */
  async function run<T>(send: () => Promise<T>, success?: string): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    try {
      const answer = await send()
      if (success !== undefined) ElMessage.success(success)
      return answer
    } catch (error) {
      if (!is_api_error(error)) throw error
      ElMessage.error({ message: failure_text(error), duration: 8000, showClose: true })
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { busy, run }
}
