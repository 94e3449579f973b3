// Answers the desk's requests from invented records, for looking at pages without the program:
//   node src/desk/dev_mock/server.mjs [port]      serves web/dist as well when it is built
// Passwords are not checked; the user name "wrong" fails.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

import * as data from './data.mjs'
import * as people from './people.mjs'

const built = fileURLToPath(new URL('../../../dist', import.meta.url))
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
}
const content_policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'"

class Failure extends Error {
  constructor(status, body) {
    super(body.code)
    this.status = status
    this.body = { type: 'about:blank', status, ...body, request_id: 'mock' }
  }
}
const invalid = (path, code, params) =>
  new Failure(422, { code: 'invalid', problems: [{ path, code, params }] })

let signed_in = true
const streams = new Set()
const change = (kind) =>
  streams.forEach((stream) =>
    stream.write(
      `event: change\ndata: ${JSON.stringify({ kind, compound_id: 11, id: 1, at_ms: Date.now() })}\n\n`,
    ),
  )
const me = () => ({ ...data.me, server_ms: Date.now() })

function page(items, query, test = () => true) {
  const limit = Number(query.get('limit') ?? 50)
  const from = Number(query.get('cursor') ?? 0)
  const found = items.filter(test)
  return {
    items: found.slice(from, from + limit),
    next: from + limit < found.length ? String(from + limit) : null,
  }
}
const same = (query, name) => (item) => !query.get(name) || String(item[name]) === query.get(name)
const contains =
  (query, ...names) =>
  (item) =>
    names.some((name) => String(item[name] ?? '').includes(query.get('q') ?? ''))
const both =
  (...tests) =>
  (item) =>
    tests.every((test) => test(item))
const by_id = (items, id) =>
  items.find((item) => item.id === Number(id)) ??
  (() => {
    throw new Failure(404, { code: 'not_found' })
  })()

function pattern(body) {
  if (body.floors < body.first_floor)
    throw invalid('/floors', 'out_of_range', { min: body.first_floor, max: 99 })
  const sample = []
  for (let stair = 1; stair <= body.stairs; stair++)
    for (let floor = body.first_floor; floor <= body.floors; floor++) {
      if (
        floor === 0 ||
        body.skip_floors.includes(String(floor)) ||
        (floor >= 1 && floor <= body.shops_below)
      )
        continue
      for (let room = 1; room <= body.rooms_per_floor; room++) {
        const number = body.rooms_run_on ? (stair - 1) * body.rooms_per_floor + room : room
        const text = `${floor}${String(number).padStart(2, '0')}`
        sample.push({ stair: String(stair), floor, room: text, label: `${body.name}-${stair}-${text}` })
      }
    }
  return { dwellings: sample.length, sample: sample.slice(0, 500) }
}

const qr_drawing = () => {
  let path = ''
  for (let y = 0; y < 41; y++)
    for (let x = 0; x < 41; x++) if ((x * 7 + y * 13 + x * y) % 3 === 0) path += `M${x},${y}h1v1h-1z`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 45 45"><path fill="#fff" d="M-2,-2h45v45h-45z"/><path d="${path}"/></svg>`
}

