// A questionnaire on the real program: the sample is uploaded, a round asks it, a door answers without a
// network, the sheet is sent once and counted; every page reads well.
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'

import {
  ask,
  axe_violations,
  eventually,
  no_program,
  open_browser,
  open_desk,
  open_phone,
  shots,
  start_program,
  wrong_anywhere,
  zh,
} from './support.mjs'

const words_of = (lang) => JSON.parse(readFileSync(new URL(`../../i18n/field.${lang}.json`, import.meta.url)))
const field_zh = words_of('zh-CN')
const field_en = words_of('en')

describe('a questionnaire on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, field, round, compound, questionnaire

  const api = (method, path, body) => ask(desk.page, path, method, body)

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    compound = (await api('GET', '/api/session')).compounds[0]
    round = await api('POST', '/api/survey-rounds', { place_id: compound.id, title: '第一轮' })
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('is shown before it is kept, in both languages', async () => {
    const { page } = desk
    const bytes = await page.evaluate(async () => [
      ...new Uint8Array(await (await fetch('/api/questionnaire-sample?lang=zh-CN')).arrayBuffer()),
    ])
    await page.goto(`${program.url}/#/questionnaires`)
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '问卷.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })
    await page.getByText('家里现在住几个人？').waitFor()
    await page.getByText('How many people live here now?').waitFor()
    assert.deepEqual(await axe_violations(page), [])
    if (shots) await page.screenshot({ path: `${shots}/questionnaire-preview.png`, fullPage: true })
    assert.equal((await api('GET', '/api/questionnaires')).items.length, 0)
    await page.getByRole('button', { name: zh['questionnaire.take_over'] }).click()
    await page.waitForURL(/#\/questionnaires\/\d+/)
    questionnaire = (await api('GET', '/api/questionnaires')).items[0]
    assert.equal(questionnaire.number, 1)
  })

  it('is chosen for a round', async () => {
    const { page } = desk
    await page.goto(`${program.url}/#/surveys/${round.id}`)
    await page.getByRole('tab', { name: zh['questionnaire.tab'], exact: true }).click()
    await page.getByText(zh['questionnaire.round_asks_none']).waitFor()
    await page.getByRole('combobox', { name: zh['questionnaire.of_round'] }).click({ force: true })
    await page.getByRole('option', { name: /入户问卷/ }).click()
    await page.locator('form.choose').getByRole('button').click()
    await page.getByText(zh['questionnaire.sheets_n'].replace('{n}', '0')).waitFor()
    assert.equal(
      (await api('GET', `/api/survey-rounds/${round.id}/questionnaire`)).version.questionnaire_id,
      questionnaire.id,
    )
  })

  it('is answered at a door without a network, and its draft outlives a reload', async () => {
    field = await open_phone(browser, program.url)
    await field.context.addCookies((await desk.context.storageState()).cookies)
    const { page, context } = field
    await page.goto(`${program.url}/s/`)
    await page.locator('select').first().selectOption(String(compound.id))
    await page.locator('.cell.todo:has(.file)').first().waitFor()
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
    await context.setOffline(true)
    await page.locator('.cell.todo:has(.file)').first().tap()
    const sheet = page.getByRole('dialog', { name: /入户问卷/ })
    await sheet.waitFor()
    const question = (name) => sheet.locator(`[data-question="${name}"]`)
    const save = sheet.getByRole('button', { name: field_zh['field.save'], exact: true })
    await save.tap()
    await question('persons').getByText(field_zh['field.wrong.missing']).waitFor()
    await question('persons').locator('input').fill('40')
    await question('persons').getByText('请填 1 到 30').waitFor()
    await question('persons').locator('input').fill('3')
    assert.equal(await question('temperature').count(), 0, 'not asked before there is a fever')
    await question('fever').getByRole('button', { name: '是' }).tap()
    await question('temperature').locator('input').fill('38,2')
    assert.deepEqual(await axe_violations(page), [])
    if (shots) await page.screenshot({ path: `${shots}/questionnaire-door.png` })
    await sheet.getByRole('button', { name: field_zh['field.close'] }).tap()
    await page.getByRole('button', { name: 'EN', exact: true }).tap()
    await page.getByRole('radio', { name: field_en['field.mode.look'] }).tap()
    await page.locator('.cell.done').first().tap()
    await page.getByRole('button', { name: field_en['field.ask'] }).tap()
    await page.getByText('How many people live here now?').waitFor()
    assert.deepEqual(await axe_violations(page), [])
    await page.getByRole('dialog').getByRole('button', { name: field_en['field.close'] }).tap()
    await page.getByRole('button', { name: '中', exact: true }).tap()
    await page.reload()
    await page.getByRole('radio', { name: field_zh['field.mode.look'] }).tap()
    await page.locator('.cell.done').first().tap()
    await page.getByRole('button', { name: field_zh['field.ask'] }).tap()
    assert.equal(await question('persons').locator('input').inputValue(), '3')
    assert.equal(await question('temperature').locator('input').inputValue(), '38.2')
    await question('been_away').getByRole('button', { name: '否' }).tap()
    await question('needs').getByRole('button', { name: '买药' }).tap()
    await save.tap()
    await sheet.waitFor({ state: 'detached' })
    await page.getByText(field_zh['field.unsent'].replace('{n}', '2')).waitFor()
  })

  it('is sent once, counted and listed', async () => {
    const { page, context } = field
    await context.setOffline(false)
    await page.getByText(field_zh['field.unsent'].replace('{n}', '0')).waitFor({ timeout: 90_000 })
    const { items } = await api('GET', `/api/answer-sheets?round_id=${round.id}`)
    assert.equal(items.length, 1)
    assert.deepEqual(
      items[0].answers.map(({ name, text, number, choices }) => [name, text ?? number ?? choices]),
      [
        ['persons', 3],
        ['fever', 'yes'],
        ['temperature', 38.2],
        ['been_away', 'no'],
        ['needs', ['medicine']],
      ],
    )
    await page.getByRole('radio', { name: field_zh['field.mode.look'] }).tap()
    await page.locator('.cell.done').first().tap()
    await page.getByRole('button', { name: field_zh['field.ask_again'] }).waitFor()
    await page.locator('.sheet').getByRole('button', { name: field_zh['field.close'] }).tap()
    await desk.page.goto(`${program.url}/#/surveys/${round.id}`)
    await desk.page.reload()
    await desk.page.getByRole('tab', { name: zh['questionnaire.tab'], exact: true }).click()
    await desk.page.getByText('家里有人发热或咳嗽吗？').first().waitFor()
    await eventually(async () => (await desk.page.locator('dl.answers').count()) === 1)
    assert.deepEqual(await axe_violations(desk.page), [])
    if (shots) await desk.page.screenshot({ path: `${shots}/questionnaire-answers.png`, fullPage: true })
    await desk.page.setViewportSize({ width: 390, height: 844 })
    assert.deepEqual(await axe_violations(desk.page), [])
    assert.equal(await desk.page.evaluate(() => document.documentElement.scrollWidth), 390)
    if (shots)
      await desk.page.screenshot({ path: `${shots}/questionnaire-answers-phone.png`, fullPage: true })
    assert.deepEqual([...field.foreign, ...field.errors, ...desk.foreign, ...desk.errors], [])
  })

  it('can be chosen when a round is begun', async () => {
    const { page } = desk
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(`${program.url}/#/surveys`)
    await page.getByRole('button', { name: zh['survey.begin'] }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').first().fill('第二轮')
    await dialog.getByRole('combobox', { name: zh['questionnaire.of_round'] }).click({ force: true })
    await page.getByRole('option', { name: '入户问卷' }).click()
    assert.deepEqual(await axe_violations(page), [])
    await dialog.getByRole('button', { name: zh['survey.begin'] }).click()
    await page.waitForURL(/#\/surveys\/\d+/)
    const begun = (await api('GET', '/api/survey-rounds')).items.find((row) => row.title === '第二轮')
    const { version } = await api('GET', `/api/survey-rounds/${begun.id}/questionnaire`)
    assert.equal(version.questionnaire_id, questionnaire.id)
  })

  it('reads well on both sizes and in both languages', async () => {
    const wrong = await wrong_anywhere(
      browser,
      program,
      desk,
      ['questionnaires', `questionnaires/${questionnaire.id}`],
      'tbody tr',
    )
    assert.deepEqual(wrong, [])
  })
})
