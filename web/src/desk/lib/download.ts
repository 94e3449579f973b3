// A file from the server, with the reason in words when there is none.
import { ElMessage } from 'element-plus'
import { ref } from 'vue'

import { get_file, is_api_error, save_file, type Query } from '../api/client'
import { use_words } from './words'

export function use_download() {
  const { failure_text } = use_words()
  const saving = ref(false)

  async function save(path: string, query: Query, fallback_name: string): Promise<void> {
    saving.value = true
    try {
      save_file(await get_file(path, query), fallback_name)
    } catch (error) {
      if (!is_api_error(error)) throw error
      ElMessage.error(failure_text(error))
    } finally {
      saving.value = false
    }
  }

  return { saving, save }
}
