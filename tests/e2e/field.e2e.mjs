// A round at the doors without a network on the real program: 24 households in two minutes, a reload, and
// each record in the round once (XN-51 to XN-56; web: two minutes for 24 households).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'

import {
  ask,
  axe_violations,
  eventually,
  log_in,
  no_program,
  open_browser,
  open_desk,
  open_phone,
  shots,
  start_program,
} from './support.mjs'

const zh = JSON.parse(readFileSync(new URL('../../i18n/field.zh-CN.json', import.meta.url)))

describe('a round at the doors', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, field, round, compound

  const api = (method, path, body) => ask(desk.page, path, method, body)

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    compound = (await api('GET', '/api/session')).compounds[0]
    round = await api('POST', '/api/survey-rounds', { place_id: compound.id, title: '第一轮' })
    field = await open_phone(browser, program.url)
    await field.context.addCookies((await desk.context.storageState()).cookies)
  })
  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('opens with the doors of the round as they are built', async () => {
    const { page } = field
    await page.goto(`${program.url}/s/`)
    await page.locator('select').first().selectOption(String(compound.id))
    await page.locator('.cell').first().waitFor()
    if (shots) await page.screenshot({ path: `${shots}/field.png` })
    assert.deepEqual(await axe_violations(page), [])
  })

  it('takes 24 households in two minutes without a network, and keeps them over a reload', async () => {
    const { page, context } = field
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
    await context.setOffline(true)
    const began = Date.now()
    const cells = page.locator('.cell.todo:has(.file)')
    assert.ok((await cells.count()) >= 24, 'enough households with people on file')
    for (let n = 1; n <= 24; n++) {
      await cells.first().tap()
      await page.getByText(zh['field.unsent'].replace('{n}', n), { exact: true }).waitFor()
    }
    assert.ok(Date.now() - began < 120_000)
    // An empty door by its sheet: not fitted out, one tap and done.
    await page.getByRole('radio', { name: zh['field.mode.look'] }).tap()
    await page.locator('.cell.todo').first().tap()
    assert.deepEqual(await axe_violations(page), [])
    if (shots) await page.screenshot({ path: `${shots}/field-door.png` })
    await page.getByRole('radio', { name: zh['field.fitted_out.no'] }).tap()
    await page.getByRole('button', { name: zh['field.save'], exact: true }).tap()
    await page.getByText(zh['field.unsent'].replace('{n}', '25')).waitFor()
    await page.reload()
    await page.getByText(zh['field.unsent'].replace('{n}', '25')).waitFor()
    assert.equal(await page.locator('.cell.unfitted').count(), 1)
  })

  it('sends each once when the network is back', async () => {
    const { page, context } = field
    await context.setOffline(false)
    await page.getByText(zh['field.unsent'].replace('{n}', '0')).waitFor({ timeout: 90_000 })
    const { total } = await api('GET', `/api/survey-rounds/${round.id}/coverage`)
    assert.equal(total.occupied, 24)
    assert.equal(total.not_fitted_out, 1)
    await eventually(async () => (await page.locator('.cell.done').count()) > 0)
    assert.deepEqual([...field.foreign, ...field.errors], [])
  })

  it('signs where the work was done, without a network, and sends it in order', async () => {
    const { page, context } = field
    const admin = await log_in(program, 'admin')
    const kind = (await admin('GET', '/api/work-kinds')).items.find(
      ({ code }) => code === 'task_disinfection',
    )
    await admin('PATCH', `/api/work-kinds/${kind.id}`, { evidence: ['signature', 'location'] })
    await api('POST', '/api/work-items', { kind: kind.code, place_ids: [compound.id], note: '楼道消杀' })
    const { id } = (await api('GET', `/api/work-items?kind=${kind.code}`)).items[0]
    await api('POST', `/api/work-items/${id}/act`, { verb: 'acknowledge' })
    await context.grantPermissions(['geolocation'])
    await context.setGeolocation({ latitude: 31.45671, longitude: 104.75119, accuracy: 18 })
    await page.reload()
    await page.getByRole('button', { name: zh['field.work'].replace('{n}', '1') }).tap()
    await context.setOffline(true)
    await page.getByRole('button', { name: zh['field.sign'], exact: true }).tap()
    const box = await page.getByRole('img', { name: zh['field.sign_here'] }).boundingBox()
    await page.mouse.move(box.x + 40, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + 160, box.y + 80, { steps: 8 })
    await page.mouse.move(box.x + 60, box.y + 90, { steps: 8 })
    await page.mouse.up()
    assert.deepEqual(await axe_violations(page), [])
    if (shots) await page.screenshot({ path: `${shots}/field-sign.png` })
    await page.getByRole('button', { name: zh['field.sign_done'], exact: true }).tap()
    await page.getByText(zh['field.signed']).waitFor()
    await page.getByRole('button', { name: zh['field.verb.close'], exact: true }).tap()
    await page.getByText(zh['field.unsent'].replace('{n}', '2')).waitFor()
    await context.setOffline(false)
    await page.getByText(zh['field.unsent'].replace('{n}', '0')).waitFor({ timeout: 90_000 })
    const { item, events } = await api('GET', `/api/work-items/${id}`)
    assert.equal(item.work_state, 'closed')
    assert.deepEqual([events.at(-1).latitude_e4, events.at(-1).longitude_e4], [314567, 1047512])
    const { items } = await api('GET', `/api/work-items/${id}/files`)
    assert.deepEqual(
      items.map(({ evidence }) => evidence),
      ['signature'],
    )
  })
})
