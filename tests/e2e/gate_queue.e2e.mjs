// A day without a network on the real program: a printed card before the camera, five hundred passages by gun
// and thermometer, a reload, an answer that is lost; all of them are in the ledger once (practice.md 18).
//   SHOUWANG_BIN=build/release/src/app/shouwang npm run e2e
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import {
  eventually,
  first_card_of,
  gun,
  log_in,
  no_program,
  open_browser,
  open_phone,
  start_program,
} from './support.mjs'

const passages = 500

/** One person after the other, typed by the gun and the thermometer, as fast as the page goes. */
const cross = (page, codes, count) =>
  page.evaluate(
    async ({ codes, count }) => {
      const shown = (selector) =>
        new Promise((resolve) => {
          const look = () => {
            const found = document.querySelector(selector)
            if (found) resolve(found)
            else requestAnimationFrame(look)
          }
          look()
        })
      const type = (text) => {
        for (const key of [...text, 'Enter'])
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      }
      for (let n = 0; n < count; n++) {
        type(codes[n % codes.length])
        await shown('.pad')
        type('36.5')
        ;(await shown('.release:not(:disabled)')).click()
        await shown('.done')
      }
    },
    { codes, count },
  )

describe('a gate phone that is cut off', { skip: no_program, timeout: 600_000 }, () => {
  let program, office, compound_id, opening, browser

  before(async () => {
    program = await start_program()
    office = await log_in(program, 'office')
    compound_id = (await office('GET', '/api/session')).compounds[0].id
    const openings = await office('GET', `/api/openings?compound_id=${compound_id}`)
    opening = openings.items.find((each) => each.state === 'guarded')
    for (;;) {
      const { items } = await office('GET', `/api/passes?compound_id=${compound_id}&state=inactive&limit=200`)
      if (items.length === 0) break
      for (const pass of items) await office('POST', `/api/passes/${pass.id}/activate`, {})
    }
  })

  after(async () => {
    await browser?.close()
    await program?.stop()
  })

  async function enrol(label) {
    const code = await office('POST', '/api/enrolments', { opening_id: opening.id, label })
    const phone = await open_phone(browser, program.url)
    phone.page.setDefaultTimeout(30_000)
    await phone.page.goto(code.url)
    await phone.page.click('.sheet .huge >> nth=1') // people come in: nothing stops an entry
    return phone
  }

  it('reads the card that was printed on the sheet of ten', async () => {
    const sheet = await office('GET', `/api/passes/print?compound_id=${compound_id}&layout=sheet`)
    browser = await open_browser({ picture: first_card_of(sheet) })
    const { context, page, foreign, errors } = await enrol('印卡')
    await page.waitForSelector('.visit', { timeout: 20_000 })
    assert.match(await page.innerText('.band'), /\d+-\d+-\d+/)
    assert.deepEqual([foreign, errors], [[], []])
    await context.close()
    await browser.close()
  })

  it(`keeps ${passages} passages of a day offline and tells each of them once`, async () => {
    browser = await open_browser({ card: '' })
    const { context, page, foreign, errors } = await enrol('断网')
    await page.getByText('离线就绪').waitFor()
    const codes = await page.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.open('shouwang-gate').onsuccess = ({ target }) => {
            const request = target.result.transaction('value').objectStore('value').get('list')
            request.onsuccess = () => {
              const { households, passes } = request.result.list
              const single = new Set(households.filter((home) => home.m.length === 1).map((home) => home.id))
              resolve(
                passes.filter((pass) => single.has(pass.h) && pass.s === 'active').map((pass) => pass.c),
              )
            }
          }
        }),
    )
    assert.ok(codes.length > 1, 'households of one person with a card')
    const status = () => page.innerText('.status-line')
    const told = async () => {
      let count = 0
      let next
      do {
        const more = next ? `&cursor=${encodeURIComponent(next)}` : ''
        const found = await office('GET', `/api/passages?compound_id=${compound_id}&limit=200${more}`)
        count += found.items.filter((passage) => passage.device_label === '断网').length
        next = found.next
      } while (next)
      return count
    }

    // What it needs offline has to be there before: a slow machine may still be fetching it.
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true))
    await eventually(() => page.evaluate(() => navigator.serviceWorker.controller !== null), 30_000)
    await context.setOffline(true)
    await cross(page, codes, passages / 2)
    // Half-way the phone is started anew.
    await page.click('.next')
    await page.reload()
    await page.waitForSelector('.status')
    await cross(page, codes, passages / 2)
    await eventually(async () => (await status()).includes(`待传 ${passages}`))
    assert.equal(await told(), 0)

    // The first answer is lost on its way: the program has the records, the phone does not know.
    let lost = 0
    await context.route('**/api/gate/passages', async (route) => {
      if (lost > 0) return route.continue()
      lost += 1
      await route.fetch()
      await route.abort()
    })
    await context.setOffline(false)
    await page.click('.status-line')
    await page.getByRole('button', { name: '马上同步' }).click()
    await eventually(async () => (await status()).includes('待传 0'), 60_000)
    assert.equal(lost, 1)
    assert.equal(await told(), passages)
    assert.deepEqual([foreign, errors], [[], []])
  })
})
