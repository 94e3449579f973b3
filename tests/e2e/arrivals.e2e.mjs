// Arrivals on the real program: a household reports one on its own page, on a phone without JavaScript, the
// office confirms and files it, and every page reads well everywhere (XN-50, CZ-14).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  ask,
  axe_violations,
  log_in,
  no_program,
  open_browser,
  open_desk,
  open_phone,
  shots,
  start_program,
  wrong_anywhere,
  zh,
} from './support.mjs'

describe('arrivals and a household’s own page', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, admin, desk, compound_id, card, fact, arrival

  const api = (method, path, body) => ask(desk.page, path, method, body)

  // A good card of a household that has a number on file, and that number's last four digits.
  async function find_household(compound_id) {
    await api('POST', '/api/passes/issue', { compound_id })
    const passes = (await api('GET', `/api/passes?limit=50&state=inactive&compound_id=${compound_id}`)).items
    for (const pass of passes) {
      if (pass.household_id === null) continue
      const household = await api('GET', `/api/households/${pass.household_id}`)
      const member = household.members.find((each) => each.phones_masked.length > 0)
      if (!member) continue
      const told = await admin('POST', `/api/persons/${member.id}/reveal`, {
        document: false,
        phones: true,
        reason: '本户到窗口核对联系电话',
      })
      await api('POST', `/api/passes/${pass.id}/activate`)
      await api('POST', '/api/control-cases', {
        person_id: household.members[0].id,
        category: 'close_contact',
        decided_by: '流调组长',
      })
      return { card: (await api('POST', `/api/passes/${pass.id}/page`)).url, fact: told.phones[0].slice(-4) }
    }
    throw new Error('no household with a number')
  }

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    admin = await log_in(program, 'admin')
    desk = await open_desk(browser, program, 'office')
    compound_id = (await api('GET', '/api/session')).compounds[0].id
    await api('POST', '/api/key-areas', {
      place_id: compound_id,
      name: '湖北省',
      also: ['湖北', '武汉'],
      demand: 'observation',
      reference: '防指〔2020〕1号',
    })
    ;({ card, fact } = await find_household(compound_id))
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('opens with the card and one fact and takes what is told, without JavaScript', async () => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      locale: 'zh-CN',
      javaScriptEnabled: false,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(card)
    await page.getByRole('link', { name: '本户信息与填报' }).click()
    await page.locator('#fact').fill('0')
    await page.getByRole('button', { name: '打开' }).click()
    await page.getByRole('alert').waitFor()
    await page.locator('#fact').fill(fact)
    await page.getByRole('button', { name: '打开' }).click()
    await page.getByRole('heading', { name: '今日体温与症状' }).waitFor()
    if (shots) await page.screenshot({ path: `${shots}/resident-zh.png`, fullPage: true })
    await page.locator('input[name^=temperature_]').fill('36。5')
    await page.getByRole('button', { name: '提交' }).first().click()
    await page.getByRole('status').waitFor()
    assert.match(await page.locator('main').innerText(), /36\.5 ℃/)
    await page.getByText('填报返来人员').click()
    await page.locator('#name_1').fill('欧阳远来')
    await page.locator('#origin').fill('湖北省武汉市')
    await page.locator('#transport').selectOption('train')
    await page.locator('#transport_number').fill('g 1234')
    await page.getByRole('button', { name: '提交' }).last().click()
    await page.getByRole('status').waitFor()
    assert.match(await page.locator('main').innerText(), /已收到，等待社区核实/)
    await context.close()
  })

  it('reads well as a page of a phone in both languages', async () => {
    for (const locale of ['zh-CN', 'en']) {
      const { page, context, foreign, errors } = await open_phone(browser, program.url, { locale })
      await page.goto(card.replace('/r/pass/', '/r/home/'))
      assert.deepEqual(await axe_violations(page), [])
      await page.locator('#fact').fill(fact)
      await page.locator('button').click()
      await page.locator('#origin').waitFor({ state: 'attached' })
      for (const details of await page.locator('summary').all())
        if (await details.isVisible()) await details.click()
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      assert.equal(wide, 0)
      if (shots) await page.screenshot({ path: `${shots}/resident-${locale}.png`, fullPage: true })
      assert.deepEqual([...(await axe_violations(page)), ...foreign, ...errors], [])
      await context.close()
    }
  })

  it('is confirmed and filed on the desk', async () => {
    const { page } = desk
    arrival = (await api('GET', '/api/arrivals')).items[0]
    assert.equal(arrival.arrival_state, 'reported')
    assert.equal(arrival.origin_area, '湖北省')
    await page.goto(`${program.url}/#/arrivals`)
    await page.getByRole('link', { name: /打开 / }).first().click()
    await page.waitForURL(new RegExp(`#/arrivals/${arrival.id}$`))
    await page.getByRole('button', { name: '确认' }).click()
    await page.getByLabel('决定观察的人（姓名）').fill('张医生')
    await page.getByRole('button', { name: '备案', exact: true }).click()
    await page.getByRole('button', { name: '打印回执' }).waitFor()
    assert.equal((await api('GET', `/api/arrivals/${arrival.id}`)).item.arrival_state, 'filed')
  })

  it('is entered on the desk for a home found by its room', async () => {
    const { page } = desk
    const home = (await api('GET', `/api/households?compound_id=${compound_id}&limit=1`)).items[0]
    await page.goto(`${program.url}/#/arrivals`)
    await page.getByRole('button', { name: zh['arrival.add'], exact: true }).click()
    const dialog = page.getByRole('dialog').filter({ visible: true })
    await dialog.getByRole('combobox', { name: zh['arrival.home'] }).fill(home.label)
    await page.getByRole('option', { name: home.label }).first().click()
    await dialog.locator('.el-checkbox').first().click()
    await dialog.getByLabel(zh['arrival.origin']).fill('绵阳市')
    await dialog.getByRole('button', { name: zh['arrival.save'], exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    const entered = (await api('GET', '/api/arrivals')).items[0]
    assert.equal(entered.label, home.label)
    assert.equal(entered.persons, 1)
  })

  it('reads well everywhere', async () => {
    const routes = ['arrivals?arrival_standing=all', `arrivals/${arrival.id}`, 'key-areas']
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, 'h1'), [])
  })
})
