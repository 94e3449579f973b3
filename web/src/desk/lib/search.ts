// What is typed into the search box, and what of it may stand in the address: a number of a person stays out of
// the browser's history.
import { reactive } from 'vue'

const landline = /^0\d{2,3}-\d{7,8}$/
export const is_number = (q: string): boolean =>
  landline.test(q.trim()) || (q.replace(/\D/g, '').length >= 4 && !/[\u4e00-\u9fff-]/.test(q))

// One box for the whole desk: the page of results asks what the box holds.
export const asked = reactive({ q: '' })

export function query_of(q: string): Record<string, string> {
  const text = q.trim()
  return text === '' || is_number(text) ? {} : { q: text }
}

/** "/" goes to the search box, unless somebody is typing. */
export function wants_search(event: KeyboardEvent): boolean {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return false
  const at = event.target as HTMLElement | null
  if (at === null || typeof at.closest !== 'function') return true
  return at.closest('input, textarea, select, [contenteditable="true"], [role="dialog"]') === null
}
