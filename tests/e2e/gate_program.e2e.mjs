// The gate phone on the real program with its demonstration district: enrolment, list, decision, ledger.
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  axe_violations,
  eventually,
  log_in,
  no_program,
  open_browser,
  open_phone,
  start_program,
} from './support.mjs'

describe('the gate phone on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, office, phone, page, compound_id

  before(async () => {
    program = await start_program()
    browser = await open_browser({ card: '' })
    office = await log_in(program, 'office')
    compound_id = (await office('GET', '/api/session')).compounds[0].id
    const openings = await office('GET', `/api/openings?compound_id=${compound_id}`)
    const opening = openings.items.find((each) => each.state === 'guarded')
    const code = await office('POST', '/api/enrolments', { opening_id: opening.id, label: '东门手机' })
    phone = await open_phone(browser, program.url)
    page = phone.page
    page.setDefaultTimeout(30_000)
    await page.goto(code.url)
    await page.waitForSelector('.status')
    if (await page.locator('.sheet').count()) await page.click('.sheet .huge >> nth=0')
    await page.getByText('离线就绪').waitFor()
  })

  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  const list = () =>
    page.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.open('shouwang-gate').onsuccess = ({ target }) => {
            const request = target.result.transaction('value').objectStore('value').get('list')
            request.onsuccess = () => resolve(request.result.list)
          }
        }),
    )

  const ledger = async () => (await office('GET', `/api/passages?compound_id=${compound_id}`)).items

  async function leave_by_code(code) {
    await page.click('.ready-keys button >> nth=2')
    for (const key of code) await page.click(`.code-keys button:text-is("${key}")`)
    await page.waitForSelector('.visit')
  }

  it('has a list without a phone number, a document or a category of anybody', async () => {
    const { households, passes, keys, policy } = await list()
    assert.ok(households.length > 0 && passes.length > 0 && keys.length > 0)
    assert.ok(policy.version >= 0)
    for (const household of households)
      for (const member of household.m) assert.deepEqual(Object.keys(member).sort(), ['c', 'id', 'n', 'r'])
  })

  it('lets somebody out by a short code, and the office reads it in the ledger', async () => {
    const { households, passes, uses } = await list()
    const home = households.find(
      (each) =>
        each.m.length > 0 &&
        !uses.some((use) => use.h === each.id) &&
        passes.some((pass) => pass.h === each.id && pass.s === 'active'),
    )
    assert.ok(home, 'a household with an active pass')
    const before = (await ledger())[0]?.id
    await leave_by_code(passes.find((pass) => pass.h === home.id && pass.s === 'active').c)
    const adult = home.m.findIndex((member) => !member.c)
    if (home.m.length > 1) await page.click(`.chip >> nth=${adult}`)
    for (const digit of '65') await page.click(`.pad button:text-is("${digit}")`)
    await page.click('.release')
    await page.waitForSelector('.done')
    await eventually(async () => (await ledger())[0]?.id !== before)
    const [newest] = await ledger()
    assert.deepEqual(
      [newest.household_id, newest.direction, newest.result, newest.temperature_tenths, newest.offline],
      [home.id, 'out', 'passed', 365, false],
    )
    await page.click('.next')
    await leave_by_code(passes.find((pass) => pass.h === home.id && pass.s === 'active').c)
    await page.getByText('不可出').first().waitFor()
    await page.click('.band .square')
  })

  it('tells the office of an emergency release', async () => {
    await page.click('.foot .urgent')
    await page.click('.sheet .urgent >> nth=0')
    await page.waitForSelector('.done')
    await eventually(async () => (await ledger())[0].emergency_reason === 'medical')
    await page.click('.next')
  })

  it('is served with its types, compressed, and asks nobody else', async () => {
    const answer = await fetch(`${program.url}/m/manifest.webmanifest`)
    assert.match(answer.headers.get('content-type'), /application\/manifest\+json/)
    const page_answer = await fetch(`${program.url}/m/`)
    assert.match(page_answer.headers.get('content-security-policy'), /default-src 'self'/)
    assert.match(page_answer.headers.get('cache-control'), /no-cache/)
    assert.deepEqual([phone.foreign, phone.errors, await axe_violations(page)], [[], [], []])
  })

  it('hears that it was revoked', async () => {
    const { items } = await office('GET', `/api/enrolments?compound_id=${compound_id}`)
    await office('POST', `/api/enrolments/${items.find((each) => each.label === '东门手机').id}/revoke`, {})
    await page.click('.status-line')
    await page.getByRole('button', { name: '马上同步' }).click()
    await page.getByText('已停用').first().waitFor()
  })
})
