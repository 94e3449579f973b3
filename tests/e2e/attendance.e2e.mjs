// Test sessions and shifts at the gates on the real program: a queue is entered tube by tube, an answer is
// lost and nobody is entered twice or lost, and the office says who stood at a gate (XN-46, XN-48).
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

describe('test sessions and shifts on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page, compound, people, session

  const api = (method, path, body) => ask(page, path, method, body)
  const dialog = () => page.getByRole('dialog')
  const button = (name, inside = page) => inside.getByRole('button', { name, exact: true })
  const words = (key, params) =>
    Object.entries(params).reduce((text, [name, value]) => text.replace(`{${name}}`, value), zh[key])
  const find = async (person) => {
    await page.getByLabel(zh['swab.find'], { exact: true }).fill(person.label)
    await page.getByRole('list', { name: zh['swab.found'] }).getByRole('button').first().waitFor()
  }
  const add = async (person) => {
    await find(person)
    await page
      .getByRole('list', { name: zh['swab.found'] })
      .getByRole('button', { name: `＋ ${person.label} ${person.name}` })
      .click()
  }
  const swabs = async () => (await api('GET', `/api/test-swabs?session_id=${session}`)).items

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    page = desk.page
    compound = (await api('GET', '/api/session')).compounds.find(({ name }) => name === '春江花园')
    await page.locator('.compound').click()
    await page.getByRole('option', { name: compound.name }).click()
    const rows = (await api('GET', `/api/households?compound_id=${compound.id}&limit=4`)).items
    const files = await Promise.all(rows.map(({ id }) => api('GET', `/api/households/${id}`)))
    people = files.map(({ label, members }) => ({ id: members[0].id, label, name: members[0].name }))
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('opens a session, and asks for the site', async () => {
    await page.goto(`${program.url}/#/test-sessions`)
    await button(zh['swab.open']).click()
    await button(zh['swab.open'], dialog()).click()
    await dialog().getByText(zh['error.required']).waitFor()
    await dialog().getByLabel(zh['swab.site']).fill('南门广场')
    await button(zh['swab.open'], dialog()).click()
    await page.waitForURL(/test-sessions\/\d+/)
    session = Number(page.url().split('/').at(-1))
    await page.getByRole('heading', { name: '南门广场' }).waitFor()
  })

  it('collects a queue into one tube, and stores it once although the answer was lost', async () => {
    await find(people[0])
    await page.getByRole('list', { name: zh['swab.found'] }).getByRole('button').first().click()
    await page.getByText(zh['swab.tube_first']).waitFor()
    await page.getByLabel(zh['swab.tube']).first().fill('HC0001')
    await add(people[0])
    await add(people[1])
    // It reaches the program; its answer does not reach the page.
    const path = `**/api/test-sessions/${session}/swabs`
    await page.route(path, async (route) => {
      await route.fetch()
      await route.abort()
    })
    await button(words('swab.send', { n: 2 })).click()
    await page.getByText(zh['swab.unknown']).waitFor()
    await page.unroute(path)
    assert.equal((await swabs()).length, 2)
    await add(people[2])
    await button(zh['swab.send_again']).click()
    await eventually(async () => (await swabs()).length === 3)
    await page.getByText(words('swab.total', { swabs: 3, tubes: 1 })).waitFor()
    assert.ok((await swabs()).every(({ tube }) => tube === 'HC0001'))
  })

  it('says at whom a problem is, and keeps everybody', async () => {
    await add(people[0])
    await add(people[3])
    await button(words('swab.send', { n: 2 })).click()
    const row = page.getByRole('listitem').filter({ hasText: zh['error.already_swabbed'] })
    await row.getByText(`${people[0].label} ${people[0].name}`).waitFor()
    assert.equal((await swabs()).length, 3)
    await button(words('swab.remove_of', { name: `${people[0].label} ${people[0].name}` })).click()
    await button(words('swab.send', { n: 1 })).click()
    await eventually(async () => (await swabs()).length === 4)
  })

  it('takes a swab back, and closes the session', async () => {
    const last = (await swabs())[0]
    await button(words('swab.take_back_of', { name: `${last.label} ${last.person_name}` })).click()
    await button(zh['swab.take_back'], dialog()).click()
    await eventually(async () => (await swabs()).length === 3)
    await button(zh['swab.close']).click()
    await button(zh['swab.close'], dialog()).click()
    await page.getByText(zh['swab.taken_hint_over']).waitFor()
  })

  it('writes a shift down, says who it was, ends it and takes it back', async () => {
    const [staff] = (await api('GET', '/api/staff-files?limit=1')).items
    await page.goto(`${program.url}/#/duty-shifts`)
    await button(zh['shift.add']).click()
    await button(zh['action.save'], dialog()).click()
    await dialog().getByText(zh['error.required']).waitFor()
    await dialog().getByRole('combobox', { name: zh['shift.staff'] }).fill(staff.name)
    await page
      .getByRole('option', { name: new RegExp(staff.name) })
      .first()
      .click()
    await button(zh['action.save'], dialog()).click()
    await page
      .getByRole('row', { name: new RegExp(staff.name) })
      .getByText(zh['shift.on_duty'])
      .waitFor()
    const [shift] = (await api('GET', `/api/duty-shifts?place_id=${compound.id}`)).items
    const name = `${shift.opening_name} ${shift.guard}`
    await button(words('shift.end_of', { name })).click()
    await button(zh['shift.end'], dialog()).click()
    await button(words('shift.end_of', { name })).waitFor({ state: 'hidden' })
    assert.deepEqual(await wrong_anywhere(browser, program, desk, ['duty-shifts'], 'table'), [])
    await button(words('swab.take_back_of', { name })).click()
    await button(zh['swab.take_back'], dialog()).click()
    await page.getByText(zh['shift.empty']).waitFor()
  })

  it('reads well everywhere', async () => {
    const routes = ['test-sessions', `test-sessions/${session}`]
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, 'table'), [])
  })
})
