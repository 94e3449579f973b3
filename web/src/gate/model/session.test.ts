import 'fake-indexeddb/auto'

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { beforeEach, describe, expect, it } from 'vitest'

import { Session } from './session'
import { is_dark } from './settings'
import { Store } from './store'
import { noon_ms, small_list } from './testing'

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'silence'

let answers: Record<string, Answer>
let asked: { path: string; headers: Headers; body: unknown }[]
let now_ms: number
let on_the_way_ms: number // how long each answer takes
let store: Store
let session: Session

const fetcher = (async (path: string, init: RequestInit) => {
  asked.push({
    path,
    headers: new Headers(init.headers),
    body: typeof init.body === 'string' ? JSON.parse(init.body) : null,
  })
  now_ms += on_the_way_ms
  const answer = answers[path] ?? 'silence'
  if (answer === 'silence') throw new TypeError('Failed to fetch')
  const { status = 200, body = {}, headers = {} } = answer
  return new Response(status === 304 ? null : JSON.stringify(body), { status, headers })
}) as typeof fetch

const enrolled = {
  enrolment_id: 5,
  device_token: 'secret-token',
  opening: { id: 3, compound_id: 7, name: '东门', kind: 'pedestrian', state: 'guarded', direction: 'both' },
  compound: { id: 7, name: '龙南小区' },
  server_ms: noon_ms + 4_000,
}

beforeEach(async () => {
  asked = []
  now_ms = noon_ms
  on_the_way_ms = 0
  answers = {
    '/api/gate/enrol': { body: enrolled },
    '/api/gate/list': { body: small_list(), headers: { etag: '"v1"' } },
    '/api/gate/ping': { body: { server_ms: noon_ms, list_version: 'v1', revoked: false } },
  }
  store = await Store.open(`session-${Math.random()}`)
  session = new Session(store, () => now_ms, 'zh-CN', fetcher)
  await session.start()
})

const enrol = () => session.enrol(new Uint8Array(16).fill(0xab))

describe('enrolment', () => {
  it('sends the secret, keeps the token and loads the list', async () => {
    await enrol()
    expect(asked[0]).toMatchObject({
      path: '/api/gate/enrol',
      body: { secret: 'ab'.repeat(16), client_ms: noon_ms },
    })
    expect(asked[1]!.headers.get('authorization')).toBe('Bearer secret-token')
    expect(session.state.list_generated_ms).toBe(small_list().generated_ms)
    const again = new Session(store, () => now_ms, 'zh-CN', fetcher)
    await again.start()
    expect(again.state.enrolment?.enrolment_id).toBe(5)
  })

  it('measures the clock of the phone against the server', async () => {
    await enrol()
    expect(session.state.offset_ms).toBe(4_000)
  })

  it('does not move its clock by what a slow answer may be wrong', async () => {
    await enrol()
    on_the_way_ms = 2_000
    const pinged = async (server_ms: number) => {
      now_ms += 60_000
      answers['/api/gate/ping'] = { body: { server_ms, list_version: 'v1', revoked: false } }
      await session.tick()
      return session.state.offset_ms
    }
    // The phone asked at 60 s and heard at 62 s: anything from 3 to 5 s fits, and 4 s is known.
    expect(await pinged(noon_ms + 65_000)).toBe(4_000)
    expect(await pinged(noon_ms + 132_000)).toBe(9_000)
  })

  it('reads the code as text and out of a link', () => {
    const vectors = fileURLToPath(new URL('../../../../tests/vectors/token.json', import.meta.url))
    const { enrolments } = JSON.parse(readFileSync(vectors, 'utf8')) as {
      enrolments: { text: string; verdict?: string; code?: string }[]
    }
    const good = enrolments.find(({ text }) => Session.read_enrolment(text).code === 'ok')!
    const link = `https://gate.example/m/#e=${encodeURIComponent(good.text)}`
    expect(Session.read_enrolment(link)).toEqual(Session.read_enrolment(` ${good.text}\n`))
    expect(Session.read_enrolment('SW1:ABC').code).toBe('not_an_enrolment')
  })

  it('does not end while anything is unsent (trap 4), but may once the phone is cut off and all is exported', async () => {
    await enrol()
    await store.add_record((seq) => ({ state: 'waiting', record: { seq } as never, consumes_outing: false }))
    expect(await session.end_enrolment(false)).toBe(false)
    expect(await session.end_enrolment(true)).toBe(false)
    answers['/api/gate/ping'] = { status: 401, body: { status: 401, code: 'device_revoked' } }
    await session.sync()
    expect(session.state.link).toBe('revoked')
    expect(await session.end_enrolment(false)).toBe(false)
    expect(await session.end_enrolment(true)).toBe(true)
    expect(session.state.enrolment).toBeNull()
  })
})

