// Bodies and staff on the real program: who stands behind a compound, a transfer with its document, staff in
// depth (XN-08, SY-03, SY-10).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { ask, no_program, open_browser, open_desk, start_program, wrong_anywhere, zh } from './support.mjs'

describe('organisations and staff on the program', { skip: no_program, timeout: 300_000 }, () => {
  let program, browser, desk, page, company, compound_id

  before(async () => {
    program = await start_program()
    browser = await open_browser()
    desk = await open_desk(browser, program, 'district')
    page = desk.page
    compound_id = (await api('/api/session')).compounds.find(({ name }) => name === '春江花园').id
    company = (await api('/api/organisations?kind=property_company')).items[0]
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
  const find = async (label, typed) => {
    await dialog().getByRole('combobox', { name: zh[label] }).fill(typed)
    await page.getByRole('option', { name: typed }).first().click()
  }

  it('shows who stands behind a compound, and hands it over with a document (XN-08)', async () => {
    await go('bodies')
    const row = page.getByRole('row', { name: /春江花园/ })
    await row.getByRole('link', { name: company.name }).waitFor()
    await row.getByRole('link', { name: '春江社区居民委员会' }).waitFor()
    // By the keyboard alone.
    await row.getByRole('checkbox').press('Space')
    await page.getByRole('button', { name: '移交所选 1 个小区' }).press('Enter')
    await find('bond.organisation', '演示区住房和城乡建设局')
    await dialog().getByLabel(zh['bond.document_ref']).fill('咸防指〔2020〕3号')
    await button('action.save', dialog()).click()
    await row.getByRole('link', { name: '演示区住房和城乡建设局(虚构)' }).first().waitFor()
    await row.getByText('咸防指〔2020〕3号').waitFor()
  })

  it('names the two branches above it (SY-03)', async () => {
    await page.getByRole('button', { name: '春江花园 的条块责任链' }).click()
    const card = page.locator('section', { hasText: zh['branch.industry'] })
    await card.getByRole('link', { name: company.name }).waitFor()
    await card.getByRole('link', { name: '演示区人民政府(虚构)' }).waitFor()
  })

  it('keeps the staff of a company, what is sensitive masked (SY-10)', async () => {
    await go(`organisations/${company.id}`)
    await page.getByRole('cell', { name: '锦绣花园', exact: true }).waitFor()
    await go('staff-files')
    await button('staff.add').click()
    await dialog().getByLabel(zh['person.name']).fill('门卫甲')
    await find('staff.organisation', company.name)
    await dialog().getByLabel(zh['person.phone']).fill('19900008888')
    await dialog().getByText(zh['skill.driving'], { exact: true }).click()
    await button('action.save', dialog()).click()
    const row = page.getByRole('row', { name: /门卫甲/ })
    await row.getByText('199****8888').waitFor()
    await row.getByText(zh['skill.driving']).waitFor()
    assert.equal(await page.getByText('19900008888').count(), 0)
  })

  it('asks who of the registry one of the staff is, and takes nobody for them unasked (XN-46)', async () => {
    await page.getByRole('button', { name: zh['staff.look_at'].replace('{name}', '门卫甲') }).click()
    await dialog().getByText(zh['staff.person_none']).waitFor()
    await dialog().getByLabel(zh['staff.person_document']).fill('110101199003070011')
    await button('staff.person_find', dialog()).click()
    await dialog().getByText(zh['error.staff.not_this_person']).waitFor()
    await page.keyboard.press('Escape')
  })

  it('re-forms a team: the version before stays as it was (CZ-06)', async () => {
    const team = (await api(`/api/teams?place_id=${compound_id}`)).items[0]
    await go(`teams/${team.id}`)
    await button('team.reform').click()
    await find('team.add_member', '门卫甲')
    await dialog().getByText('门卫甲', { exact: true }).waitFor()
    await dialog().getByLabel(zh['bond.document_ref']).fill('春联〔2020〕2号')
    await button('action.save', dialog()).click()
    await page.getByRole('row', { name: /门卫甲/ }).waitFor()
    await page.getByRole('link', { name: '查看第 1 版' }).click()
    await page.getByText(/这是 .* 的情况/).waitFor()
    await page.getByRole('row', { name: /门卫甲/ }).waitFor({ state: 'detached' })
  })

  it('puts a missing document on file (SY-09)', async () => {
    await go('documents')
    await page.getByText('应急预案：缺 1，过期 0，应有 1').waitFor()
    await page.getByRole('button', { name: `登记文件：${company.name} 应急预案` }).click()
    await dialog().getByLabel(zh['document.signed_day']).fill('2020-02-10')
    await button('action.save', dialog()).click()
    await page.getByText('应急预案：缺 0，过期 0，应有 1').waitFor()
  })

  it('fits desk and phone in both languages, with nothing axe objects to', async () => {
    const team = (await api(`/api/teams?place_id=${compound_id}`)).items[0]
    const routes = ['bodies', 'organisations', `organisations/${company.id}`, 'staff-files', 'teams']
    routes.push(`teams/${team.id}`, 'documents')
    assert.deepEqual(await wrong_anywhere(browser, program, desk, routes, '.table-frame'), [])
  })
})
