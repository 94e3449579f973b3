// Opens every page of the built desk against the mock server, in both languages and both widths, and
// fails on: an axe violation, a request to another host, an error in the console, a key without words,
// a page wider than the screen. Screenshots are kept when a folder is given.
//   [DESK_DIST=folder of the built pages] node src/desk/dev_mock/check.mjs [folder] [part of a name, or -part of one to leave out]
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import { chromium } from 'playwright-core'

import { start } from './server.mjs'

const [folder, only = ''] = process.argv.slice(2)
if (folder) mkdirSync(folder, { recursive: true })
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const widths = { wide: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } }

const button = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click()
const pages = [
  ['login', '#/login'],
  ['setup', '#/setup?token=abc'],
  ['link', '#/link?token=abc'],
  ['password', '#/password'],
  ['missing', '#/nowhere'],
  ['overview', '#/overview'],
  ['figure', '#/overview/out_now'],
  ['ledger', '#/ledger'],
  ['ledger-custom', '#/ledger?from=2020-02-11T08:00&direction=out'],
  ['ledger-correct', '#/ledger', button(/^(更正第|Correct record)/)],
  ['households', '#/households'],
  ['household-add', '#/households', button(/^(新增住户|Add a household)$/)],
  ['household', '#/households/5000'],
  ['guests', '#/guests'],
  ['guest-register', '#/guests', button(/^(登记为住户|Register) /)],
  ['persons', '#/persons?document_state=damaged'],
  ['person', '#/persons/7000'],
  ['person-edit', '#/persons/7000', button(/^(修改|Edit)$/)],
  ['person-move', '#/persons/7000', button(/^(转居或迁出|Move or leave)$/)],
  ['household-member', '#/households/5000', button(/^(再加一人|Add a person)$/)],
  ['search', '#/search?q=1-1'],
  ['duplicates', '#/duplicates'],
  ['conflicts', '#/conflicts'],
  ['vehicles', '#/vehicles'],
  ['staff', '#/staff'],
  ['imports', '#/imports'],
  ['import', '#/imports/61'],
  ['import-done', '#/imports/60'],
  ['passes', '#/passes'],
  ['pass-issue', '#/passes', button(/^(发证|Issue cards)$/)],
  ['pass-print', '#/passes', button(/^(打印|Print)$/)],
  ['pass-blank', '#/passes', button(/^(空白证|Blank cards)$/)],
  ['pass-bind', '#/passes', button(/^(绑定空白证|Bind a blank card)$/)],
  ['pass-void', '#/passes', button(/^(作废|Void) 1-1-101$/)],
  ['openings', '#/openings'],
  ['opening-edit', '#/openings', button(/^(修改 西侧小门|Edit 西侧小门)$/)],
  ['opening-units', '#/openings', button(/^(东门 供哪些封闭单元进出|Sealed units served by 东门)$/)],
  ['zones', '#/zones'],
  ['zone-set', '#/zones', button(/^(定分区|Set a level)$/)],
  ['grids', '#/grids'],
  ['lists', '#/grids?kind=scope_list'],
  ['grid-add', '#/grids', button(/^(新建网格|Add a grid)$/)],
  ['responsibility', '#/responsibility'],
  ['steward-assign', '#/responsibility', button(/^(安排人员|Make somebody responsible)$/)],
  ['compound-change', '#/places/11', button(/^(调整|Change)$/)],
  ['devices', '#/devices'],
  [
    'device-enrol',
    '#/devices',
    async (page) => {
      await button(/^(登记新手机|Enrol a phone)$/)(page)
      await page.getByRole('textbox', { name: /^(设备名称|Name)/ }).fill('东门 2 号机')
      await button(/^(生成登记码|Make the code)$/)(page)
      await page.getByRole('timer').waitFor()
    },
  ],
  ['policy', '#/policy'],
  ['policy-edit', '#/policy', button(/^(修改规则|Change the rules)$/)],
  ['places', '#/places'],
  ['compound', '#/places/11'],
  ['building', '#/places/21'],
  [
    'building-add',
    '#/places/11',
    async (page) => {
      await button(/^(按样式建楼|Building from a pattern)$/)(page)
      await page.locator('.drawing td').first().waitFor()
    },
  ],
  ['place-add', '#/places/3', button(/^(新建下一级|Add below)$/)],
  ['accounts', '#/accounts'],
  ['account-add', '#/accounts', button(/^(新建账号|New account)$/)],
  ['account', '#/accounts/72'],
  ['grant-add', '#/accounts/72', button(/^(增加角色|Give a role)$/)],
  [
    'account-link',
    '#/accounts/72',
    async (page) => {
      await button(/^(重发登录链接|New log-in link)$/)(page)
      await page
        .locator('.el-message-box')
        .getByRole('button', { name: /^(重发登录链接|New log-in link)$/ })
        .click()
      await page.getByRole('textbox', { name: /^(登录链接|Log-in link)$/ }).waitFor()
    },
  ],
  ['roles', '#/roles'],
  ['role-edit', '#/roles', button(/^(修改角色 账号员|Change role 账号员)$/)],
  ['me', '#/me'],
  [
    'totp',
    '#/me',
    async (page) => {
      await button(/^(开启两步验证|Turn it on)$/)(page)
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill('a long password')
      await dialog.getByRole('button', { name: /^(开启两步验证|Turn it on)$/ }).click()
      await dialog.getByRole('img').waitFor()
    },
  ],
  ['audit', '#/audit'],
  ['reveal', '#/households/5000', button(/^(查看 .* 的完整号码|See the full numbers of .*)$/)],
  [
    'reveal-shown',
    '#/households/5000',
    async (page) => {
      await button(/^(查看 .* 的完整号码|See the full numbers of .*)$/)(page)
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox').fill('核对身份')
      await dialog.getByRole('button', { name: /^(查看|Show)$/ }).click()
      await dialog.getByRole('link').waitFor()
    },
  ],
]

