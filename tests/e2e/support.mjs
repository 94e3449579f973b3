// What end-to-end tests share: the built pages, a browser, a camera that shows a card, a server.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
export const web = process.env.SHOUWANG_WEB ?? here('../../web')
export const dist = join(web, 'dist')
export const binary = process.env.SHOUWANG_BIN ?? ''
const chromium_path = process.env.SHOUWANG_CHROMIUM ?? '/usr/bin/chromium'

const packages = await import(pathToFileURL(join(web, 'tools/test_packages.mjs')))
export const { cborg } = packages

/** Why the tests of the pages cannot run here, or an empty string. */
export function missing_for_pages() {
  if (!existsSync(chromium_path)) return `no Chromium at ${chromium_path}`
  if (!existsSync(join(dist, 'm/index.html'))) return 'the pages are not built: npm run build in web/'
  return ''
}

/** Why a test of the pages on the program cannot run here, or false. */
export const no_program = missing_for_pages() || (binary === '' && 'SHOUWANG_BIN names no program') || false

/** The words of the desk by language. */
export const words = Object.fromEntries(
  ['zh-CN', 'en'].map((lang) => [lang, JSON.parse(readFileSync(here(`../../i18n/desk.${lang}.json`)))]),
)
export const zh = words['zh-CN']

/** A folder for pictures of the pages, if they are wanted. */
export const shots = process.env.SHOUWANG_SHOTS

export const scratch = mkdtempSync(join(tmpdir(), 'shouwang-e2e-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

/** The real program with its demo data on a free port. `stop()` ends it. */
export async function start_program(args = ['--demo']) {
  const port = await free_port()
  const data = join(scratch, `data-${port}`)
  mkdirSync(data)
  const url = `http://localhost:${port}`
  const child = spawn(
    binary,
    // Two ports, as when somebody says `./run --port 9000`: the last one holds.
    ['serve', '--data', data, '--port', '8480', '--port', String(port), '--web-dir', dist, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const log = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => log.push(part.toString()))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`the program ended:\n${log.join('')}`)
    // It listens before it says where, and with which links.
    const said =
      /Shouwang .* at /.test(log.join('')) && (!args.includes('--demo') || /log-in, /.test(log.join('')))
    return said && (await fetch(`${url}/healthz`).catch(() => null))?.ok === true
  }, 60_000)
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return { url, log, stop }
}

/** The demonstration's one-time link of a role, good for one log-in. */
export function link_of(program, role) {
  const line = program.log.join('').match(new RegExp(`log-in, ${role} .*?(/#/link\\?token=(\\S+))`))
  if (!line) throw new Error(`no log-in of ${role} in:\n${program.log.join('')}`)
  return { path: line[1], token: line[2] }
}