describe('the link (trap 1)', () => {
  it('is online only after an answer of the server', async () => {
    expect(session.state.link).toBe('unknown')
    await enrol()
    expect(session.state.link).toBe('online')
    answers['/api/gate/ping'] = 'silence'
    await session.sync()
    expect(session.state.link).toBe('offline')
    expect(session.reachable()).toBe(false)
  })

  it('is offline when a proxy answers for a server that is gone', async () => {
    await enrol()
    answers['/api/gate/ping'] = { status: 502, body: 'bad gateway' }
    await session.sync()
    expect(session.state.link).toBe('offline')
  })

  it('asks again soon after a failure, by the timer alone', async () => {
    await enrol()
    answers['/api/gate/ping'] = 'silence'
    await session.sync()
    answers['/api/gate/ping'] = { body: { server_ms: noon_ms, list_version: 'v1', revoked: false } }
    for (let second = 0; second < 6; second += 1) {
      now_ms += 1_000
      await session.tick()
    }
    expect(session.state.link).toBe('online')
  })
})

describe('the list', () => {
  it('is fetched again when the server has another, and asked for by its tag', async () => {
    await enrol()
    answers['/api/gate/ping'] = { body: { server_ms: noon_ms, list_version: 'v2', revoked: false } }
    answers['/api/gate/list'] = {
      body: small_list({ version: 'v2', generated_ms: noon_ms }),
      headers: { etag: '"v2"' },
    }
    now_ms += 60_000
    await session.tick()
    const request = asked.findLast(({ path }) => path === '/api/gate/list')!
    expect(request.headers.get('if-none-match')).toBe('"v1"')
    expect(session.state.list_generated_ms).toBe(noon_ms)
  })

  it('stays when nothing has changed', async () => {
    await enrol()
    answers['/api/gate/list'] = { status: 304, headers: { etag: '"v1"' } }
    await session.sync()
    expect(session.state.link).toBe('online')
    expect((await store.get('list'))?.list.version).toBe('v1')
  })

  it('and the pages make the phone ready for offline', async () => {
    expect(session.works_offline()).toBe(false)
    session.state.pages_kept = true
    expect(session.works_offline()).toBe(false)
    await enrol()
    expect(session.works_offline()).toBe(true)
  })
})

it('keeps the queue on the phone at a handover and writes down who took over (practice.md 18)', async () => {
  await enrol()
  await store.add_record((seq) => ({ state: 'waiting', record: { seq } as never, consumes_outing: false }))
  await session.count()
  await session.hand_over('刘强')
  expect(await store.get('handovers')).toEqual([{ guard: '刘强', at_ms: noon_ms, unsent: 1 }])
  expect(await store.unsent()).toBe(1)
  expect((await session.unsent_records()).records).toHaveLength(1)
})

it('tells the server who took over, once it answers and only once (XN-46)', async () => {
  await enrol()
  const told = () => asked.filter(({ path }) => path === '/api/gate/handovers')
  await session.hand_over('刘强')
  await session.tick()
  expect(told()).toHaveLength(1) // and no answer
  expect((await store.get('handovers'))?.[0]?.sent).toBeUndefined()
  answers['/api/gate/handovers'] = { body: { stored: 1 } }
  now_ms += 60_000
  await session.tick()
  expect(told()[1]!.body).toEqual({ client_ms: now_ms, items: [{ guard: '刘强', at_ms: noon_ms }] })
  expect((await store.get('handovers'))?.[0]?.sent).toBe(true)
  now_ms += 60_000
  await session.tick()
  expect(told()).toHaveLength(2)
})

it('is dark at night unless told otherwise', () => {
  expect(is_dark('auto', false, 12)).toBe(false)
  expect(is_dark('auto', false, 23)).toBe(true)
  expect(is_dark('auto', true, 12)).toBe(true)
  expect(is_dark('light', true, 23)).toBe(false)
})
