// A list that is read page by page with a cursor. A new query throws the old answer away, even one
// still under way; rows seen twice (a row moved between two pages) are shown once.
import { onBeforeUnmount, ref, shallowRef, type Ref } from 'vue'

import { is_api_error, type ApiError } from '../api/client'
import type { Page } from '../api/types'

type Fetcher<T> = (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>
type Key<T> = (item: T) => string | number

/** `fresh` first, then what of `old` it does not hold; fresh versions replace old ones in place. */
export function merge_head<T>(old: readonly T[], fresh: readonly T[], key: Key<T>): T[] {
  const by_key = new Map(fresh.map((item) => [key(item), item]))
  const known = new Set(old.map(key))
  return [
    ...fresh.filter((item) => !known.has(key(item))),
    ...old.map((item) => by_key.get(key(item)) ?? item),
  ]
}

export function append_tail<T>(old: readonly T[], tail: readonly T[], key: Key<T>): T[] {
  const known = new Set(old.map(key))
  return [...old, ...tail.filter((item) => !known.has(key(item)))]
}

export interface PageList<T> {
  items: Ref<T[]>
  next: Ref<string | null>
  loading: Ref<boolean>
  failure: Ref<ApiError | null>
  loaded_ms: Ref<number | null>
  load: () => Promise<void>
  more: () => Promise<void>
  refresh_head: () => Promise<number>
  replace: (item: T) => void
}

export function use_page_list<T>(fetcher: Fetcher<T>, key: Key<T>): PageList<T> {
  const items = shallowRef<T[]>([]) as Ref<T[]>
  const next = ref<string | null>(null)
  const loading = ref(false)
  const failure = shallowRef<ApiError | null>(null)
  const loaded_ms = ref<number | null>(null)
  let running = new AbortController()

  async function read(cursor: string | undefined): Promise<Page<T> | undefined> {
    running.abort()
    const own = (running = new AbortController())
    loading.value = true
    failure.value = null
    try {
      const page = await fetcher(cursor, own.signal)
      if (own !== running) return undefined
      loaded_ms.value = Date.now()
      return page
    } catch (error) {
      if (own === running) {
        if (!is_api_error(error)) throw error
        failure.value = error
      }
      return undefined
    } finally {
      if (own === running) loading.value = false
    }
  }

  async function load(): Promise<void> {
    const page = await read(undefined)
    if (!page) return
    items.value = page.items
    next.value = page.next
  }

  async function more(): Promise<void> {
    if (next.value === null || loading.value) return
    const page = await read(next.value)
    if (!page) return
    items.value = append_tail(items.value, page.items, key)
    next.value = page.next
  }

  /** Puts rows that came since on top; gives how many there are. Quiet when it fails: the next try follows. */
  async function refresh_head(): Promise<number> {
    if (loading.value) return 0
    const before = items.value
    const own = running
    let page: Page<T>
    try {
      page = await fetcher(undefined, own.signal)
    } catch {
      return 0
    }
    if (own !== running || items.value !== before) return 0
    const merged = merge_head(before, page.items, key)
    // More than a page came at once: rows between would be missing, so the list starts anew.
    const gap = page.next !== null && before.length > 0 && merged.length - before.length === page.items.length
    items.value = gap || before.length === 0 ? page.items : merged
    if (gap || before.length === 0) next.value = page.next
    loaded_ms.value = Date.now()
    return merged.length - before.length
  }

  function replace(item: T): void {
    items.value = items.value.map((old) => (key(old) === key(item) ? item : old))
  }

  onBeforeUnmount(() => running.abort())
  return { items, next, loading, failure, loaded_ms, load, more, refresh_head, replace }
}
