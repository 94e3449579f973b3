// The office's part of the main job on the real program: files in, cards out, a phone enrolled, the ledger
// live; on a desk and on a phone, in both languages (architecture 0; practice.md 12, 14).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import {
  ask,
  axe_violations,
  eventually,
  no_program,
  open_browser,
  open_desk,
  open_phone,
  scratch,
  start_program,
  words,
  zh,
} from './support.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

// The files an office has, or small ones of our own where they are not at hand.
const office_folder = here('../../../shared/data/office')
const own_files = {
  '楼盘表.csv': [
    '楼栋,单元,层,房号,建筑面积(㎡),装修情况',
    '1,1,1,101,89.5,已装修',
    '1,1,1,102,89.5,已装修',
    '1,1,2,201,89.5,毛坯',
  ],
  '住户花名册.csv': [
    '房号,姓名,关系,联系电话',
    '1-1-101,王芳,户主,19900001111',
    '1-1-101,李强,配偶,19900001112',
    '1-1-102,张伟,户主,',
  ],
}
function office_files() {
  if (existsSync(office_folder)) {
    const names = readdirSync(office_folder).filter((name) => !name.startsWith('truth_'))
    // Dwellings first: the others name their rooms.
    const order = ['楼盘表', '住户花名册', '车辆登记', '包保名单']
    const place = (name) => order.findIndex((kind) => name.startsWith(kind))
    return names.sort((a, b) => place(a) - place(b)).map((name) => join(office_folder, name))
  }
  return Object.entries(own_files).map(([name, lines]) => {
    const path = join(scratch, name)
    writeFileSync(path, lines.join('\n'))
    return path
  })
}

