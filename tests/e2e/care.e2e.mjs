// Care and services on the real program: somebody is looked after and called, a request goes into a run and
// to the door, a parcel is left at the drop point, every page reads well (XN-64, 66, LZ-29; practice 19, 22).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  ask,
  eventually,
  no_program,
  open_browser,
  open_desk,
  start_program,
  wrong_anywhere,
  zh,
} from './support.mjs'

describe('care and services on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, compound, households, care, run

  const api = (method, path, body) => ask(desk.page, path, method, body)

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    compound = (await api('GET', '/api/session')).compounds[0].id
    households = (await api('GET', `/api/households?compound_id=${compound}&limit=3`)).items.map(
      (row) => row.id,
    )
    const person = (await api('GET', `/api/persons?compound_id=${compound}&limit=1`)).items[0].person.id
    care = (
      await api('POST', '/api/care-recipients', {
        person_id: person,
        care_kinds: ['elder_alone', 'dialysis'],
      })
    ).item.id
    await api('POST', `/api/care-recipients/${care}/needs`, {
      kind: 'medicine',
      what: '降压药',
      due: '2030-01-05',
      every_days: 30,
    })
    await api('POST', '/api/service-directory', {
      place_id: compound,
      kind: 'shop',
      name: '永辉超市',
      phone: '0816-2220000',
      hours: '8:00-20:00',
      responsible: '王店长',
    })
    const point = (
      await api('POST', '/api/drop-points', { compound_id: compound, name: '东门货架', line: 'outside' })
    ).items[0].id
    await api('POST', `/api/drop-points/${point}/parcels`, { household_id: households[2], pieces: 2 })
    const ids = []
    for (const household_id of households.slice(0, 2))
      ids.push(
        (
          await api('POST', '/api/service-requests', {
            household_id,
            kind: 'grain_and_oil',
            detail: '大米',
            amount_milli: 5000,
            channel: 'phone',
          })
        ).id,
      )
    run = (await api('POST', '/api/delivery-runs', { request_ids: ids })).run.id
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('writes down the contact of today in one click', async () => {
    await desk.page.goto(`${program.url}/#/care/${care}`)
    await desk.page.getByRole('button', { name: zh['care.reached'], exact: true }).click()
    await eventually(
      async () => (await api('GET', `/api/care-recipients/${care}`)).item.care_today === 'contacted',
    )
  })

  it('sets the things down door by door', async () => {
    await desk.page.goto(`${program.url}/#/delivery-runs/${run}`)
    await desk.page.getByRole('button', { name: zh['service.collect_all'] }).click()
    const deliver = desk.page.getByRole('button', { name: new RegExp(`^${zh['service_verb.deliver']} `) })
    await deliver.first().click()
    await desk.page
      .getByRole('dialog')
      .getByRole('button', { name: zh['service_verb.deliver'], exact: true })
      .click()
    await eventually(async () => (await api('GET', `/api/delivery-runs/${run}`)).run.left === 1)
    const days = await api('GET', `/api/service-days?place_id=${compound}`)
    assert.equal(days.items[0].amount_milli, 5000)
  })

  it('reads well everywhere', async () => {
    const routes = [
      'care',
      `care/${care}`,
      'service-requests',
      `delivery-runs/${run}`,
      'service-days',
      'directory',
    ]
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, 'h1'), [])
  })
})
