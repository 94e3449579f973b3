// @vitest-environment happy-dom
// Somebody is found by what was typed last, however long the search before it takes.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { h, ref } from 'vue'

import chinese_common from '@i18n/common.zh-CN.json'
import chinese from '@i18n/desk.zh-CN.json'

import { api } from './api/client'
import { i18n } from './lib/i18n'
import PersonField from './part/PersonField.vue'
import { clear_page, put_on_page, settled, type_into } from './testing'

beforeEach(() => {
  i18n.global.setLocaleMessage('zh-CN', { ...chinese_common, ...chinese })
})
afterEach(() => {
  vi.restoreAllMocks()
  clear_page()
})

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('searches for what was typed while a search went on', async () => {
  const asked: string[] = []
  const answers: ((persons: { id: number; name: string }[]) => void)[] = []
  vi.spyOn(api, 'post').mockImplementation((_path, body) => {
    asked.push((body as { q: string }).q)
    return new Promise((resolve) => answers.push((persons) => resolve({ persons } as never)))
  })
  const chosen = ref(0)
  put_on_page(
    {
      render: () =>
        h(PersonField, {
          modelValue: chosen.value,
          'onUpdate:modelValue': (id: number) => (chosen.value = id),
        }),
    },
    [i18n],
  )
  const type = (text: string) => type_into(document.querySelector('input'), text)
  await type('王')
  await pause(350)
  await type('王小')
  await pause(350) // refused: one search at a time
  expect(asked).toEqual(['王'])
  answers[0]!([{ id: 1, name: '王一' }])
  await settled()
  expect(asked).toEqual(['王', '王小'])
  expect(chosen.value).toBe(0) // the answer to what no longer stands there chooses nobody
  answers[1]!([{ id: 2, name: '王小' }])
  await settled()
  expect(chosen.value).toBe(2)
})
