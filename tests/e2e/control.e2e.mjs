// People under control and survey rounds on the real program: one is put under control, a round is begun, and
// the pages of both read well everywhere (XN-49, XN-51; practice 8 and 21).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { ask, no_program, open_browser, open_desk, start_program, wrong_anywhere } from './support.mjs'

describe('people under control and rounds on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, control_case, round

  const api = (method, path, body) => ask(desk.page, path, method, body)

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    const compound = (await api('GET', '/api/session')).compounds[0].id
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

  it('reads well everywhere', async () => {
    const routes = [
      'control',
      `control/${control_case}`,
      'follow-ups',
      'control-rules',
      'surveys',
      `surveys/${round}`,
    ]
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, 'h1'), [])
  })
})