const routes = [
  ['GET', '/api/program', () => ({ version: '0.1.0', demo: true, setup_needed: false })],
  [
    'GET',
    '/api/session',
    () => {
      if (!signed_in) throw new Failure(401, { code: 'unauthenticated' })
      return me()
    },
  ],
  [
    'POST',
    '/api/session',
    ({ body }) => {
      if (body.username === 'wrong') throw new Failure(401, { code: 'wrong_login' })
      signed_in = true
      return me()
    },
  ],
  [
    'DELETE',
    '/api/session',
    () => {
      signed_in = false
    },
  ],
  [
    'POST',
    '/api/setup',
    ({ body }) => {
      if (body.password.length < 10) throw invalid('/password', 'too_short', { min: 10 })
      signed_in = true
      return me()
    },
  ],
  [
    'POST',
    '/api/session/link',
    () => {
      signed_in = true
      return me()
    },
  ],
  [
    'POST',
    '/api/session/password',
    ({ body }) => {
      if (body.current === 'wrong') throw invalid('/current', 'wrong_password')
    },
  ],
  ['GET', '/api/accounts', ({ query }) => page(data.accounts, query)],
  [
    'POST',
    '/api/accounts',
    ({ body }) => {
      if (body.username === 'admin') throw invalid('/username', 'taken')
      return {
        account: { ...data.accounts[1], id: 79, ...body, grants: [] },
        link: '/#/link?token=Q7mNf2xkP0aWc4',
      }
    },
  ],
  [
    'GET',
    '/api/accounts/:id',
    ({ id }) => ({
      account: by_id(data.accounts, id),
      sessions: data.sessions,
      totp: id === '72',
      has_password: id !== '73',
    }),
  ],
  ['POST', '/api/accounts/:id/grants', ({ id }) => by_id(data.accounts, id)],
  ['GET', '/api/roles', () => ({ items: data.roles, next: null })],
  ['PATCH', '/api/roles/:id', ({ id, body }) => ({ ...by_id(data.roles, id), ...body })],
  ['GET', '/api/sessions', () => ({ items: data.sessions, next: null })],
  [
    'POST',
    '/api/session/totp',
    ({ body }) => {
      if (body.password === 'wrong') throw invalid('/password', 'wrong_password')
      return { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', uri: 'otpauth://totp/x', qr_svg: qr_drawing() }
    },
  ],
  [
    'POST',
    '/api/session/totp/confirm',
    () => ({ codes: Array.from({ length: 10 }, (_, i) => `k7m2${i}-x94t${i}`) }),
  ],
  ['GET', '/api/emergency-access', () => ({ items: [], next: null })],
  [
    'POST',
    '/api/persons/:id/reveal',
    ({ id }) => ({ person_id: Number(id), document: '000000194101230708', phones: ['19900000815'] }),
  ],
  ['GET', '/api/recovery-sheet', () => ({ sheet: null, made_ms: null })],
  ['GET', '/api/audit', ({ query }) => page(data.audit, query)],
  ['POST', '/api/accounts/:id/link', () => ({ link: '/#/link?token=Q7mNf2xkP0aWc4' })],
  ['POST', '/api/accounts/:id/disable', ({ id }) => ({ ...by_id(data.accounts, id), disabled: true })],
  [
    'GET',
    '/api/places',
    ({ query }) =>
      page(data.places, query, (place) => String(place.parent_id ?? '') === (query.get('parent_id') ?? '')),
  ],
  ['POST', '/api/places', ({ body }) => ({ ...data.places[0], id: 99, ...body })],
  [
    'GET',
    '/api/places/:id',
    ({ id }) => {
      const place = by_id(data.places, id)
      const ancestors = []
      for (let up = place.parent_id; up !== null; up = ancestors[0].parent_id)
        ancestors.unshift(by_id(data.places, up))
      return { place, ancestors }
    },
  ],
  ['POST', '/api/buildings/preview', ({ body }) => pattern(body)],
  [
    'POST',
    '/api/buildings',
    ({ body }) => {
      if (body.name === '1') throw invalid('/name', 'building_exists')
      return { building: { ...data.places[5], name: body.name }, dwellings: pattern(body).dwellings }
    },
  ],
  ['GET', '/api/dwellings', ({ query }) => page(data.dwellings, query, contains(query, 'label'))],
  ['GET', '/api/openings', () => ({ items: data.openings, next: null })],
  ['GET', '/api/openings/board', () => data.opening_boards],
  ['POST', '/api/openings/:id/units', ({ body }) => body],
  ['GET', '/api/zones', () => data.zones],
  ['POST', '/api/zones', () => data.zones],
  [
    'GET',
    '/api/place-sets',
    ({ query }) => ({
      items: data.place_sets.filter((set) => set.kind === query.get('kind')),
      next: null,
    }),
  ],
  ['GET', '/api/place-sets/uncovered', () => data.uncovered],
  ['GET', '/api/places/:id/drawing', () => data.drawing],
  ['GET', '/api/places/:id/history', () => data.place_history],
  ['GET', '/api/stewardships/board', () => data.responsibility],
  ['GET', '/api/stewardships/candidates', () => ({ items: [] })],
  ['POST', '/api/openings', ({ body }) => ({ id: 39, ...body })],
  ['PATCH', '/api/openings/:id', ({ id, body }) => ({ ...by_id(data.openings, id), ...body })],
  [
    'GET',
    '/api/households',
    ({ query }) => page(data.households, query, contains(query, 'label', 'head_name')),
  ],
  [
    'POST',
    '/api/households',
    ({ body }) => {
      const empty = body.members.findIndex((member) => member.name === '')
      if (empty >= 0) throw invalid(`/members/${empty}/name`, 'required')
      return household(data.households[0])
    },
  ],
  ['GET', '/api/households/:id', ({ id }) => household(by_id(data.households, id))],
  ['GET', '/api/guests', ({ query }) => page(data.guests, query, same(query, 'state'))],
  [
    'POST',
    '/api/guests/:id/settle',
    ({ id, body }) =>
      Object.assign(by_id(data.guests, id), { state: body.accept ? 'registered' : 'dismissed' }),
  ],
  [
    'GET',
    '/api/persons',
    ({ query }) =>
      listed(
        page(
          data.persons,
          query,
          both(
            contains(query, 'name', 'label'),
            same(query, 'document_state'),
            (item) => !query.get('flag') || item.flags.includes(query.get('flag')),
          ),
        ),
      ),
  ],
  ['GET', '/api/persons/:id', ({ id }) => people.person_file(Number(id))],
  ['PATCH', '/api/persons/:id', ({ id }) => people.person_file(Number(id))],
  ['GET', '/api/persons/:id/history', () => people.person_history],
  ['POST', '/api/search', ({ body }) => people.found(body.q)],
  ['GET', '/api/duplicates', ({ query }) => page(people.duplicates, query, same(query, 'state'))],
  ['GET', '/api/conflicts', ({ query }) => page(people.conflicts, query, same(query, 'state'))],
  [
    'GET',
    '/api/vehicles',
    ({ query }) => page(data.vehicles, query, contains(query, 'plate', 'owner_name', 'label')),
  ],
  ['GET', '/api/staff', ({ query }) => page(data.staff, query)],
  ['GET', '/api/imports', ({ query }) => page(data.imports, query)],
  [
    'POST',
    '/api/imports',
    ({ query }) => {
      if (query.get('filename').endsWith('.txt')) throw new Failure(422, { code: 'invalid' })
      return data.imports[0]
    },
  ],
  ['GET', '/api/imports/:id', ({ id }) => by_id(data.imports, id)],
  [
    'PATCH',
    '/api/imports/:id',
    ({ id, body }) => {
      const { mapping, ...rest } = body
      const record = Object.assign(by_id(data.imports, id), rest)
      for (const { index, field } of mapping ?? []) record.columns[index].field = field
      return record
    },
  ],
  ['GET', '/api/imports/:id/rows', ({ query }) => page(data.import_rows(query.get('status')), query)],
  [
    'POST',
    '/api/imports/:id/commit',
    ({ id }) => Object.assign(by_id(data.imports, id), { state: 'committed', committed_ms: Date.now() }),
  ],
  ['DELETE', '/api/imports/:id', () => undefined],
  [
    'GET',
    '/api/passes',
    ({ query }) =>
      page(
        data.passes,
        query,
        both(contains(query, 'label'), same(query, 'state'), same(query, 'household_id')),
      ),
  ],
  ['POST', '/api/passes/issue', () => ({ batch: '2020-02-B', issued: 128, skipped: 573 })],
  ['POST', '/api/passes/blank', ({ body }) => ({ batch: '2020-02-C', issued: body.count })],
  [
    'POST',
    '/api/passes/bind',
    ({ body }) => {
      if (!body.text) throw invalid('/text', 'required')
      return { ...data.passes[0], household_id: body.household_id }
    },
  ],
  [
    'POST',
    '/api/passes/:id/void',
    ({ id }) =>
      Object.assign(by_id(data.passes, id), { state: 'void', void_reason: 'lost', void_ms: Date.now() }),
  ],
  [
    'POST',
    '/api/passes/:id/reissue',
    ({ id }) => ({ ...by_id(data.passes, id), id: 6999, serial: 2, state: 'inactive' }),
  ],
  [
    'POST',
    '/api/passes/:id/activate',
    ({ id }) => Object.assign(by_id(data.passes, id), { state: 'active', activated_ms: Date.now() }),
  ],
  ['GET', '/api/policies/effective', () => data.policy],
  ['GET', '/api/policies', ({ query }) => page(data.policies, query)],
  [
    'POST',
    '/api/policies',
    ({ body }) => {
      if (body.params.fever_threshold_tenths < 370)
        throw invalid('/params/fever_threshold_tenths', 'out_of_range', { min: '37.0', max: '39.0' })
      return { ...data.policy, ...body.params, version: 4 }
    },
  ],
  ['GET', '/api/enrolments', ({ query }) => page(data.enrolments, query)],
  [
    'POST',
    '/api/enrolments',
    ({ body }) => {
      if (!body.label) throw invalid('/label', 'required')
      return {
        id: 45,
        qr_svg: qr_drawing(),
        text: 'SWE1:MOCK',
        expires_ms: Date.now() + 600_000,
        url: 'https://192.168.1.20:8443/m/',
      }
    },
  ],
  ['POST', '/api/enrolments/:id/revoke', () => ({})],
  [
    'GET',
    '/api/passages',
    ({ query }) =>
      page(
        data.passages,
        query,
        both(
          same(query, 'opening_id'),
          same(query, 'direction'),
          same(query, 'result'),
          same(query, 'household_id'),
          contains(query, 'label', 'person_names'),
          (item) => !query.get('flag') || item.flags.includes(query.get('flag')),
        ),
      ),
  ],
  ['POST', '/api/passages/:id/close', ({ id }) => by_id(data.passages, id)],
  [
    'POST',
    '/api/passages/:id/reverse',
    ({ id }) => Object.assign(by_id(data.passages, id), { corrected: 'reversed' }),
  ],
  ['GET', '/api/overview', () => ({ ...data.overview, as_of_ms: Date.now() })],
  [
    'GET',
    '/api/overview/list',
    ({ query }) =>
      page(
        data.households.map((row) => ({
          title: row.label,
          subtitle: row.head_name ?? '',
          at_ms: Date.now() - 3_600_000,
          household_id: row.id,
          passage_id: null,
        })),
        query,
      ),
  ],
]

const listed = ({ items, next }) => ({
  items: items.map(({ household_id, label, ...person }) => ({ person, household_id, label })),
  next,
})

function household(row) {
  return {
    id: row.id,
    dwelling_id: row.dwelling_id,
    label: row.label,
    compound_id: 11,
    provisional: row.provisional,
    members: data.persons.slice(0, 3),
    matches: [
      {
        pair_id: 300,
        person_id: 7000,
        other_id: 7040,
        other_name: data.persons[40].name,
        other_label: '2-1-301',
        other_compound: '锦绣花园',
        reasons: ['same_phone_and_name'],
        score: 50,
      },
    ],
  }
}

function match(method, path) {
  for (const [wanted, pattern, handle] of routes) {
    const found = new RegExp(`^${pattern.replace(/:id/, '(\\d+)')}$`).exec(path)
    if (wanted === method && found) return { handle, id: found[1] }
  }
  throw new Failure(404, { code: 'not_found' })
}

async function read_body(request) {
  const parts = []
  for await (const part of request) parts.push(part)
  if (!request.headers['content-type']?.startsWith('application/json')) return {}
  return JSON.parse(Buffer.concat(parts).toString() || '{}')
}

function send_file(dist, path, response) {
  let file = join(dist, normalize(path))
  if (!existsSync(file) || statSync(file).isDirectory()) file = join(file, 'index.html')
  if (!existsSync(file)) return response.writeHead(404).end()
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': content_policy,
  })
  return createReadStream(file).pipe(response)
}

export function start(port, dist = built) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost')
    if (url.pathname === '/api/live') {
      response
        .writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
        .write(':\n\n')
      streams.add(response)
      return request.on('close', () => streams.delete(response))
    }
    if (!url.pathname.startsWith('/api/')) return send_file(dist, url.pathname, response)
    if (/\/(export|print|workbook)$/.test(url.pathname))
      return response
        .writeHead(200, {
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent('演示.bin')}`,
        })
        .end('mock')
    try {
      const body = await read_body(request)
      const { handle, id } = match(request.method, url.pathname)
      const answer = handle({ body, id, query: url.searchParams })
      if (answer === undefined) return response.writeHead(204).end()
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return response
        .writeHead(error.status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify(error.body))
    }
  })
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        /** A new passage, as a gate would record it. */
        pass() {
          data.passages.unshift({ ...data.passage(0, Date.now()), id: data.passages[0].id + 1 })
          change('passage')
        },
        sign_out() {
          signed_in = false
        },
        close() {
          streams.forEach((stream) => stream.end())
          server.close()
        },
      }),
    )
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await start(Number(process.argv[2] ?? 8080))
  console.log(mock.url)
}
