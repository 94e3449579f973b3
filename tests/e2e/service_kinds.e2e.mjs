// Kinds of requests on the real program: one is added, renamed and retired, and the office asks for it by the
// name it has (XN-66).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { ask, no_program, open_browser, open_desk, start_program, wrong_anywhere, zh } from './support.mjs'

describe('kinds of requests on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page, compound

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'admin')
    page = desk.page
    compound = (await ask(page, '/api/session')).compounds.find(({ name }) => name === '春江花园').id
    await page.locator('.compound').click()
    await page.getByRole('option', { name: '春江花园' }).click()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  const kinds = async () => (await ask(page, '/api/service-kinds')).items
  const dialog = () => page.getByRole('dialog')
  const button = (name, inside = page) => inside.getByRole('button', { name, exact: true })
  const of = (key, title) => zh[key].replace('{title}', title)
  const choose = async (key, value) => {
    await dialog().getByRole('combobox', { name: zh[key], exact: true }).press('Enter')
    await page.getByRole('option', { name: value, exact: true }).click()
  }
  // In the table of kinds: its name, unit and state.
  const row = (title) => page.getByRole('row', { name: new RegExp(`${title} `) })

  it('adds a kind with its unit from the page of requests', async () => {
    await page.goto(`${program.url}/#/service-requests`)
    await button(zh['page.service_kinds.title']).click()
    await button(zh['term.add']).click()
    await button(zh['action.save'], dialog()).click()
    await dialog().getByText(zh['error.required']).waitFor()
    await dialog().getByLabel(zh['term.title']).fill('上门理发')
    await choose('service.unit', zh['service_unit.time'])
    await choose('service.way', zh['service.way_task'])
    await button(zh['action.save'], dialog()).click()
    await row('上门理发').getByText(zh['service_unit.time']).waitFor()
    await row('上门理发').getByText(zh['service.way_task']).waitFor()
    const made = (await kinds()).at(-1)
    assert.deepEqual([made.title, made.service_unit, made.carried], ['上门理发', 'time', false])
  })

  it('says beside the field that a name is taken', async () => {
    await button(zh['term.add']).click()
    await dialog().getByLabel(zh['term.title']).fill('上门理发')
    await button(zh['action.save'], dialog()).click()
    await dialog().getByText(zh['error.taken']).waitFor()
    await button(zh['action.cancel'], dialog()).click()
    await dialog().waitFor({ state: 'hidden' })
  })

  it('renames it, and keeps the unit once somebody has asked for it', async () => {
    const kind = (await kinds()).at(-1)
    const [household] = (await ask(page, `/api/households?compound_id=${compound}&limit=1`)).items
    await ask(page, '/api/service-requests', 'POST', {
      household_id: household.id,
      kind: kind.code,
      detail: '一位老人',
    })
    await button(of('term.change_of', '上门理发')).click()
    await choose('service.unit', zh['service_unit.piece'])
    await button(zh['action.save'], dialog()).click()
    await dialog().getByText(zh['error.service.kind_used']).waitFor()
    await choose('service.unit', zh['service_unit.time'])
    await dialog().getByLabel(zh['term.title']).fill('理发')
    await button(zh['action.save'], dialog()).click()
    await row('理发').getByText(zh['term.in_use']).waitFor()
    assert.equal((await kinds()).at(-1).service_unit, 'time')
  })

  it('retires it: what was asked for keeps its name, nobody is offered it again', async () => {
    await button(of('term.retire_of', '理发')).click()
    await row('理发').getByText(zh['term.retired']).waitFor()
    await page.goto(`${program.url}/#/service-requests`)
    await page.getByText('一位老人').waitFor()
    await page.getByText('理发').first().waitFor()
    await button(zh['service.ask']).click()
    await dialog().getByRole('combobox', { name: zh['service.kind'], exact: true }).press('Enter')
    await page.getByRole('option', { name: zh['service_kind.repair'], exact: true }).waitFor()
    assert.equal(await page.getByRole('option', { name: '理发', exact: true }).count(), 0)
    await page.goto(`${program.url}/#/service-kinds`)
    await button(of('term.revive_of', '理发')).click()
    await row('理发').getByText(zh['term.in_use']).waitFor()
  })

  it('reads well everywhere, and who may not change it sees the list alone', async () => {
    assert.deepEqual(await wrong_anywhere(browser, program, desk, ['service-kinds'], 'table'), [])
    const office = await open_desk(browser, program, 'office')
    await office.page.goto(`${program.url}/#/service-kinds`)
    await office.page.getByRole('row', { name: /理发/ }).waitFor()
    assert.equal(await button(zh['term.add'], office.page).count(), 0)
    assert.equal(await button(of('term.retire_of', '理发'), office.page).count(), 0)
    await office.context.close()
  })
})
