// The gate phone in a real browser (web.md: gate page, traps 1 to 8). Runs on a server that stands in for
// the program, so that it can be switched off and slowed down at will.
//   npm run e2e                (in web/, after npm run build)
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'

import { GateStandIn, enrolment_text, new_list, sign_pass } from './gate_stand_in.mjs'
import {
  axe_violations,
  dist,
  eventually,
  gun,
  missing_for_pages,
  open_browser,
  open_phone,
} from './support.mjs'

const skip = missing_for_pages() || false
const card_101 = () => sign_pass({ pass_id: 101, household_id: 101 })
const card_102 = () => sign_pass({ pass_id: 102, household_id: 102 })

describe('the gate phone', { skip, timeout: 900_000 }, () => {
  let browser, server, phone, page

  before(async () => (browser = await open_browser({ card: '' })))
  after(() => browser?.close())

  beforeEach(async () => {
    server = await new GateStandIn(dist).listen()
    server.uses = []
    phone = await open_phone(browser, server.url)
    page = phone.page
    page.setDefaultTimeout(30_000)
  })

  afterEach(async () => {
    await phone.context.close()
    if (server.up) await server.close()
    assert.deepEqual(phone.foreign, [], 'requests to other hosts')
    assert.deepEqual(phone.errors, [], 'errors of the page')
  })

  async function enrol({ lane = 'out' } = {}) {
    await page.goto(`${server.url}/m/#e=${encodeURIComponent(enrolment_text(server.url))}`)
    await page.click(`.sheet .huge >> nth=${lane === 'out' ? 0 : 1}`)
    await page.waitForSelector('.status')
    await page.getByText('离线就绪').waitFor()
  }

  async function scan(text) {
    await gun(page, text)
    await page.waitForSelector('.visit')
  }

  async function keys(digits) {
    for (const digit of digits) await page.click(`.pad button:text-is("${digit}")`)
  }

  const band = () => page.innerText('.band')
  const status = () => page.innerText('.status-line')

  it('enrols by a link and takes the secret out of the address', async () => {
    await enrol()
    assert.equal(new URL(page.url()).hash, '')
    assert.match(await status(), /在线/)
    assert.match(await page.innerText('.opening'), /东门/)
  })

  it('sends a code of another address there', async () => {
    await page.goto(`${server.url}/m/`)
    await page.fill('.enrol input', enrolment_text('https://gate.example'))
    await page.click('.enrol .main')
    assert.match(await page.getAttribute('.enrol .button', 'href'), /^https:\/\/gate\.example\/m\/#e=SWE1/)
  })

  it('is neutral after the scan and green after the release (practice.md 15)', async () => {
    await enrol()
    await scan(card_102())
    assert.match(await band(), /1-1-102\s+可出\s+请测温/)
    assert.equal(await page.locator('.done').count(), 0)
    await keys('65')
    await page.click('.release')
    assert.match(await page.innerText('.done'), /已放行/)
    await eventually(() => server.records.size === 1)
    const record = server.records.get(1)
    assert.deepEqual(
      record.readings.map((reading) => reading.tenths),
      [365],
    )
    assert.deepEqual([record.offline, record.person_ids], [false, [1020]])
  })

  it('shows members by surname and relation, and nothing else of them', async () => {
    await enrol()
    await scan(card_101())
    assert.deepEqual(await page.locator('.chip').allInnerTexts(), [
      '王 · 户主',
      '李 · 配偶',
      '王 · 子女',
      '陈 · 父母',
      '其他人',
    ])
  })

  it('clears the name of the person before on a deny screen (trap 5)', async () => {
    server.list.uses = [
      {
        h: 102,
        exit_at_ms: Date.now() - 3_600_000,
        return_at_ms: Date.now() - 60_000,
        persons: 1,
        counted: true,
        closed_by_staff: false,
      },
    ]
    server.uses = server.list.uses
    await enrol()
    await scan(card_101())
    await page.click('.chip >> nth=1')
    await gun(page, card_102())
    await page.getByText('不可出').first().waitFor()
    assert.match(await band(), /下次可外出\d+月\d+日/)
    const text = await page.innerText('body')
    for (const gone of ['李', '王', '1-1-101']) assert.ok(!text.includes(gone), gone)
  })

  it('works after a reload without a network, and tells online only from an answer (trap 1)', async () => {
    await enrol()
    await server.set_up(false)
    await page.reload()
    await page.waitForSelector('.status')
    await eventually(async () => /离线\s/.test(await status()))
    await scan(card_102())
    assert.match(await band(), /按本机记录判断/)
    await keys('365')
    await page.click('.release')
    await page.waitForSelector('.done')
    assert.match(await status(), /待传 1/)
    await server.set_up(true)
    await eventually(() => server.records.size === 1, 20_000)
    await eventually(async () => /在线/.test(await status()) && /待传 0/.test(await status()))
    assert.equal(server.records.get(1).offline, true)
  })

  it('releases in an emergency from every screen, offline too (practice.md 2)', async () => {
    await enrol()
    await server.set_up(false)
    await page.click('.status-row .square')
    await page.click('.foot .urgent')
    await page.click('.sheet .urgent >> nth=0')
    assert.match(await page.innerText('.done'), /已紧急放行/)
    await server.set_up(true)
    await eventually(() => server.records.size === 1, 20_000)
    assert.equal(server.records.get(1).emergency_reason, 'medical')
  })

  it('is not held up by a bad record (trap 6), and cannot be un-enrolled (trap 4)', async () => {
    await enrol({ lane: 'in' })
    server.bad_names.add('坏')
    for (const name of ['坏', '好']) {
      await page.click('.ready-keys button >> nth=1')
      await page.click('.sheet .segments button >> nth=1')
      await page.fill('.sheet input >> nth=0', '9栋')
      await page.fill('.sheet input >> nth=1', name)
      await page.click('.sheet .main')
      await page.getByText('劝返').click()
      await page.click('.next')
    }
    await eventually(() => [...server.records.values()].some((record) => record.claim?.name === '好'))
    assert.match(await status(), /待传 1/)
    await page.click('.status-line')
    assert.match(await page.innerText('.facts'), /服务器不收/)
    await page.click('.sub-head .square')
    await page.click('.status-row .square')
    await page.click('.row >> nth=2')
    await page.getByRole('button', { name: '退出登记' }).click()
    await page.getByRole('button', { name: '确认退出' }).click()
    await page.getByText('还有 1 条没传').waitFor()
    assert.equal(await page.locator('.enrol').count(), 0)
  })

  it('finds a resident without card or phone in five taps', async () => {
    await enrol()
    let taps = 0
    const tap = async (selector) => {
      taps += 1
      await page.click(selector)
    }
    await page.click('.ready-keys button >> nth=0')
    await tap('.picker .grid-3 button >> nth=2')
    await tap('.picker .grid-3 button >> nth=0')
    await tap('.floor button:text-is("201")')
    await tap('.pad .word >> nth=0') // 正常, as the policy allows
    await tap('.release')
    await page.waitForSelector('.done')
    assert.equal(taps, 5)
    await eventually(() => server.records.size === 1)
    assert.deepEqual(
      server.records.get(1).readings.map((reading) => reading.tenths),
      [null],
    )
  })

  it('parks a person at the fever threshold and calls back (practice.md 17)', async () => {
    await enrol()
    await scan(card_102())
    await keys('373')
    assert.match(await band(), /请复测/)
    await page.click('.actions .main')
    assert.match(await page.innerText('.waiting'), /复测 1-1-102\s*(10:00|9:5\d)/)
  })

  it('colours the age of the list after 24 and 72 hours', async () => {
    const hours_ago = (hours) => new_list(Date.now() - hours * 3_600_000)
    server.list = hours_ago(30)
    await enrol()
    assert.equal(await page.getAttribute('.status-line span >> nth=2', 'data-tone'), 'late')
    server.list = hours_ago(80)
    await page.click('.status-line')
    await page.getByRole('button', { name: '马上同步' }).click()
    await page.getByText('名单已超过72小时').waitFor()
    assert.equal(await page.getAttribute('.status-line span >> nth=2', 'data-tone'), 'bad')
  })

  it('saves the unsent records as a file whose passphrase is shown', async () => {
    await enrol()
    await server.set_up(false)
    await page.click('.foot .urgent')
    await page.click('.sheet .urgent >> nth=1')
    await page.click('.status-line')
    await page.getByRole('button', { name: '生成文件' }).click()
    await page.waitForSelector('.passphrase')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.export .button')])
    assert.match(download.suggestedFilename(), /^shouwang-gate-5-\d{12}\.json$/)
  })

  it('says when it has been revoked, and keeps its records', async () => {
    await enrol()
    server.revoked = true
    await page.click('.foot .urgent')
    await page.click('.sheet .urgent >> nth=0')
    await eventually(async () => /已停用/.test(await status()))
    assert.match(await status(), /待传 1/)
  })

  const looks = [
    ['zh-CN', 'light'],
    ['en', 'dark'],
  ]
  for (const [locale, theme] of looks)
    it(`can be read and hit: ${locale}, ${theme}`, async () => {
      await phone.context.close()
      phone = await open_phone(browser, server.url, { locale })
      page = phone.page
      const look = async (where) => {
        await page.evaluate((name) => (document.documentElement.dataset.theme = name), theme)
        assert.deepEqual(await axe_violations(page), [], where)
        assert.deepEqual(await page.evaluate(too_small), [], where)
      }
      await page.goto(`${server.url}/m/`)
      await look('enrolment')
      await page.fill('.enrol input', enrolment_text(server.url))
      await page.click('.enrol .main')
      await page.waitForSelector('.sheet')
      await look('lane')
      await page.click('.sheet .huge >> nth=0')
      await look('ready')
      await scan(card_101())
      await look('choose a member')
      await page.click('.chip >> nth=0')
      await look('temperature')
      await page.click('.chip.add')
      await look('companion')
      await page.click('.sheet-head .plain')
      await keys('65')
      await look('before the release')
      await page.click('.release')
      await page.waitForSelector('.done')
      await look('released')
      server.uses = null
      await page.click('.next')
      await scan(card_101())
      await look('denied')
      await page.click('.band .square')
      for (const nth of [0, 1, 2]) {
        await page.click(`.ready-keys button >> nth=${nth}`)
        await look(`sheet ${nth}`)
        await page.click('.sheet-head .plain')
      }
      await page.click('.foot .urgent')
      await look('emergency')
      await page.click('.sheet-head .plain')
      for (const nth of [0, 1, 2]) {
        await page.click('.status-row .square')
        await look('menu')
        await page.click(`.row >> nth=${nth}`)
        await look(`page ${nth}`)
        await page.click('.sub-head .square')
      }
    })
})

describe('the camera', { skip, timeout: 120_000 }, () => {
  it('reads a card without a touch, in its own worker, and reports nothing to anybody', async () => {
    const server = await new GateStandIn(dist).listen()
    const browser = await open_browser({ card: card_102() })
    const { page, foreign, errors } = await open_phone(browser, server.url)
    await page.goto(`${server.url}/m/#e=${encodeURIComponent(enrolment_text(server.url))}`)
    await page.click('.sheet .huge >> nth=0')
    await page.waitForSelector('.visit', { timeout: 20_000 })
    assert.match(await page.innerText('.band'), /1-1-102/)
    assert.deepEqual([foreign, errors], [[], []])
    await browser.close()
    await server.close()
  })
})

// Runs in the page: what a gloved thumb would miss, or a tired eye.
function too_small() {
  const seen = (element) => {
    const box = element.getBoundingClientRect()
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden'
  }
  const scope = document.querySelector('dialog[open]') ?? document.body
  const problems = []
  for (const element of scope.querySelectorAll('button, a.call, a.button, input')) {
    const { width, height } = element.getBoundingClientRect()
    if (seen(element) && (width < 47.5 || height < 47.5))
      problems.push(`${element.innerText || element.className}: ${Math.round(width)} x ${Math.round(height)}`)
  }
  for (const element of scope.querySelectorAll('*')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    if (own && seen(element) && parseFloat(getComputedStyle(element).fontSize) < 18)
      problems.push(`${element.textContent.trim()}: ${getComputedStyle(element).fontSize}`)
  }
  return problems
}
