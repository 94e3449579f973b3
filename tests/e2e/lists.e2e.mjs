// Lists on the real program: columns chosen and kept, headers that sort, an export of what is shown.
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  axe_violations,
  eventually,
  no_program,
  open_browser,
  open_desk,
  shots,
  start_program,
  zh,
} from './support.mjs'

describe('lists on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    page = desk.page
    await go('households')
    await page.locator('tbody tr').first().waitFor()
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  const go = async (route) => {
    await page.goto(`${program.url}/#/${route}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  const header = (key) => page.getByRole('columnheader', { name: zh[key] })
  const first_row = () => page.locator('tbody tr').first().innerText()
  const picture = async (name) => shots && (await page.screenshot({ path: `${shots}/${name}.png` }))

  it('sorts by a header with the keyboard, says so, and keeps it in the address', async () => {
    assert.equal(await header('household.label').getAttribute('aria-sort'), 'ascending')
    assert.equal(await header('household.members').getAttribute('aria-sort'), null)
    const first = await first_row()
    await header('household.label').getByRole('button').press('Enter')
    await eventually(async () => (await first_row()) !== first)
    assert.equal(await header('household.label').getAttribute('aria-sort'), 'descending')
    assert.match(page.url(), /order=walking_back/)
    await page.reload()
    await page.locator('tbody tr').first().waitFor()
    assert.equal(await header('household.label').getAttribute('aria-sort'), 'descending')
    assert.deepEqual(await axe_violations(page), [])
    await picture('list_desk')
  })

  it('shows the columns chosen, exports these, and keeps them', async () => {
    const columns = page.locator('details.columns')
    await columns.locator('summary').press('Enter')
    await columns.getByLabel(zh['household.head']).uncheck()
    await header('household.head').waitFor({ state: 'detached' })
    assert.deepEqual(await axe_violations(page), [])
    await picture('list_columns')
    await page.keyboard.press('Escape')
    assert.equal(await columns.getAttribute('open'), null)

    const asked = page.waitForRequest(/households\/export/)
    await page.getByRole('button', { name: 'CSV', exact: true }).click()
    const query = new URL((await asked).url()).searchParams
    assert.equal(query.get('columns'), 'label,members,home,away,unknown,pass_state,provisional,since_ms')
    assert.equal(query.get('order'), 'walking_back')

    await page.reload()
    await page.locator('tbody tr').first().waitFor()
    assert.equal(await header('household.head').count(), 0)
    await columns.locator('summary').click()
    await columns.getByRole('button', { name: zh['columns.reset'] }).click()
    await header('household.head').waitFor()
  })

  it('names the columns of every list as the server does', async () => {
    for (const route of ['households', 'persons', 'passes', 'staff']) {
      await go(route)
      await page
        .locator('tbody tr')
        .first()
        .waitFor({ timeout: 12_000 })
        .catch(() => assert.fail(`${route} is empty`))
      const answered = page.waitForResponse(/\/export/)
      await page.getByRole('button', { name: 'CSV', exact: true }).click()
      const answer = await answered
      assert.equal(answer.status(), 200, route)
      assert.ok(new URL(answer.url()).searchParams.get('columns'), route)
    }
    await go('households')
    await page.locator('tbody tr').first().waitFor()
  })

  it('offers the same on a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByLabel(zh['order.title']).selectOption('newest')
    await eventually(() => page.url().includes('order=newest'))
    await page.locator('tbody tr').first().waitFor()
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
    assert.deepEqual(await axe_violations(page), [])
    await picture('list_phone')
    await page.locator('details.columns summary').click()
    await picture('list_phone_columns')
    await page.setViewportSize({ width: 1280, height: 800 })
  })
})
