// People under control, sealing and survey rounds on the real program: one is put under control, what the
// ladder then proposes is decided on, a round is begun, and their pages read well everywhere (XN-49, XN-51;
// practice 8 and 21).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { ask, no_program, open_browser, open_desk, start_program, wrong_anywhere, zh } from './support.mjs'

describe('people under control and rounds on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, control_case, round, compound

  const api = (method, path, body) => ask(desk.page, path, method, body)

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    compound = (await api('GET', '/api/session')).compounds[0].id
    const person = (await api('GET', `/api/persons?compound_id=${compound}&limit=1`)).items[0].person.id
    control_case = (
      await api('POST', '/api/control-cases', {
        person_id: person,
        category: 'close_contact',
        decided_by: '流调组长',
      })
    ).item.id
    round = (await api('POST', '/api/survey-rounds', { place_id: compound, title: '第一轮' })).id
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('shows who is under control, with the day of the clock', async () => {
    const listed = await api('GET', '/api/control-cases?limit=1')
    assert.equal(listed.items[0].id, control_case)
    await desk.page.goto(`${program.url}/#/control`)
    await desk.page.getByRole('link', { name: listed.items[0].person_name }).first().click()
    await desk.page.waitForURL(new RegExp(`#/control/${control_case}$`))
  })

  it('puts somebody else under control from the desk, found by name or room', async () => {
    const { page } = desk
    const home = (await api('GET', `/api/households?compound_id=${compound}&limit=3`)).items[2]
    await page.goto(`${program.url}/#/control`)
    await page.getByRole('button', { name: zh['control.begin'], exact: true }).click()
    const dialog = page.getByRole('dialog').filter({ visible: true })
    await dialog.getByRole('combobox', { name: zh['control.person'] }).fill(home.label)
    await page.getByRole('option', { name: home.label }).first().click()
    await dialog.getByLabel(zh['control.decided_by']).fill('流调组长')
    await dialog.getByRole('button', { name: zh['control.save'], exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    assert.equal((await api('GET', '/api/control-cases?limit=9')).items.length, 2)
  })

  it('seals what the ladder proposes when somebody decides so, and ticks a measure', async () => {
    const { page } = desk
    await page.goto(`${program.url}/#/outbreak`)
    await page.getByRole('button', { name: zh['sealing.decide'], exact: true }).click()
    const dialog = page.getByRole('dialog').filter({ visible: true })
    await dialog.getByLabel(zh['sealing.reason']).fill('指挥部第9号令')
    await dialog.getByRole('button', { name: zh['action.save'], exact: true }).click()
    await page.getByRole('heading', { name: zh['sealing.in_force'] }).waitFor()
    await page.getByText(zh['sealing.none']).waitFor()
    await page.getByRole('button', { name: /0\/6/ }).first().click()
    await page.getByText(zh['measure.organise'], { exact: true }).click()
    await page.getByRole('button', { name: /1\/6/ }).first().waitFor()
  })

  it('reads well everywhere', async () => {
    const routes = [
      'control',
      `control/${control_case}`,
      'follow-ups',
      'control-rules',
      'surveys',
      `surveys/${round}`,
      'meter-estimates',
      'outbreak',
      'work-board',
      'work-plans',
      'work-log',
    ]
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, 'h1'), [])
  })
})
