// Tracing on the real program: a case is opened, its contacts found with evidence, one decided on, all of it
// lifted again (XN-46, practice 24 and 25).
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
  wrong_anywhere,
  zh,
} from './support.mjs'

describe('tracing on the program', { skip: no_program, timeout: 300_000 }, () => {
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

  const yesterday = `${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}T08:00`
  const api = (path) => ask(page, path)
  const button = (key, inside = page) => inside.getByRole('button', { name: zh[key], exact: true })
  const dialog = () => page.getByRole('dialog').filter({ visible: true })
  const look = async (name) => {
    if (shots) await page.screenshot({ path: `${shots}/trace-${name}.png`, fullPage: true })
    assert.deepEqual(await axe_violations(page), [])
  }

  it('opens a case for a person found by name, with a number and a reason', async () => {
    await page.goto(`${program.url}/#/cases`)
    await page.getByText(zh['case.empty']).waitFor()
    await button('case.new').click()
    await dialog().getByLabel(zh['case.find']).fill(person.person.name)
    await dialog().getByRole('radio').first().check({ force: true })
    await dialog().getByLabel(zh['case.number']).fill('2020-001')
    await dialog().getByRole('textbox', { name: zh['case.basis_at'], exact: true }).fill(yesterday)
    await dialog().getByLabel(zh['case.reason']).fill('确诊病例流行病学调查')
    await look('open')
    await button('case.new', dialog()).click()
    await page.waitForURL(/#\/cases\/\d+/)
    await page.getByText(zh['trace.contacts_forward']).first().waitFor()
  })

  it('shows the household first and how each contact was reached', async () => {
    await button('trace.evidence')
      .or(page.getByRole('button', { name: /接触证据/ }))
      .first()
      .click()
    await dialog().getByText(zh['trace.path']).first().waitFor()
    assert.ok((await dialog().getByText(zh['trace_kind.household']).count()) > 0)
    await look('evidence')
    await page.keyboard.press('Escape')
  })

  it('decides with officer and document, on pages that read well everywhere', async () => {
    await page
      .getByRole('button', { name: /^判定 / })
      .first()
      .click()
    await dialog().getByLabel(zh['mark.decided_by']).fill('流调组长')
    await dialog().getByLabel(zh['mark.document_ref']).fill('防指〔2020〕12号')
    await button('mark.decide', dialog()).click()
    await page.getByText('防指〔2020〕12号').waitFor()
    await look('case')
    const id = page.url().match(/cases\/(\d+)/)[1]
    const [mark] = (await api(`/api/case-contacts?case_id=${id}`)).items
    const routes = ['cases', `cases/${id}`, `control/${mark.control_id}`, 'trace-policy']
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, 'h1'), [])
  })

  it('names the case of who is under control, and lifts it with everything that followed', async () => {
    const case_page = page.url()
    await page
      .getByRole('link', { name: /的管控档案$/ })
      .first()
      .click()
    await page.getByText(zh['control.origin']).waitFor()
    await page.getByRole('link', { name: '2020-001' }).click()
    await page.waitForURL(case_page)
    await button('case.lift').click()
    await dialog().getByLabel(zh['case.reason']).fill('复核为假阳性')
    await button('case.lift', dialog()).click()
    await page.getByText(zh['case_state.lifted']).first().waitFor()
    const id = page.url().match(/cases\/(\d+)/)[1]
    const marks = (await api(`/api/case-contacts?case_id=${id}`)).items
    assert.equal(marks.length, 1)
    assert.notEqual(marks[0].lifted_ms, null)
    assert.equal(marks[0].control_id, null)
  })
})
