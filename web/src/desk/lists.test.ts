// @vitest-environment happy-dom
// Columns that are chosen, orders that are asked for: one mechanism for all lists.
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { h, ref } from 'vue'

import chinese_common from '@i18n/common.zh-CN.json'
import chinese from '@i18n/desk.zh-CN.json'

import {
  column_choice,
  exported_columns,
  reset_columns,
  set_export_all,
  show_column,
  shown_columns,
  stored_choice,
  type Column,
} from './lib/columns'
import { i18n } from './lib/i18n'
import { direction_of, order_after, type Orders } from './lib/orders'
import DataTable from './part/DataTable.vue'
import { clear_page, put_on_page, settled } from './testing'

const columns: Column[] = [
  { key: 'label', label: '房号' },
  { key: 'presence', label: '在家情况', export: ['home', 'away'] },
  { key: 'actions', label: '操作', hide_label: true },
]
const orders: Orders = { usual: 'walking', columns: { label: ['walking', 'walking_back'] } }

beforeEach(() => {
  i18n.global.setLocaleMessage('zh-CN', { ...chinese_common, ...chinese })
  localStorage.clear()
})
afterEach(clear_page)

describe('the choice of columns', () => {
  it('is kept for each list, taken by the export, and put back', () => {
    column_choice('a').known = columns
    expect(exported_columns('a')).toBe('label,home,away')
    show_column('a', 'label', false)
    expect(exported_columns('a')).toBe('home,away')
    expect(column_choice('b').hidden).toEqual([])
    expect(stored_choice(localStorage.getItem('shouwang.columns.a'))).toEqual({
      hidden: ['label'],
      export_all: false,
    })
    set_export_all('a', true)
    expect(exported_columns('a')).toBeUndefined()
    reset_columns('a')
    expect(exported_columns('a')).toBe('label,home,away')
    expect(localStorage.getItem('shouwang.columns.a')).toBeNull()
  })

  it('never leaves a table of nothing but buttons, and forgives what it cannot read', () => {
    expect(shown_columns(columns, ['label', 'presence'])).toEqual(columns)
    expect(shown_columns(columns, ['label', 'gone']).map((column) => column.key)).toEqual([
      'presence',
      'actions',
    ])
    for (const text of [null, '', 'x', '[]', '{"hidden":3}'])
      expect(stored_choice(text)).toEqual({ hidden: [], export_all: false })
  })
})

describe('the order', () => {
  it('turns round at the second press, and the usual one needs no name', () => {
    expect(direction_of(orders, '', 'label')).toBe('ascending')
    expect(order_after(orders, '', 'label')).toBe('walking_back')
    expect(direction_of(orders, 'walking_back', 'label')).toBe('descending')
    expect(order_after(orders, 'walking_back', 'label')).toBe('')
    expect(direction_of(orders, '', 'presence')).toBeUndefined()
  })

  it('is said by the header, pressed there and chosen on a phone', async () => {
    const order = ref('')
    const page = put_on_page(
      {
        render: () =>
          h(DataTable as never, {
            caption: '住户',
            columns,
            rows: [{ label: '1-1-101', presence: '2' }],
            row_key: (row: { label: string }) => row.label,
            list: 'c',
            exports: true,
            orders,
            order: order.value,
            'onUpdate:order': (value: string) => (order.value = value),
          }),
      },
      [createPinia(), i18n],
    )
    const header = page.querySelector('th')
    expect(header?.getAttribute('aria-sort')).toBe('ascending')
    expect(page.querySelectorAll('th')[1]?.hasAttribute('aria-sort')).toBe(false)
    header?.querySelector('button')?.click()
    await settled()
    expect(order.value).toBe('walking_back')
    expect(header?.getAttribute('aria-sort')).toBe('descending')
    const select = page.querySelector('select')!
    expect([...select.options].map((option) => option.value)).toEqual(['walking', 'walking_back'])
    select.value = 'walking'
    select.dispatchEvent(new Event('change'))
    await settled()
    expect(order.value).toBe('')

    const box = page.querySelectorAll<HTMLInputElement>('.panel input')[0]!
    box.checked = false
    box.dispatchEvent(new Event('change'))
    await settled()
    expect([...page.querySelectorAll('th')].map((cell) => cell.textContent?.trim())).toEqual([
      '在家情况',
      '操作',
    ])
    expect(page.querySelectorAll<HTMLInputElement>('.panel input')[1]!.disabled).toBe(true)
  })
})
