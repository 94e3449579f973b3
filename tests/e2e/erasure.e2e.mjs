// Keys and erasure on the real program: the recovery sheet once, a person erased with a receipt, movements
// masked, in Chinese and without accessibility violations (section 8 of the architecture: keys, erasure).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  ask,
  axe_violations,
  no_program,
  open_browser,
  open_desk,
  shots,
  start_program,
  zh,
} from './support.mjs'

describe('keys and erasure on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page, person

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'admin')
    page = desk.page
    const session = await api('/api/session')
    const compound = session.compounds.find(({ name }) => name === '春江花园').id
    person = (await api(`/api/persons?compound_id=${compound}&limit=1`)).items[0]
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  const api = (path) => ask(page, path)
  const go = async (route) => {
    await page.goto(`${program.url}/#/${route}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  const button = (key, inside = page) => inside.getByRole('button', { name: zh[key], exact: true })
  const look = async (name) => {
    if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
    assert.deepEqual(await axe_violations(page), [])
  }

  it('shows the recovery sheet this once', async () => {
    await go('safekeeping')
    await page.getByText(zh['safekeeping.none']).waitFor()
    await button('safekeeping.make').click()
    await page.getByText(zh['safekeeping.once']).waitFor()
    assert.equal(await page.locator('ol code').count(), 13)
    await look('sheet')
    await button('safekeeping.kept').click()
    assert.equal(await page.locator('ol code').count(), 0)
  })

  it('shows a household the days and not the times of its movements', async () => {
    await go(`households/${person.household_id}`)
    await page.getByText(zh['movement.masked']).waitFor()
    await button('movement.show').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(zh['reveal.reason']).fill('核对外出次数')
    await button('reveal.show', dialog).click()
    await dialog.getByText(zh['reveal.on_record']).waitFor()
    await button('action.close', dialog).click()
  })

  it('erases a person after the name was typed again, and keeps the receipt', async () => {
    await go(`persons/${person.person.id}`)
    await look('person')
    await button('erasure.open').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(zh['erasure.for_good']).waitFor()
    assert.ok(await button('erasure.do', dialog).isDisabled())
    await dialog.getByLabel(zh['erasure.name'].replace('{name}', person.person.name)).fill(person.person.name)
    await look('erase')
    await button('erasure.do', dialog).click()
    await page.waitForURL(/#\/erasures/)
    await page.getByText(zh['erasure_proof.absent']).first().waitFor()
    assert.equal(await page.getByText(person.person.name).count(), 0)
    await look('erasures')
    const gone = await page.evaluate(
      async (url) => (await fetch(url)).status,
      `/api/persons/${person.person.id}`,
    )
    assert.equal(gone, 404)
  })
})
