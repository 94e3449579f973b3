import type { LocationQueryValue } from 'vue-router'

type Value = LocationQueryValue | LocationQueryValue[] | undefined

/** Where to go after logging in: a page of this desk, never an address from elsewhere. */
export function next_page(value: Value): string {
  const path = typeof value === 'string' ? value : ''
  return path.startsWith('/') && !path.startsWith('//') && !path.startsWith('/login') ? path : '/'
}

export const text_of = (value: Value): string => (typeof value === 'string' ? value : '')
