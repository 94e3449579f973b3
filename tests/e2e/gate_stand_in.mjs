// A server for the gate page alone: the built pages with the headers of the product, and the gate's part
// of the API in memory. It signs real passes, so that the phone verifies real signatures. Tests turn it
// off, slow it down and read what it was sent; it decides nothing.
import { generateKeyPairSync, sign } from 'node:crypto'
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

import { cborg } from './support.mjs'

const { encode } = cborg

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}
const content_security_policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'"

const base45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
function base45_encode(bytes) {
  let text = ''
  for (let at = 0; at < bytes.length; at += 2) {
    const pair = at + 1 < bytes.length
    let value = pair ? bytes[at] * 256 + bytes[at + 1] : bytes[at]
    for (let digit = 0; digit < (pair ? 3 : 2); digit += 1) {
      text += base45[value % 45]
      value = Math.floor(value / 45)
    }
  }
  return text
}

const compound = { id: 7, name: '龙南小区' }
const keys = generateKeyPairSync('ed25519')
const public_key = keys.publicKey.export({ format: 'jwk' }).x

export function sign_pass({
  pass_id,
  household_id = 0,
  compound_id = compound.id,
  expires_s = 4_000_000_000,
  issued_day = 18_000,
}) {
  const numbers = [pass_id, household_id, compound_id]
  const ids = Uint8Array.from(
    Math.max(...numbers) < 256 ? numbers : numbers.flatMap((id) => [id >> 8, id & 255]),
  )
  const protected_header = encode(
    new Map([
      [1, -8],
      [4, Uint8Array.of(1)],
    ]),
  )
  const payload = encode(
    new Map([
      [4, expires_s],
      [-1, ids],
      [-2, 1],
      [-3, 1],
      [-4, issued_day],
    ]),
  )
  const message = encode(['Signature1', protected_header, new Uint8Array(), payload])
  const signature = new Uint8Array(sign(null, message, keys.privateKey))
  return `SW1:${base45_encode(encode([protected_header, new Map(), payload, signature]))}`
}

export function enrolment_text(url) {
  return `SWE1:${base45_encode(
    encode(
      new Map([
        [1, [url]],
        [2, 5],
        [3, new Uint8Array(16).fill(9)],
      ]),
    ),
  )}`
}

const policy = {
  version: 3,
  effective_from_ms: 0,
  utc_offset_minutes: 480,
  window_kind: 'calendar',
  window_days: 3,
  outings_per_window: 1,
  persons_per_outing: 1,
  refund_minutes: 10,
  max_minutes_outside: null,
  overrun_costs_outing: false,
  exemption_kinds: [],
  exemption_terms: [],
  lookup_satisfies_pass: true,
  temperature_required_out: true,
  temperature_required_in: true,
  normal_without_reading_allowed: true,
  fever_threshold_tenths: 373,
  fever_at_or_above: true,
  low_threshold_tenths: 350,
  highest_plausible_tenths: 429,
  second_reading_wait_minutes: 10,
  disinfection_required: false,
  registration_required_out: false,
  registration_required_in: false,
  check_out: 'none',
  check_in: 'none',
  check_hours: 48,
  out_hours: [],
  curfew: null,
  visitors: 'approval',
  deliveries: 'approval',
  outsiders: 'approval',
  filing_required: false,
  warn_until_day: null,
  modes: {
    quota: 'enforce',
    pass: 'enforce',
    residency: 'enforce',
    steps: 'enforce',
    standing: 'enforce',
    hours: 'enforce',
  },
}

const iso_day = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)

/** 12 buildings, household 101 with several members, 102 with one. `ids` are dwelling and household alike. */
export function new_list(now_ms, change = {}) {
  const rooms = ['101', '102', '201', '202', '301', '302', '401', '402', '501', '502', '601', '602']
  const dwellings = []
  const households = []
  for (let building = 1; building <= 12; building += 1)
    for (const stair of ['1', '2'])
      for (const room of rooms) {
        const id = dwellings.length + 101
        const empty = room === '602'
        dwellings.push({ id, b: String(building), s: stair, f: room[0], r: room, h: empty ? [] : [id] })
        if (!empty) households.push({ id, d: id, m: [{ id: id * 10, n: '赵', r: 'head', c: false }] })
      }
  households[0].m = [
    { id: 1010, n: '王', r: 'head', c: false },
    { id: 1011, n: '李', r: 'spouse', c: false },
    { id: 1012, n: '王', r: 'child', c: true },
    { id: 1013, n: '陈', r: 'parent', c: false },
  ]
  const passes = households.map((household) => ({
    id: household.id,
    h: household.id,
    k: 'household',
    n: `A${household.id}`,
    s: 'active',
    c: '',
    u: '2090-12-31',
  }))
  passes.push({ id: 900, h: 0, k: 'household', n: 'B900', s: 'blank', c: '', u: '2090-12-31' })
  return {
    version: `v${now_ms}`,
    generated_ms: now_ms,
    utc_offset_minutes: 480,
    compound,
    opening: { id: 3, name: '东门', direction: 'both' },
    policy,
    rules: [],
    words: [],
    filings: [],
    keys: [{ kid: '01', public_key }],
    duty: { name: '周明', phone: '13900000815' },
    days: Array.from({ length: 7 }, (_, i) => ({
      day: iso_day(now_ms + i * 86_400_000),
      word: '松树',
      word_en: 'pine_tree',
      colour: 'blue',
    })),
    dwellings,
    households,
    passes,
    uses: [],
    inside_unknown: true,
    ...change,
  }
}

