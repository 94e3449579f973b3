// A vehicle at the gate phone and in the office's ledger, on the real program: plate by keys, who sits in it,
// everybody measured (LZ-35, 36; XN-42; practice.md 2, 4).
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  axe_violations,
  eventually,
  log_in,
  no_program,
  open_browser,
  open_desk,
  open_phone,
  shots,
  start_program,
  wrong_anywhere,
} from './support.mjs'

describe('vehicles on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, office, phone, page, compound_id

  before(async () => {
    program = await start_program()
    browser = await open_browser({ card: '' })
    office = await log_in(program, 'admin')
    compound_id = (await office('GET', '/api/session')).compounds[0].id
    const openings = await office('GET', `/api/openings?compound_id=${compound_id}`)
    const opening = openings.items.find((each) => each.state === 'guarded')
    const code = await office('POST', '/api/enrolments', { opening_id: opening.id, label: '车行口手机' })
    phone = await open_phone(browser, program.url)
    page = phone.page
    page.setDefaultTimeout(30_000)
    await page.goto(code.url)
    await page.waitForSelector('.status')
    if (await page.locator('.sheet').count()) await page.click('.sheet .huge >> nth=0')
    await page.getByText('离线就绪').waitFor()
  })

  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  const ledger = async () => (await office('GET', `/api/vehicle-passages?compound_id=${compound_id}`)).items
  const picture = async (name) => shots && (await page.screenshot({ path: `${shots}/vehicle-${name}.png` }))

  async function type_plate(plate) {
    await page.getByRole('button', { name: '车辆', exact: true }).click()
    await picture('plate-province')
    for (const key of plate) await page.click(`.plate-keys button:text-is("${key}")`)
    await picture('plate')
    await page.click('.sheet .main:text-is("下一步")')
    await page.waitForSelector('.classes')
  }
  async function measure(digits) {
    for (const digit of digits) await page.click(`.pad button:text-is("${digit}")`)
  }
  async function register(name) {
    await page.getByRole('button', { name: '+ 外来人员' }).click()
    await page.getByLabel('姓名').fill(name)
    await page.click('.sheet .main')
  }

  it('lets a car out with everybody in it measured, and says before that it cannot come back', async () => {
    await type_plate('川ED12345')
    await picture('opened')
    assert.equal(await page.locator('.release').count(), 0)
    await register('测试司机')
    await picture('temperature')
    assert.match(await page.locator('.band').innerText(), /不能再开回来/)
    assert.equal(await page.locator('.release').count(), 0)
    await measure('65')
    await picture('ready')
    assert.deepEqual(await axe_violations(page), [])
    await page.click('.release')
    await page.waitForSelector('.done')
    await eventually(async () => (await ledger()).length === 1)
    const [line] = await ledger()
    assert.deepEqual(
      [line.plate, line.direction, line.passage_result, line.occupants.length],
      ['川ED12345', 'out', 'passed', 1],
    )
    assert.deepEqual([line.occupants[0].name, line.occupants[0].temperature_tenths], ['测**', 365])
    await page.click('.next')
  })

  it('refers an outside car on the way in, without a network too, and sends it later', async () => {
    await page.click('.lane')
    await page.click('.sheet .huge >> nth=1')
    await phone.context.setOffline(true)
    await type_plate('川A88888')
    await register('外来司机')
    await measure('64')
    await picture('refer')
    assert.match(await page.locator('.band h1').innerText(), /请联系社区/)
    assert.deepEqual(await axe_violations(page), [])
    await page.getByRole('button', { name: /劝返/ }).click()
    await page.waitForSelector('.done')
    await phone.context.setOffline(false)
    await eventually(async () => (await ledger()).length === 2, 30_000)
    assert.deepEqual([(await ledger())[0].passage_result, (await ledger())[0].offline], ['turned_back', true])
    await page.click('.next')
  })

  it('lets a fire engine in by class at once, without a plate', async () => {
    await page.getByRole('button', { name: '车辆', exact: true }).click()
    await page.click('.sheet button:text-is("无牌")')
    await page.click('.sheet button:text-is("货车")')
    await page.click('.classes button:text-is("消防")')
    await page.click('.release')
    await page.waitForSelector('.done')
    await eventually(async () => (await ledger()).length === 3)
    assert.deepEqual(phone.errors, [])
    assert.deepEqual(phone.foreign, [])
  })

  it('reads well in the office, on both sizes and in both languages', async () => {
    const desk = await open_desk(browser, program, 'office')
    assert.deepEqual(await wrong_anywhere(browser, program, desk, ['vehicle-ledger'], '[role=table]'), [])
  })
})
