// Scans of documents on file, the words of the installation, and a list on paper, on the real program.
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'

import {
  eventually,
  link_of,
  log_in,
  no_program,
  open_browser,
  open_desk,
  start_program,
  wrong_anywhere,
  zh,
} from './support.mjs'

const scan = Buffer.from('%PDF-1.4\nsigned\n%%EOF\n')
const filled = (key, values) => zh[key].replace(/\{(\w+)\}/g, (_, name) => values[name])

describe('scans, words and paper on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page, organisation

  before(async () => {
    program = await start_program()
    await eventually(
      async () => Boolean(await Promise.resolve().then(() => link_of(program, 'district'))),
      60_000,
    )
    const call = await log_in(program, 'district')
    const bodies = await call('GET', '/api/organisations?kind=property_company')
    organisation = bodies.items[0].id
    browser = await open_browser()
    desk = await open_desk(browser, program, 'admin')
    page = desk.page
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })
  const button = (name) => page.getByRole('button', { name, exact: true })

  it('takes no page for a scan, keeps one and gives it back', async () => {
    await page.goto(`${program.url}/#/organisations/${organisation}`)
    const title = await page
      .getByRole('table', { name: zh['page.documents.title'] })
      .locator('tbody tr td')
      .nth(1)
      .innerText()
    const names = { title: title.trim() }
    const choosing = page.waitForEvent('filechooser')
    await button(filled('scan.send_of', names)).click()
    await (
      await choosing
    ).setFiles({ name: '方案.html', mimeType: 'text/html', buffer: Buffer.from('<html>') })
    await page.getByText(filled('error.file.kind', { allowed: 'PDF, JPEG, PNG' })).waitFor()

    const again = page.waitForEvent('filechooser')
    await button(filled('scan.send_of', names)).click()
    await (await again).setFiles({ name: '方案.pdf', mimeType: 'application/pdf', buffer: scan })
    await page.getByText('方案.pdf').waitFor()
    const saving = page.waitForEvent('download')
    await button(filled('scan.save_of', names)).click()
    const saved = await saving
    assert.equal(saved.suggestedFilename(), '方案.pdf')
    assert.deepEqual(readFileSync(await saved.path()), scan)
  })

  it('adds a word that the whole installation then has', async () => {
    await page.goto(`${program.url}/#/terms`)
    await button(zh['term.add']).click()
    await page.getByLabel(zh['term.title']).fill('志愿者协会')
    await button(zh['action.save']).click()
    await page.getByRole('cell', { name: '志愿者协会', exact: true }).waitFor()
    await button(filled('term.retire_of', { title: '志愿者协会' })).click()
    await button(filled('term.revive_of', { title: '志愿者协会' })).waitFor()
  })

  it('prints a list', async () => {
    await page.goto(`${program.url}/#/staff`)
    await page.locator('tbody tr').first().waitFor()
    const saving = page.waitForEvent('download')
    await button(zh['action.print']).click()
    const saved = await saving
    assert.match(saved.suggestedFilename(), /\.pdf$/)
    assert.equal(
      readFileSync(await saved.path())
        .subarray(0, 5)
        .toString(),
      '%PDF-',
    )
  })

  it('reads well everywhere', async () => {
    const routes = ['terms', 'erasures', `organisations/${organisation}`]
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, 'tbody tr'), [])
  })
})
