// @vitest-environment happy-dom
// Forms, lists and the words they need, on real components.
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'

import chinese_common from '@i18n/common.zh-CN.json'
import chinese from '@i18n/desk.zh-CN.json'

import type { Me } from './api/types'
import { copy_text } from './lib/clipboard'
import { i18n } from './lib/i18n'
import OverviewPage from './page/OverviewPage.vue'
import SetupPage from './page/SetupPage.vue'
import { routes } from './router'
import { use_session } from './state/session'
import { clear_page, put_on_page, settled, type_into } from './testing'

const me: Me = {
  account_id: 1,
  username: 'office',
  display_name: '王主任',
  must_set_password: false,
  from_link: false,
  totp: false,
  permissions: ['passage_read', 'passage_write', 'passage_export'],
  grants: [],
  compounds: [{ id: 11, name: '锦绣花园' }],
  server_ms: Date.now(),
  zone: 'Asia/Shanghai',
  utc_offset_minutes: 480,
  program_version: '1',
  demo: false,
}

const requests: { method: string; url: string; body: unknown }[] = []
/** Answers by the path of the request; what is not named is not found. */
function serve(answers: Record<string, { status?: number; body: unknown }>): void {
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    requests.push({
      method: init.method ?? 'GET',
      url,
      body: init.body ? JSON.parse(String(init.body)) : undefined,
    })
    const { status = 200, body } = answers[url.split('?')[0]!] ?? { status: 404, body: { code: 'not_found' } }
    return new Response(JSON.stringify(body), { status })
  })
}

async function open(component: object, path: string) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: routes.map((route) =>
      route.redirect ? route : { ...route, component: { template: '' } },
    ) as typeof routes,
  })
  await router.push(path)
  const page = put_on_page(component, [pinia, i18n, router])
  await settled()
  return page
}

let pinia = createPinia()
beforeEach(() => {
  requests.length = 0
  i18n.global.setLocaleMessage('zh-CN', { ...chinese_common, ...chinese })
  pinia = createPinia()
  setActivePinia(pinia)
  use_session().accept(me)
})
afterEach(() => {
  clear_page()
  vi.unstubAllGlobals()
})

describe('overview', () => {
  const figures = [
    { code: 'living', value: 1893, denominator: 2088, denominator_code: 'registered_persons' },
    { code: 'out_now', value: null, denominator: null, denominator_code: null },
    { code: 'turned_back', value: 0, denominator: null, denominator_code: null },
  ]

  it('says unknown where it is not known, and zero where it is zero (practice.md 11, XN-67)', async () => {
    serve({
      '/api/overview': {
        body: {
          compound: me.compounds[0],
          as_of_ms: Date.UTC(2020, 1, 11, 8, 5),
          figures,
          message: '截至16时',
        },
      },
      '/api/passages': { body: { items: [], next: null } },
    })
    const page = await open(OverviewPage, '/overview')
    const cards = [...page.querySelectorAll('.figure')].map((card) => card.textContent)
    expect(cards[0]).toContain('1893')
    expect(cards[0]).toContain('登记 2088 人中')
    expect(cards[1]).toContain('未知')
    expect(cards[1]).not.toContain('0')
    expect(cards[2]).toContain('0')
    expect(page.textContent).toContain('数据截至 16:05')
  })
})

async function send(page: HTMLElement): Promise<void> {
  page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
  await settled()
}

describe('a form', () => {
  it("shows the server's problem beside its field and keeps everything typed", async () => {
    const problems = [
      { path: '/password', code: 'too_short', params: { min: '10' } },
      { path: '/zone', code: 'required' },
    ]
    serve({ '/api/setup': { status: 422, body: { code: 'invalid', problems } } })
    const page = await open(SetupPage, '/setup?token=t0ken')
    const typed = ['王主任', 'wang', 'short', 'short']
    for (const [index, text] of typed.entries()) await type_into(page.querySelectorAll('input')[index], text)
    await send(page)
    expect(requests[0]!.body).toEqual({
      token: 't0ken',
      display_name: '王主任',
      username: 'wang',
      password: 'short',
    })
    const password = [...page.querySelectorAll('.form-field')].find((field) =>
      field.textContent.trim().startsWith('新密码'),
    )
    expect(password?.querySelector('.error')?.textContent).toBe('太短，至少 10 个字')
    expect(password?.querySelector('input')?.getAttribute('aria-invalid')).toBe('true')
    expect(page.querySelector('.notice')?.textContent).toContain('/zone')
    expect([...page.querySelectorAll('input')].map((field) => field.value)).toEqual(typed)
  })

  it('sends nothing while the two passwords differ', async () => {
    serve({})
    const page = await open(SetupPage, '/setup?token=t0ken')
    await type_into(page.querySelectorAll('input')[3], 'other')
    await send(page)
    expect(requests).toEqual([])
    expect(page.textContent).toContain('两次输入的密码不一样')
  })
})

describe('copying', () => {
  it('works where the clipboard API is missing, and says when nothing works', async () => {
    vi.stubGlobal('navigator', { ...navigator, clipboard: undefined })
    let copied = ''
    document.execCommand = () => {
      copied = (document.querySelector('textarea.off-screen') as HTMLTextAreaElement).value
      return true
    }
    expect(await copy_text('截至16时')).toBe(true)
    expect(copied).toBe('截至16时')
    document.execCommand = () => false
    expect(await copy_text('x')).toBe(false)
    expect(document.querySelector('textarea.off-screen')).toBeNull()
  })
})

describe('words', () => {
  const words: Record<string, string> = { ...chinese_common, ...chinese }
  const files = import.meta.glob<string>(['./**/*.vue', './**/*.ts', '!./**/*.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  })

  it('exist for every key the pages name', () => {
    const named = Object.values(files).flatMap((text) =>
      [...text.matchAll(/\bt\('([a-z_0-9.]+)'/g)].map((found) => found[1]!),
    )
    expect(named.length).toBeGreaterThan(300)
    const missing = named.filter((key) => !(key in words))
    expect(missing).toEqual([])
  })

  it('exist for every page of the menu, with one sentence of help', () => {
    const titles = routes.map((route) => route.meta?.title).filter((title) => title !== undefined)
    expect(titles.filter((title) => !(`page.${title}.title` in words))).toEqual([])
    const shown = titles.filter((title) => !['login', 'figure'].includes(title))
    expect(shown.filter((title) => !(`page.${title}.help` in words))).toEqual([])
  })
})
