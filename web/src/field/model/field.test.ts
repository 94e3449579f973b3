import 'fake-indexeddb/auto'

import { beforeEach, describe, expect, it } from 'vitest'

import { all_well, buildings_of, likely_first } from './doors'
import { Field } from './field'
import { FieldStore, type Door, type NewAttempt, type NewSheet, type RoundForm } from './store'
import { where } from './where'

const now_ms = Date.UTC(2020, 1, 11, 2)

const door = (id: number, more: Partial<Door> = {}): Door => ({
  round_id: 1,
  dwelling_id: id,
  compound_id: 9,
  building: '3',
  stair: '2',
  floor: Math.ceil(id / 2),
  room: `${Math.ceil(id / 2)}0${id % 2 === 0 ? 2 : 1}`,
  label: `3-2-${id}`,
  state: 'untried',
  outcome: 'open',
  next_contact: 'knock',
  not_before_ms: null,
  unanswered_knocks: 0,
  fitted_out: 'unknown',
  occupied: 'unknown',
  persons: null,
  on_file: 3,
  head: '张*',
  last_ms: null,
  lived_in_percent: null,
  meter_reasons: [],
  ...more,
})

const form = (version: number, name: string): RoundForm => ({
  round_id: 1,
  answered: [],
  utc_offset_minutes: 480,
  version: {
    id: version,
    questionnaire_id: 1,
    number: version,
    effective_ms: 0,
    form: {
      code: 'door',
      title: { zh: '问卷', en: 'Questions' },
      questions: [
        {
          name,
          kind: 'text',
          label: { zh: '题', en: 'Question' },
          hint: { zh: '', en: '' },
          required: true,
          required_message: { zh: '', en: '' },
          relevant: [],
          constraint: [],
          constraint_message: { zh: '', en: '' },
          choices: [],
        },
      ],
    },
  },
})

/** A server that stores each record once, and can be away, lose its answer, or refuse. */
class FakeServer {
  up = true
  lose_answer = false
  account_id = 5
  signed_in = true
  refused = new Set<number>()
  readonly stored = new Map<string, NewAttempt>()
  readonly sheets = new Map<string, NewSheet>()
  form: RoundForm = { round_id: 1, version: null, answered: [], utc_offset_minutes: 480 }
  readonly acts: string[] = []
  readonly done = new Set<string>()
  doors = [door(1), door(2), door(3), door(4)]

  fetch = (async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    if (!this.up) throw new TypeError('no network')
    const path = String(input).split('?')[0]!
    const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
    if (!this.signed_in) return json({ code: 'unauthenticated' }, 401)
    if (path === '/api/session')
      return json({ account_id: this.account_id, compounds: [{ id: 9, name: '园' }] })
    if (path === '/api/survey-rounds') return json({ items: [{ id: 1, title: '第一轮' }] })
    if (path === '/api/survey-doors') return json({ items: this.doors })
    if (path === '/api/work-items') return json({ items: [] })
    if (path.endsWith('/questionnaire')) return json(this.form)
    if (path === '/api/answer-sheets') return this.take_sheets(init, json)
    if (path.endsWith('/files')) {
      this.acts.push(path)
      return json({ items: [] })
    }
    if (path.endsWith('/act')) {
      const { client_id } = JSON.parse(String(init?.body)) as { client_id: string }
      if (this.done.has(client_id)) return new Response(null, { status: 204 })
      this.acts.push(path)
      this.done.add(client_id)
      if (this.lose_answer) {
        this.lose_answer = false
        throw new TypeError('the answer is lost')
      }
      return this.acts.length > 1 ? json({ code: 'work.not_now' }, 409) : new Response(null, { status: 204 })
    }
    const { items } = JSON.parse(String(init?.body)) as { items: NewAttempt[] }
    const results = items.map((item) => {
      if (this.refused.has(item.dwelling_id))
        return { client_id: item.client_id, status: 'refused', code: 'not_found', path: '/dwelling_id' }
      const before = this.stored.has(item.client_id)
      this.stored.set(item.client_id, item)
      return {
        client_id: item.client_id,
        status: before ? 'stored_before' : 'stored',
        code: null,
        path: null,
      }
    })
    if (this.lose_answer) {
      this.lose_answer = false
      throw new TypeError('the answer is lost')
    }
    return json({ items: results })
  }) as typeof fetch

  private take_sheets(init: RequestInit | undefined, json: (body: unknown) => Response): Response {
    const { items } = JSON.parse(String(init?.body)) as { items: NewSheet[] }
    const results = items.map((item) => {
      const { client_id } = item
      if (this.refused.has(item.dwelling_id))
        return { client_id, status: 'refused', code: 'questionnaire.answer_missing', path: '/answers/a' }
      const status = this.sheets.has(client_id) ? 'stored_before' : 'stored'
      this.sheets.set(client_id, item)
      return { client_id, status, code: null, path: null }
    })
    if (this.lose_answer) {
      this.lose_answer = false
      throw new TypeError('the answer is lost')
    }
    return json({ items: results })
  }
}

let server: FakeServer
let field: Field
let store: FieldStore
let time: number
let ids = 0