describe('the office on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page, compound_id

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'office')
    page = desk.page
    compound_id = (await api('/api/session')).compounds.find(({ name }) => name === '锦绣花园').id
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
  const button = (key) => page.getByRole('button', { name: zh[key], exact: true })
  const dialog = () => page.getByRole('dialog')

  it('opens the compound it works for', async () => {
    const box = page.locator('.compound')
    const option = page.getByRole('option', { name: '锦绣花园' })
    // Under load a click may meet the list while it still opens; whoever sees nothing happen clicks again.
    await eventually(async () => {
      if (!(await option.isVisible())) await box.click()
      await option.click()
      await new Promise((resolve) => setTimeout(resolve, 300))
      return (await box.textContent()).includes('锦绣花园')
    }, 30_000)
  })

  it('takes the files over: compared, shown, written in one step (XN-16, practice.md 12)', async () => {
    for (const file of office_files()) {
      await go('imports')
      await page.setInputFiles('input[type=file]', file)
      // The last link is the newest upload; a single file opens by itself or by its link.
      await page.waitForURL(/#\/imports\/\d+/)
      await page.locator('.commit .el-button--primary').click()
      await dialog().getByRole('button', { name: zh['import.commit'] }).click()
      await page.getByRole('status').filter({ hasText: /./ }).first().waitFor()
      await eventually(async () => {
        const id = page.url().match(/imports\/(\d+)/)[1]
        return (await api(`/api/imports/${id}`)).state === 'committed'
      }, 60_000)
    }
    const households = await api(`/api/households?compound_id=${compound_id}&limit=1`)
    assert.equal(households.items.length, 1)
    assert.deepEqual(await axe_violations(page), [])
  })

  it('takes a wrong file back, for a reason, and leaves the rest (XN-45)', async () => {
    const buildings = async () =>
      (await api(`/api/places?parent_id=${compound_id}&limit=200`)).items.map(({ name }) => name)
    const before_it = await buildings()
    assert.ok(before_it.length > 0 && !before_it.includes('99'))
    const file = join(scratch, '不该导入的楼盘表.csv')
    writeFileSync(file, '楼栋,单元,房号\n99,1,101\n99,1,102\n')
    await go('imports')
    await page.setInputFiles('input[type=file]', file)
    await page.waitForURL(/#\/imports\/\d+/)
    const id = page.url().match(/imports\/(\d+)/)[1]
    await page.locator('.commit .el-button--primary').click()
    await dialog().getByRole('button', { name: zh['import.commit'] }).click()
    await button('import.undo').click()
    assert.ok((await buildings()).includes('99'))
    await dialog().getByRole('button', { name: zh['import.undo'] }).click()
    await dialog().locator('.is-error, [role=alert], .problem').first().waitFor()
    await dialog().getByRole('textbox').fill('传错了文件')
    assert.deepEqual(await axe_violations(page), [])
    await dialog().getByRole('button', { name: zh['import.undo'] }).click()
    await page.getByRole('status').filter({ hasText: '删除 6 条' }).waitFor()
    assert.deepEqual(await axe_violations(page), [])
    const record = await api(`/api/imports/${id}`)
    assert.equal(record.state, 'undone')
    assert.deepEqual(record.undo, { removed: 6, restored: 0, kept: 0, kept_rooms: [] })
    assert.deepEqual(await buildings(), before_it)
  })

  it('issues and prints cards for the whole compound (practice.md 16)', async () => {
    await go('passes')
    await button('pass.issue').click()
    await dialog().getByRole('button', { name: zh['pass.issue_do'] }).click()
    const download = page.waitForEvent('download')
    await dialog().getByRole('button', { name: zh['pass.print_these'] }).click()
    await page.getByRole('button', { name: zh['pass.print_do'] }).click()
    const path = await (await download).path()
    assert.equal(readFileSync(path).subarray(0, 5).toString(), '%PDF-')
    const { items } = await api(`/api/passes?compound_id=${compound_id}&limit=5`)
    assert.ok(items.length > 0 && items.every(({ state }) => state === 'inactive'))
    await page.reload()
    await page.locator('table tbody tr').first().waitFor()
    assert.deepEqual(await axe_violations(page), [])
  })

  it('enrols a phone by one code and sees it arrive; a scan shows in the ledger by itself', async () => {
    await go('devices')
    await button('device.enrol').click()
    await dialog().getByLabel(zh['device.label']).fill('正门手机')
    await dialog().getByRole('button', { name: zh['device.make_code'] }).click()
    // The choice above it is a read-only field as well.
    let url = ''
    await eventually(async () => {
      const fields = await dialog().locator('input[readonly]').all()
      const values = await Promise.all(fields.map((field) => field.inputValue()))
      url = values.find((value) => value.startsWith('http')) ?? ''
      return url !== ''
    })
    const phone = await open_phone(browser, program.url)
    await phone.page.goto(url)
    await dialog().getByRole('status').waitFor({ timeout: 60_000 })
    await phone.page.getByText('离线就绪').waitFor()

    await go('ledger')
    await phone.page
      .locator('.sheet .huge')
      .first()
      .click({ timeout: 2000 })
      .catch(() => {})
    await phone.page.click('.foot .urgent')
    await phone.page.click('.sheet .urgent >> nth=0')
    await phone.page.waitForSelector('.done')
    // Nobody reloads the page: the change feed does.
    await page.locator('table tbody tr').first().waitFor()
    assert.match(
      await page.locator('table tbody tr').first().textContent(),
      new RegExp(zh['passage.emergency']),
    )
    const download = page.waitForEvent('download')
    await button('action.export_xlsx').click()
    const path = await (await download).path()
    assert.equal(readFileSync(path).subarray(0, 2).toString(), 'PK')
    await phone.context.close()
  })

  it('copies the day for the group: figures with their denominators (practice.md 14)', async () => {
    await go('overview')
    await page.locator('.figure').first().waitFor()
    const message = await page.locator('.message textarea').inputValue()
    assert.match(message, /锦绣花园/)
    await desk.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: zh['overview.copy'] }).click()
    await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())) === message)
    assert.deepEqual(await axe_violations(page), [])
  })

  it('fits a phone in English, keeps to itself and has no error', async () => {
    const state = await desk.context.storageState()
    for (const size of ['phone', 'desk']) {
      const other = await open_phone(browser, program.url, { size, locale: 'en' })
      await other.context.addCookies(state.cookies)
      for (const route of ['overview', 'ledger', 'households', 'imports', 'passes', 'openings', 'places']) {
        await other.page.goto(`${program.url}/#/${route}`)
        const title = words.en[`page.${route}.title`]
        await other.page.getByRole('heading', { level: 1, name: title }).waitFor()
        const wide = await other.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        assert.ok(wide <= 0, `${route} is ${wide} pixels too wide on a ${size}`)
        assert.deepEqual(await axe_violations(other.page), [], `${route} on a ${size}`)
      }
      assert.deepEqual([other.foreign, other.errors], [[], []])
      await other.context.close()
    }
    assert.deepEqual([desk.foreign, desk.errors], [[], []])
  })
})