let count = 0
function complain(problem) {
  count += 1
  console.log(problem)
}
const mock = await start(0, process.env.DESK_DIST)
const wanted = (name) => (only.startsWith('-') ? !name.includes(only.slice(1)) : name.includes(only))
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: flags })

async function inspect(page, report) {
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  )
  for (const violation of result.violations)
    report(
      `axe ${violation.id}: ${violation.nodes
        .slice(0, 3)
        .map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`)
        .join(' / ')}`,
    )
  const seen = await page.evaluate(() => ({
    text: document.body.innerText,
    wide: document.documentElement.scrollWidth - innerWidth,
  }))
  const key =
    /\b(?:page|action|error|figure|passage|pass|place|import|policy|account|device|opening|household|person|grant|session|totp|reveal|audit|role|permission|issue|count|field|flag)\.[a-z_]+(?:\.[a-z_]+)?\b/.exec(
      seen.text,
    )
  if (key) report(`no words for ${key[0]}`)
  if (seen.wide > 0) report(`${seen.wide} px wider than the screen`)
}

for (const [width, viewport] of Object.entries(widths))
  for (const language of ['zh-CN', 'en']) {
    const context = await browser.newContext({ viewport, locale: language })
    await context.addInitScript(axe)
    await context.addInitScript(
      (value) => location.protocol === 'http:' && localStorage.setItem('shouwang.language', value),
      language,
    )
    const page = await context.newPage()
    let full = ''
    const report = (what) => complain(`${full}: ${what}`)
    page.on('pageerror', (error) => report(error.message))
    page.on('console', (message) => message.type() === 'error' && report(message.text()))
    page.on(
      'request',
      (request) =>
        !request.url().startsWith(mock.url) &&
        !/^(blob|data):/.test(request.url()) &&
        report(`foreign request ${request.url()}`),
    )
    for (const [name, hash, act] of pages) {
      full = `${name}-${language}-${width}`
      if (!wanted(full)) continue
      try {
        await page.goto('about:blank')
        await page.goto(`${mock.url}/${hash}`)
        await page.locator('h1').first().waitFor()
        await page.waitForLoadState('load')
        await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
        if (act) await act(page)
        // Dialogs fade in; colours are judged when they have arrived.
        await page.waitForFunction(() =>
          document.getAnimations().every((animation) => animation.playState !== 'running'),
        )
        await inspect(page, report)
        if (folder) await page.screenshot({ path: `${folder}/${full}.png`, fullPage: act === undefined })
      } catch (error) {
        report(error.message.split('\n')[0])
      }
    }
    await context.close()
  }

await browser.close()
mock.close()
console.log(`${count} problems`)
process.exit(count === 0 ? 0 : 1)