/** One log-in of the demonstration: a function that calls the API as that role. */
export async function log_in(program, role) {
  const { token } = link_of(program, role)
  let cookie = ''
  const call = async (method, path, body) => {
    const answer = await fetch(program.url + path, {
      method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    })
    cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    if (answer.ok && answer.headers.get('content-type') === 'application/pdf')
      return Buffer.from(await answer.arrayBuffer())
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
  await call('POST', '/api/session/link', { token })
  return call
}

function free_port() {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** Waits until `check` is true; throws what it throws, and after the limit. */
export async function eventually(check, limit_ms = 10_000) {
  const until = Date.now() + limit_ms
  while (!(await check())) {
    if (Date.now() > until) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser; with `card`, its camera shows that text as a printed QR code, or nothing if it is empty; with
 *  `picture`, what is in that file. */
export async function open_browser({ card, picture } = {}) {
  const film = picture ? film_of(picture) : card !== undefined ? await camera_film(card) : undefined
  const camera = film
    ? [
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${film}`,
      ]
    : []
  return packages.chromium.launch({
    executablePath: chromium_path,
    headless: true,
    args: [...flags, ...camera],
  })
}

const sizes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  desk: { viewport: { width: 1280, height: 800 } },
}

/** A page on a phone or a desk. Collects requests to other hosts and errors of the page. */
export async function open_phone(browser, url, { locale = 'zh-CN', dark = false, size = 'phone' } = {}) {
  const context = await browser.newContext({
    ...sizes[size],
    locale,
    timezoneId: 'Asia/Shanghai',
    colorScheme: dark ? 'dark' : 'light',
    permissions: ['camera'],
  })
  const foreign = []
  const errors = []
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== new URL(url).origin) foreign.push(request.url())
  })
  const page = await context.newPage()
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text()))
      errors.push(message.text())
  })
  return { context, page, foreign, errors }
}

/** The desk as one of the demonstration's roles, from its one-time link to the first page. */
export async function open_desk(browser, program, role) {
  const desk = await open_phone(browser, program.url, { size: 'desk' })
  const { page } = desk
  page.setDefaultTimeout(30_000)
  await page.goto(program.url + link_of(program, role).path)
  await page.getByRole('button', { name: zh['link.do'] }).click()
  await page.waitForURL(/#\/(password|overview)/)
  if (page.url().includes('password')) {
    for (const field of await page.locator('input[type=password]').all())
      await field.fill('一个很长的密码 2020')
    await page.getByRole('button', { name: zh['action.save'] }).click()
  }
  await page.waitForURL(/#\/overview/)
  return desk
}

// Asks the program as whoever is logged in on the page; throws what it answers to a refusal.
export function ask(page, path, method = 'GET', body = undefined) {
  return page.evaluate(
    async ([path, method, body]) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
    [path, method, body],
  )
}

/** What is wrong with these pages on both sizes and in both languages; `ready` shows a page with its data. */
export async function wrong_anywhere(browser, program, desk, routes, ready) {
  const wrong = []
  const state = await desk.context.storageState()
  for (const locale of ['zh-CN', 'en'])
    for (const size of ['phone', 'desk']) {
      const { context, page, foreign, errors } = await open_phone(browser, program.url, { size, locale })
      await context.addCookies(state.cookies)
      for (const route of routes) {
        // Only the hash differs: without leaving, what is ready may still be the page before.
        await page.goto('about:blank')
        await page.goto(`${program.url}/#/${route}`)
        await page.locator(ready).first().waitFor()
        const name = `${route.replace('/', '-')}-${size}-${locale}`
        if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        if (wide > 0) wrong.push(`${name}: ${wide} pixels too wide`)
        wrong.push(...(await axe_violations(page)).map((violation) => `${name}: ${violation}`))
      }
      wrong.push(...foreign, ...errors)
      await context.close()
    }
  return [...wrong, ...desk.foreign, ...desk.errors]
}

/** Types as a scanner gun does. */
export async function gun(page, text) {
  await page.evaluate((keys) => {
    for (const key of [...keys, 'Enter'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  }, text)
}

/** Violations of WCAG 2.2 AA on the page, one line each. */
export async function axe_violations(page) {
  // A colour half-way through a change is no colour of the page. A change may begin a frame after what
  // caused it, so the page is at rest only when two frames have passed without one.
  await page.evaluate(async () => {
    const frame = () => new Promise((then) => requestAnimationFrame(then))
    const running = () =>
      document.getAnimations().filter((each) => each.effect.getComputedTiming().iterations !== Infinity)
    for (let calm = 0; calm < 2; calm++) {
      await frame()
      const changes = running()
      if (changes.length === 0) continue
      calm = -1
      await Promise.allSettled(changes.map((each) => each.finished))
    }
    window.scrollTo(0, 0) // else what lies half below the fixed head counts as too small a target
  })
  await page.evaluate(packages.axe.source)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  const { violations } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), tags)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`),
  )
}

/** The code of the first card of a printed sheet of ten, as somebody holds it before the camera. */
export function first_card_of(pdf) {
  const sheet = join(scratch, `sheet-${Date.now()}`)
  writeFileSync(`${sheet}.pdf`, pdf)
  execFileSync('pdftoppm', ['-r', '200', '-png', '-f', '1', '-singlefile', `${sheet}.pdf`, sheet])
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-i',
    `${sheet}.png`,
    '-vf',
    'crop=iw/4:ih/5:iw/4:ih/40',
    `${sheet}-1.png`,
  ])
  return `${sheet}-1.png`
}

const film_name = () => join(scratch, `film-${Date.now()}.y4m`)

// A white card held in front of a dark wall, a little out of focus.
function film_of(picture, before = '') {
  const film = film_name()
  const wall = 'pad=1280:720:(ow-iw)/2:(oh-ih)/2:0x333333,gblur=sigma=0.8,format=yuv420p'
  const frames = ['-loop', '1', '-i', picture, '-t', '2', '-r', '10']
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...frames, '-vf', before + wall, film])
  return film
}

async function camera_film(text) {
  if (text === '') {
    const film = film_name()
    const wall = 'color=0x333333:size=1280x720:rate=10:duration=1,format=yuv420p'
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', wall, film])
    return film
  }
  const { writeBarcode, prepareZXingModule } = packages.zxing_writer
  const wasm = readFileSync(packages.zxing_writer_wasm)
  await prepareZXingModule({ overrides: { wasmBinary: wasm.buffer }, fireImmediately: true })
  const { image } = await writeBarcode(text, { format: 'QRCode', ecLevel: 'M', scale: 5 })
  const card = join(scratch, 'card.png')
  writeFileSync(card, Buffer.from(await image.arrayBuffer()))
  return film_of(card, 'pad=iw+60:ih+60:30:30:white,')
}
