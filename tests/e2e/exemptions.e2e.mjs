// A certificate goes along with its person: under another compound's rules it waits there until the office of
// the new home has looked at it, on the page of the household (practice 7, XN-41).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { ask, eventually, no_program, open_browser, open_desk, start_program, zh } from './support.mjs'

const certificate = '医证20200211'
const day = (after) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10)

describe('a certificate that moved', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, garden, home

  const api = (method, path, body) => ask(desk.page, path, method, body)
  const at_home = async () =>
    (await api('GET', `/api/exemptions?compound_id=${garden}&household_id=${home.id}`)).items

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    const { compounds } = await api('GET', '/api/session')
    garden = compounds[0].id
    const yard = compounds[1].id
    // The yard has rules of its own: what was granted under them was not granted in the garden.
    const { params } = await api('GET', `/api/policies/effective?compound_id=${yard}`)
    const changed = await api('POST', '/api/policies', {
      place_id: yard,
      params: { ...params, effective_from_ms: 0, modes: { ...params.modes, quota: 'record' } },
    })
    assert.equal(changed.state, 'in_force')
    const left = (await api('GET', `/api/households?compound_id=${yard}&limit=1`)).items[0]
    const person = (await api('GET', `/api/households/${left.id}`)).members[0].id
    await api('POST', '/api/exemptions', {
      person_id: person,
      exemption_kind: 'medical',
      certificate,
      valid_until: day(30),
      weekdays: 127,
    })
    const found = (await api('GET', `/api/households?compound_id=${garden}&limit=4`)).items[3]
    home = await api('GET', `/api/households/${found.id}`)
    await api('POST', `/api/persons/${person}/move`, {
      dwelling_id: home.dwelling_id,
      household_id: home.id,
      relation: 'tenant',
    })
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('waits at the new home, by itself', async () => {
    // The program looks once a minute who has moved.
    await eventually(async () => (await at_home())[0]?.exemption_state === 'to_confirm', 120_000)
  })

  it('is confirmed on the page of the household, and holds', async () => {
    const { page } = desk
    await page.goto(`${program.url}/#/households/${home.id}`)
    const row = page.getByRole('row').filter({ hasText: certificate })
    await row.getByText(zh['exemption_state.to_confirm']).waitFor()
    await row.getByRole('button', { name: `${zh['exemption_field.confirm']} ${certificate}` }).click()
    const question = page.getByRole('dialog').filter({ visible: true })
    await question.getByRole('button', { name: zh['exemption_field.confirm'], exact: true }).click()
    await row.getByText(zh['exemption_state.valid'], { exact: true }).waitFor()
    assert.equal(await row.getByRole('button', { name: zh['exemption_field.confirm'] }).count(), 0)
    assert.equal((await at_home())[0].exemption_state, 'valid')
    assert.deepEqual(desk.errors, [])
  })
})
