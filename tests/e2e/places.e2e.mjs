// Places and responsibility on the real program: openings and what is wrong, zones, grids, who answers for a
// dwelling, suggestions taken in bulk, the compound drawn (practice.md 3, 9, 10; LZ-08, 09, XN-22 to 24).
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

describe('places and responsibility on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page, compound_id

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    page = desk.page
    compound_id = (await api('/api/session')).compounds.find(({ name }) => name === '春江花园').id
    await page.locator('.compound').click()
    await page.getByRole('option', { name: '春江花园' }).click()
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
  const dialog = () => page.getByRole('dialog')
  const button = (key, inside = page) => inside.getByRole('button', { name: zh[key], exact: true })
  const choose = async (label, option) => {
    await dialog().getByRole('combobox', { name: zh[label], exact: true }).press('Enter')
    await page.getByRole('option', { name: option, exact: true }).click()
  }

  it('lists what is wrong with a seal until somebody writes it down (practice.md 3)', async () => {
    await go('openings')
    const card = page.locator('.board > li', { hasText: '北侧门' })
    await card.getByText(zh['violation.no_key_holder']).waitFor()
    await page.getByRole('button', { name: '修改 北侧门' }).click()
    await dialog().getByLabel(zh['opening.key_holder']).fill('值班员')
    await dialog().getByLabel(zh['opening.key_phone']).fill('19900000001')
    await choose('opening.seal_method', zh['seal_method.bolt'])
    await dialog().getByLabel(zh['opening.minutes_to_open']).fill('2')
    await dialog().getByLabel(zh['opening.checked']).fill('2020-02-11T08:00')
    await button('action.save', dialog()).click()
    await eventually(async () => (await card.getByText(zh['violation.no_key_holder']).count()) === 0)
    await card.getByText('规定 7 天内查一次').waitFor()
  })

  it('gives a building a zone level, and the drawing shows it (XN-22)', async () => {
    await go('zones')
    await button('zone.set').click()
    await choose('zone.level', zh['zone_level.red'])
    await dialog().getByText('3 栋', { exact: true }).click()
    await button('action.save', dialog()).click()
    await page.getByRole('cell', { name: '春江花园 3', exact: true }).waitFor()
    await go(`places/${compound_id}`)
    await page.locator('.site svg').nth(5).waitFor()
    assert.equal(await page.locator('.site .zone.red').count(), 1)
    assert.ok((await page.locator('.site rect.cell').count()) >= 6 * 22)
    await page.locator('.house', { hasText: '3 栋' }).press('Enter')
    await page.waitForURL(/#\/places\/\d+/)
  })

  it('takes suggestions in bulk: every dwelling is in a grid then (LZ-08)', async () => {
    await go('responsibility')
    await page.getByRole('heading', { name: zh['suggestion.title'], exact: true }).waitFor()
    const before_all = await api(`/api/place-sets/uncovered?place_id=${compound_id}`)
    assert.equal(before_all.uncovered, before_all.dwellings)
    await page.locator('.el-checkbox', { hasText: '全选' }).click()
    await page.getByRole('button', { name: /^采纳所选/ }).click()
    await page.getByRole('status').filter({ hasText: '已采纳' }).waitFor()
    assert.equal((await api(`/api/place-sets/uncovered?place_id=${compound_id}`)).uncovered, 0)
  })

  it('answers who is responsible for a dwelling, tier by tier (LZ-09)', async () => {
    await go('responsibility')
    await page.getByRole('combobox', { name: zh['steward.ask'] }).fill('3-2-1101')
    await page.getByRole('option', { name: '3-2-1101' }).click()
    const answer = page.locator('section', { hasText: '春江花园 3-2-1101' })
    await answer.getByText(zh['tier.1']).waitFor()
    assert.equal(await answer.getByText(zh['steward.nobody']).count(), 2)
    await answer.getByText(zh['zone_level.red']).waitFor()
  })

  it('sums the area, level by level, and counts again after a change (practice.md 14)', async () => {
    await go('area')
    const figure = (key) => page.locator('.figure', { hasText: zh[`area.${key}`] }).locator('.value')
    await eventually(
      async () => (await api(`/api/area-figures/total?place_id=${compound_id}`)).total.uncounted === 0,
    )
    await page.getByRole('cell', { name: '锦绣花园', exact: true }).waitFor()
    const unguarded = Number(await figure('unguarded').textContent())
    const answer = await page.evaluate(async (compound) => {
      const body = {
        compound_id: compound,
        name: '新开的小门',
        kind: 'pedestrian',
        state: 'unguarded',
        direction: 'both',
      }
      const headers = { 'content-type': 'application/json' }
      return (await fetch('/api/openings', { method: 'POST', headers, body: JSON.stringify(body) })).status
    }, compound_id)
    assert.equal(answer, 200)
    await eventually(async () => Number(await figure('unguarded').textContent()) === unguarded + 1)
    await page.getByRole('link', { name: '春江花园', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '春江花园' }).waitFor()
    await page.getByRole('link', { name: '春江社区', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: '春江社区' }).waitFor()
  })

  it('fits desk and phone in both languages, with nothing axe objects to', async () => {
    const routes = ['area', 'openings', 'zones', 'grids', 'responsibility', `places/${compound_id}`]
    const ready = '.table-frame, .board, .checks'
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, ready), [])
  })
})