const well = {
  contact: 'knock' as const,
  answered: true,
  fitted_out: 'yes' as const,
  occupied: 'yes' as const,
  persons: 3,
}
const silent = { contact: 'knock' as const, answered: false }

beforeEach(async () => {
  server = new FakeServer()
  time = now_ms
  store = await FieldStore.open(`field-${Math.random()}`)
  field = new Field(
    store,
    () => time,
    () => `record-${(ids += 1)}`,
    server.fetch,
  )
  await field.start()
  await field.sync()
  await field.take_along({ id: 9, name: '园' })
})

describe('doors by their meters', () => {
  it('puts likely doors first, unknown ones in between, and leaves out what is done', () => {
    const doors = [
      door(1, { lived_in_percent: 20 }),
      door(2),
      door(3, { lived_in_percent: 95 }),
      door(4, { lived_in_percent: 99, state: 'resolved', outcome: 'occupied' }),
    ]
    const stairs = buildings_of(doors, [], now_ms)[0]!.stairs
    expect(likely_first(stairs).map((cell) => cell.door.dwelling_id)).toEqual([3, 2, 1])
  })
})

describe('records of doors', () => {
  it('are kept while the network is away and arrive once, though an answer is lost', async () => {
    server.up = false
    for (const each of server.doors) await field.record(each, well)
    await field.sender.flush()
    expect(field.state.link).toBe('offline')
    expect(field.state.records).toHaveLength(4)
    server.up = true
    server.lose_answer = true
    await field.sender.flush()
    expect(field.state.records).toHaveLength(4)
    await field.sender.flush()
    expect(field.state.records).toHaveLength(0)
    expect(server.stored.size).toBe(4)
  })

  it('survive a reload', async () => {
    server.up = false
    await field.record(door(1), well)
    await field.sender.flush()
    const again = new Field(
      store,
      () => time,
      () => 'other-id-1',
      server.fetch,
    )
    await again.start()
    expect(again.state.records.map((row) => row.body.kind)).toEqual(['attempt'])
    expect(again.state.pack?.doors).toHaveLength(4)
    server.up = true
    await again.sender.flush()
    expect(server.stored.size).toBe(1)
  })

  it('that are refused hold up nobody and say why', async () => {
    server.refused.add(2)
    await field.record(door(1), well)
    await field.record(door(2), well)
    await field.record(door(3), well)
    await field.sender.flush()
    expect(server.stored.size).toBe(2)
    expect(field.state.records).toMatchObject([{ state: 'rejected', problems: [{ code: 'not_found' }] }])
    await field.discard(field.state.records[0]!)
    expect(field.state.records).toHaveLength(0)
  })

  it('are undone: removed while they are here, taken back by another when they have left', async () => {
    server.up = false
    await field.record(door(1), well)
    await field.sender.flush()
    await field.undo()
    expect(field.state.records).toHaveLength(0)
    server.up = true
    await field.record(door(2), well)
    await field.sender.flush()
    const [sent] = [...server.stored.keys()]
    await field.undo()
    await field.sender.flush()
    expect([...server.stored.values()].map((each) => each.retracts ?? null)).toEqual([null, sent])
    await field.undo()
    expect(server.stored.size).toBe(2)
  })

  it('of one person are not sent by another who logs in on the phone', async () => {
    server.up = false
    await field.record(door(1), well)
    await field.sender.flush()
    server.up = true
    server.account_id = 6
    await field.sync()
    expect(server.stored.size).toBe(0)
    expect(field.state).toMatchObject({ foreign: 1, records: [], pack: null })
    server.account_id = 5
    await field.sync()
    expect(server.stored.size).toBe(1)
    expect(field.state.foreign).toBe(0)
  })

  it('wait for a log-in when the session has ended', async () => {
    server.signed_in = false
    await field.record(door(1), well)
    await field.sender.flush()
    expect(field.state).toMatchObject({ link: 'signed_out', records: [{ state: 'waiting' }] })
  })
})

describe('the drawing of doors', () => {
  const drawn = () => buildings_of(field.state.pack!.doors, field.state.records, time)[0]!

  it('shows a stair as it is built, the highest floor first', () => {
    expect(drawn().stairs[0]!.floors.map((floor) => floor.cells.map((cell) => cell.door.room))).toEqual([
      ['201', '202'],
      ['101', '102'],
    ])
    expect(drawn()).toMatchObject({ left: 4, total: 4 })
  })

  it('follows what was recorded, before and after it has left', async () => {
    server.up = false
    await field.record(door(1), well)
    await field.record(door(2), silent)
    await field.record(door(3), { ...silent, fitted_out: 'no' })
    await field.record(door(4), { ...well, occupied: 'no', persons: null })
    const looks = () => drawn().stairs[0]!.floors.flatMap((floor) => floor.cells.map((cell) => cell.look))
    expect(looks()).toEqual(['unfitted', 'empty', 'done', 'later'])
    expect(drawn().left).toBe(0)
    server.up = true
    await field.sender.flush()
    expect(field.state.records).toHaveLength(0)
    expect(looks()).toEqual(['unfitted', 'empty', 'done', 'later'])
  })

  it('brings a door that nobody answered back by itself (XN-56)', () => {
    const until = now_ms + 3_600_000
    const doors = [door(1, { state: 'open', unanswered_knocks: 1, not_before_ms: until })]
    const look = (at: number) => buildings_of(doors, [], at)[0]!.stairs[0]!.floors[0]!.cells[0]!.look
    expect(look(now_ms)).toBe('later')
    expect(look(until)).toBe('todo')
  })

  it('says all well only of people who are on file (practice 22)', () => {
    expect(all_well(door(1, { on_file: 0 }))).toBeNull()
    expect(all_well(door(1))).toMatchObject({ persons: 3, answered: true })
  })
})