async function body_of(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  return parts.length === 0 ? {} : JSON.parse(Buffer.concat(parts).toString())
}

export class GateStandIn {
  list = new_list(Date.now())
  up = true
  refuse = null // verdict a confirm is refused with
  uses = null // uses a decide answers with
  revoked = false
  bad_names = new Set() // a record that claims one of these is not taken
  records = new Map() // by seq
  requests = []

  constructor(dist) {
    this.dist = dist
    this.server = createServer((request, response) => void this.handle(request, response))
  }

  async listen(port = 0) {
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${this.server.address().port}`
    return this
  }

  /** Off: connections are refused as by a server that is gone. */
  async set_up(up) {
    this.up = up
    if (up) await this.listen(Number(new URL(this.url).port))
    else {
      this.server.closeAllConnections()
      await new Promise((resolve) => this.server.close(resolve))
    }
  }

  async close() {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  async handle(request, response) {
    const path = new URL(request.url, this.url).pathname
    this.requests.push(path)
    if (path.startsWith('/api/')) return this.api(path, request, response)
    this.page(path, response)
  }

  page(path, response) {
    const file = join(this.dist, path.endsWith('/') ? `${path}index.html` : path)
    if (!file.startsWith(this.dist) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end()
      return
    }
    const hashed = path.startsWith('/assets/')
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': content_security_policy,
    })
    createReadStream(file).pipe(response)
  }

  async api(path, request, response) {
    const answer = (status, body, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    const problem = (status, code) => answer(status, { type: 'about:blank', status, code, request_id: 'x' })
    const given = await body_of(request)
    const server_ms = Date.now()
    if (path === '/api/gate/enrol') {
      const { opening } = this.list
      return answer(200, {
        enrolment_id: 5,
        device_token: 'token-of-the-phone',
        opening: { ...opening, compound_id: compound.id, kind: 'pedestrian', state: 'guarded' },
        compound,
        server_ms,
      })
    }
    if (this.revoked) return problem(401, 'device_revoked')
    if (request.headers.authorization !== 'Bearer token-of-the-phone') return problem(401, 'unauthenticated')
    switch (path) {
      case '/api/gate/list': {
        const etag = `"${this.list.version}"`
        if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end()
        return answer(200, this.list, { etag })
      }
      case '/api/gate/ping':
        return answer(200, { server_ms, list_version: this.list.version, revoked: false })
      case '/api/gate/decide':
        if (this.uses === null) return problem(503, 'busy')
        return answer(200, {
          verdict: { reasons: [] },
          uses: this.uses.filter((use) => use.h === given.household_id),
          pass_state: given.pass_text ? 'valid' : 'none',
          server_ms,
        })
      case '/api/gate/confirm':
        if (this.refuse)
          return answer(200, {
            status: 'refused',
            passage_id: null,
            verdict: this.refuse,
            flags: [],
            server_ms,
          })
        return answer(200, { ...this.take(given), verdict: {}, server_ms })
      case '/api/gate/passages':
        return answer(200, { results: given.records.map((record) => this.take(record)), server_ms })
      case '/api/gate/activate':
        return answer(200, { id: 900, state: 'active' })
      default:
        return problem(404, 'not_found')
    }
  }

  take(record) {
    const { seq } = record
    if (this.bad_names.has(record.claim?.name))
      return {
        seq,
        status: 'invalid',
        passage_id: null,
        flags: [],
        problems: [{ path: '/claim/name', code: 'bad' }],
      }
    const status = this.records.has(seq) ? 'duplicate' : 'stored'
    this.records.set(seq, record)
    return { seq, status, passage_id: seq, flags: [] }
  }
}
