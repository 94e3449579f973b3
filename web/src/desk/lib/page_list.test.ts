// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'

import { ApiError } from '../api/client'
import type { Page } from '../api/types'
import { clear_page, put_on_page } from '../testing'
import { append_tail, merge_head, use_page_list, type PageList } from './page_list'

interface Row {
  id: number
  text?: string
}
const key = (row: Row): number => row.id
const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id }))

afterEach(clear_page)

describe('merging', () => {
  it('puts new rows on top and replaces those that changed', () => {
    const merged = merge_head(rows(3, 2, 1), [{ id: 4 }, { id: 3, text: 'reversed' }], key)
    expect(merged).toEqual([{ id: 4 }, { id: 3, text: 'reversed' }, { id: 2 }, { id: 1 }])
  })

  it('shows a row that moved between two pages once', () => {
    expect(append_tail(rows(3, 2), rows(2, 1), key)).toEqual(rows(3, 2, 1))
  })
})

/** A list whose requests are answered by hand, in any order. */
function by_hand() {
  const asked: { cursor?: string; answer: (page: Page<Row>) => void; fail: (error: unknown) => void }[] = []
  let list!: PageList<Row>
  put_on_page(
    defineComponent({
      setup() {
        list = use_page_list<Row>(
          (cursor) => new Promise((resolve, reject) => asked.push({ cursor, answer: resolve, fail: reject })),
          key,
        )
        return () => h('div')
      },
    }),
  )
  return { list, asked }
}

describe('reading page by page', () => {
  it('appends the next page with the cursor of the last', async () => {
    const { list, asked } = by_hand()
    const first = list.load()
    asked[0]!.answer({ items: rows(4, 3), next: 'c1' })
    await first
    const second = list.more()
    expect(asked[1]!.cursor).toBe('c1')
    asked[1]!.answer({ items: rows(2, 1), next: null })
    await second
    expect(list.items.value).toEqual(rows(4, 3, 2, 1))
    await list.more()
    expect(asked).toHaveLength(2)
  })

  it('ignores the answer to a filter that was changed meanwhile', async () => {
    const { list, asked } = by_hand()
    const old = list.load()
    const now = list.load()
    asked[1]!.answer({ items: rows(9), next: null })
    await now
    asked[0]!.answer({ items: rows(1), next: null })
    await old
    expect(list.items.value).toEqual(rows(9))
    expect(list.loading.value).toBe(false)
  })

  it('keeps the rows when a request fails and says why', async () => {
    const { list, asked } = by_hand()
    const first = list.load()
    asked[0]!.answer({ items: rows(1), next: 'c' })
    await first
    const second = list.more()
    asked[1]!.fail(new ApiError(503, { code: 'busy' }))
    await second
    expect(list.items.value).toEqual(rows(1))
    expect(list.failure.value?.code).toBe('busy')
  })

  it('adds what came since on top, and starts anew when more than a page came', async () => {
    const { list, asked } = by_hand()
    const first = list.load()
    asked[0]!.answer({ items: rows(2, 1), next: 'c1' })
    await first
    const few = list.refresh_head()
    asked[1]!.answer({ items: rows(3, 2), next: 'x' })
    expect(await few).toBe(1)
    expect(list.items.value).toEqual(rows(3, 2, 1))
    expect(list.next.value).toBe('c1')
    const many = list.refresh_head()
    asked[2]!.answer({ items: rows(9, 8), next: 'c9' })
    await many
    expect(list.items.value).toEqual(rows(9, 8))
    expect(list.next.value).toBe('c9')
  })
})