it('keeps acts on items, and one that comes too late says so', async () => {
  server.up = false
  await field.act({ item_id: 7, verb: 'close', note: null })
  await field.act({ item_id: 8, verb: 'close', note: null })
  await field.sender.flush()
  expect(field.state.records).toHaveLength(2)
  server.up = true
  await field.sender.flush()
  expect(server.acts).toHaveLength(2)
  expect(field.state.records).toMatchObject([{ state: 'rejected', problems: [{ code: 'work.not_now' }] }])
})

it('keeps a draft until the door is recorded', async () => {
  const draft = {
    fitted_out: 'yes',
    occupied: '',
    persons: null,
    note: '狗',
    name: '',
    phone: '',
    relation: 'unknown',
  }
  await field.drafts.keep(door(1), draft)
  expect(await field.drafts.of(door(1))).toEqual(draft)
  await field.record(door(1), well)
  expect(await field.drafts.of(door(1))).toBeNull()
})

it('sends a photo before the act it allows, and an act whose answer is lost once', async () => {
  server.up = false
  await field.photo({ item_id: 7, filename: 'photo.jpg', base64: btoa('picture') })
  await field.act({ item_id: 7, verb: 'close', note: 'done' })
  await field.sender.flush()
  server.up = true
  server.lose_answer = true
  await field.sender.flush()
  expect(field.state.records).toHaveLength(1)
  await field.sender.flush()
  expect(field.state.records).toHaveLength(0)
  expect(server.acts).toEqual(['/api/work-items/7/files', '/api/work-items/7/act'])
})

it('says where the phone is no finer than ten metres, and nothing when it does not know', async () => {
  const knows = {
    getCurrentPosition: (told: PositionCallback) =>
      told({
        coords: { latitude: 31.456789, longitude: -104.751249, accuracy: 17.6 },
      } as GeolocationPosition),
  } as Geolocation
  expect(await where(knows)).toEqual({ latitude_e4: 314568, longitude_e4: -1047512, accuracy_m: 18 })
  const refuses = {
    getCurrentPosition: (_: PositionCallback, failed?: PositionErrorCallback | null) =>
      failed?.({ code: 1 } as GeolocationPositionError),
  } as Geolocation
  expect(await where(refuses)).toBeNull()
})

describe('the questions of a round', () => {
  const said = (text: string) => [{ name: 'a', text, number: null, choices: null }]
  const go = async () => {
    await field.take_along({ id: 9, name: '园' })
    return field.state.pack!.doors[0]!
  }

  it('are none where the round asks none', async () => {
    expect(field.form_of(await go())).toBeNull()
  })

  it('are answered without the network and sent once, though an answer of the server is lost', async () => {
    server.form = form(7, 'a')
    const at = await go()
    server.up = false
    await field.drafts.keep_answers(at, said('发'))
    const again = new Field(
      store,
      () => time,
      () => 'again',
      server.fetch,
    )
    expect(await again.drafts.answers(at)).toEqual(said('发'))
    await field.answer(at, 7, said('发热'))
    expect(await field.drafts.answers(at)).toEqual([])
    expect(field.is_answered(at)).toBe(true)
    expect(field.state.records).toHaveLength(1)
    server.up = true
    server.lose_answer = true
    await field.sync()
    time += 60_000
    await field.sync()
    expect(field.state.records).toHaveLength(0)
    expect([...server.sheets.values()]).toMatchObject([
      { version_id: 7, dwelling_id: 1, answers: said('发热') },
    ])
  })

  it('keep the version they were asked under when the form changes before they are sent', async () => {
    server.form = form(7, 'a')
    const at = await go()
    server.up = false
    await field.answer(at, 7, said('发热'))
    server.up = true
    server.form = form(8, 'b')
    await field.sync()
    expect([...server.sheets.values()].map((each) => each.version_id)).toEqual([7])
    expect(field.form_of(at)?.version?.id).toBe(8)
  })

  it('stay with their reason when they are refused, and hold up nobody', async () => {
    server.form = form(7, 'a')
    const at = await go()
    server.refused.add(1)
    await field.answer(at, 7, said('发热'))
    await field.answer(field.state.pack!.doors[1]!, 7, said('不热'))
    await field.sync()
    expect(field.state.records.map((row) => [row.state, row.problems[0]?.code])).toEqual([
      ['rejected', 'questionnaire.answer_missing'],
    ])
    expect(server.sheets.size).toBe(1)
  })
})
