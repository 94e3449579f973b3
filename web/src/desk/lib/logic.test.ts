// Small rules of the pages, each with the requirement it comes from.
import { describe, expect, it } from 'vitest'

import desk_words from '@i18n/desk.zh-CN.json'

import type { DrawnBuilding, Violation } from '../api/place_types'
import type {
  AreaFigures,
  Enrolment,
  Import,
  ImportRow,
  PassageRow,
  Pass,
  Place,
  PlaceKind,
} from '../api/types'
import { home_route, menu_for } from '../shell/menu'
import { pick_compound } from '../state/session'
import { grantable_places, may_give, role_title } from './accounts'
import { area_figures, share_text } from './area'
import { action_key, audit_groups } from './audit'
import { contact_tone } from './devices'
import { draw_house } from './drawing'
import { figure_target, figure_tone } from './figures'
import { unclaimed } from './form'
import { grounds_of, pick_ground } from './ground'
import { preferred_language } from './i18n'
import { column_letter, first_tab, issues_by_column, map_column, rows_to_write } from './imports'
import { next_page } from './next_page'
import { always_open, clock_minutes, clock_text, violations_of } from './openings'
import { corrections, ledger_filters, ledger_query, passage_class, result_tone } from './passages'
import { can_activate, can_reissue, can_void, card_name, workers_of } from './passes'
import { draw_pattern, split_list } from './pattern'
import { presence_parts } from './people'
import { child_kinds } from './places'
import { filters_of_query, query_of_filters } from './query_filters'
import { without_parts } from './sets'

describe('figures of the day (practice.md 14)', () => {
  const figure = (code: string, value: number | null) => ({
    code,
    value,
    denominator: null,
    denominator_code: null,
  })

  it('alarms for what is there, never for unknown or zero', () => {
    expect(figure_tone(figure('abnormal_temperature', 1))).toBe('bad')
    expect(figure_tone(figure('abnormal_temperature', 0))).toBe('plain')
    expect(figure_tone(figure('abnormal_temperature', null))).toBe('plain')
    expect(figure_tone(figure('provisional_waiting', 3))).toBe('warn')
    expect(figure_tone(figure('exits_today', 300))).toBe('plain')
  })

  it('leads every figure to its list', () => {
    expect(figure_target('out_now')).toEqual({ name: 'figure', params: { code: 'out_now' } })
    expect(figure_target('provisional_waiting')).toEqual({ name: 'guests' })
    expect(figure_target('something_new')).toEqual({ name: 'figure', params: { code: 'something_new' } })
  })
})

describe('ledger lines', () => {
  const line = (change: Partial<PassageRow>) =>
    ({
      id: 1,
      direction: 'out',
      result: 'passed',
      kind: 'person',
      household_id: 5,
      corrected: null,
      ...change,
    }) as PassageRow

  it('offers what can be corrected (practice.md 6)', () => {
    expect(corrections(line({}))).toEqual(['reverse', 'close'])
    expect(corrections(line({ direction: 'in' }))).toEqual(['reverse'])
    expect(corrections(line({ household_id: null }))).toEqual(['reverse'])
    expect(corrections(line({ corrected: 'reversed' }))).toEqual([])
    expect(corrections(line({ corrected: 'closed' }))).toEqual(['reverse'])
    expect(corrections(line({ result: 'reversed' }))).toEqual([])
    expect(corrections(line({ result: 'closed' }))).toEqual([])
  })

  it('are asked for by the filters of the address, times in the zone of the installation', () => {
    const filters = { ...ledger_filters, q: ' 1-1 ', flag: 'fever', from: '2020-02-11T08:00' }
    const query = Object.entries(ledger_query(filters, 11, 480)).filter(
      ([, value]) => value !== '' && value !== null,
    )
    expect(Object.fromEntries(query)).toEqual({
      compound_id: 11,
      q: '1-1',
      flag: 'fever',
      from_ms: Date.UTC(2020, 1, 11),
    })
  })

  it('strikes what was reversed and marks what is new', () => {
    expect(passage_class(line({ corrected: 'reversed' }), new Set([1]))).toBe('struck')
    expect(passage_class(line({}), new Set([1]))).toBe('fresh')
    expect(passage_class(line({}), new Set())).toBeUndefined()
    expect(passage_class(line({ corrected: 'closed' }), new Set())).toBeUndefined()
    expect(result_tone(line({ kind: 'emergency' }))).toBe('warn')
    expect(result_tone(line({ result: 'turned_back' }))).toBe('bad')
  })
})

describe('openings (practice.md 3, 10; XN-39)', () => {
  it('puts what is wrong beside its opening, and the rest above all of them', () => {
    const violation = (code: Violation['code'], opening_id: number | null): Violation => ({
      code,
      opening_id,
      unit_id: null,
      have: null,
      limit: null,
    })
    const all = [violation('no_key_holder', 2), violation('too_many_people', null)]
    expect(violations_of(all, 2).map((item) => item.code)).toEqual(['no_key_holder'])
    expect(violations_of(all, null).map((item) => item.code)).toEqual(['too_many_people'])
    expect(violations_of(all, 3)).toEqual([])
  })

  it('reads and writes hours of the day', () => {
    expect(clock_text(365)).toBe('06:05')
    expect(clock_text(1440)).toBe('24:00')
    expect(clock_minutes('6:05')).toBe(365)
    expect(clock_minutes('24：00')).toBe(1440)
    for (const wrong of ['', '6', '6:60', '24:01', 'x:00']) expect(clock_minutes(wrong)).toBeNull()
    expect(always_open({ open_minute: null, close_minute: null })).toBe(true)
    expect(always_open({ open_minute: 0, close_minute: 1440 })).toBe(true)
    expect(always_open({ open_minute: 360, close_minute: 1320 })).toBe(false)
  })
})

describe('places', () => {
  const place = (id: number, kind: PlaceKind) => ({ id, kind }) as Place

  it("speaks of places within one's duty only", () => {
    const detail = {
      ancestors: [place(1, 'district'), place(2, 'subdistrict'), place(3, 'community')],
      place: place(4, 'compound'),
    }
    const ids = (roots: number[]) =>
      grounds_of(
        detail,
        roots.map((id) => ({ id })),
      ).map((item) => item.id)
    expect(ids([1])).toEqual([1, 2, 3, 4])
    expect(ids([3, 9])).toEqual([3, 4])
    expect(ids([])).toEqual([4])
    expect(pick_ground(grounds_of(detail, [{ id: 1 }]), ['community'])?.id).toBe(3)
    expect(pick_ground(grounds_of(detail, []), ['community'])?.id).toBe(4)
  })

  it('lets the whole win over its parts', () => {
    const groups = [
      { compound: place(4, 'compound'), buildings: [place(5, 'building'), place(6, 'building')] },
    ]
    expect(without_parts([5, 4, 9], groups)).toEqual([4, 9])
    expect(without_parts([5, 6], groups)).toEqual([5, 6])
  })

  it('draws storeys from the top, and what nobody knows as unknown', () => {
    const cell = (
      stair: string,
      floor: number | null,
      change: Partial<DrawnBuilding['cells'][number]> = {},
    ) => ({
      stair,
      floor,
      dwellings: 2,
      lived_in: 2,
      vacant: 0,
      unknown: 0,
      registered: 2,
      ...change,
    })
    const house = draw_house({
      id: 1,
      name: '3',
      zone: null,
      grid: null,
      stairs: ['1', '2'],
      cells: [
        cell('1', -1, { lived_in: 0, registered: 0, unknown: 2 }),
        cell('1', 1),
        cell('2', 2, { registered: 1 }),
        cell('2', null, { registered: 0 }),
      ],
    })
    const by_key = Object.fromEntries(house.rects.map((rect) => [rect.key, rect]))
    expect(by_key['2/2']!.y).toBeLessThan(by_key['1/1']!.y)
    expect(by_key['1/1']!.y).toBeLessThan(by_key['1/-1']!.y)
    expect(by_key['1/-1']!.y).toBeLessThan(by_key['2/?']!.y)
    expect(by_key['2/2']!.x).toBeGreaterThan(by_key['1/1']!.x)
    expect(house.rects.map((rect) => rect.state)).toEqual(['unknown', 'registered', 'mixed', 'lived_in'])
    expect(by_key['2/?']!.text).toBe('?')
    expect(house.unknown_storeys).toBe(true)
  })
})

describe('imports', () => {
  it('names columns as the workbook does', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(column_letter)).toEqual([
      'A',
      'Z',
      'AA',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
    ])
  })

  it('gives a field to one column only', () => {
    const columns = ['room', 'name', null].map((field, index) => ({ index, field, header: '', sample: [] }))
    expect(map_column(columns, 2, 'name').map((column) => column.field)).toEqual(['room', null, 'name'])
    expect(map_column(columns, 0, null).map((column) => column.field)).toEqual([null, 'name', null])
  })

  it('sorts the issues of a row by cell', () => {
    const row: ImportRow = {
      row: 3,
      status: 'wrong',
      cells: [],
      issues: [
        { column: 1, code: 'a' },
        { column: null, code: 'b' },
        { column: 1, code: 'c' },
      ],
    }
    const sorted = issues_by_column(row)
    expect(sorted.get(1)?.map((issue) => issue.code)).toEqual(['a', 'c'])
    expect(sorted.get(-1)?.map((issue) => issue.code)).toEqual(['b'])
  })

  it('opens what a person has to look at first', () => {
    const record = { new: 5, changed: 2, doubtful: 1, wrong: 0, duplicate: 3, unchanged: 9 } as Import
    expect(first_tab(record)).toBe('doubtful')
    expect(first_tab({ ...record, doubtful: 0 })).toBe('changed')
    expect(rows_to_write(record)).toBe(7)
  })
})

describe('buildings from a pattern (practice.md 12)', () => {
  it('draws stairs side by side with the highest floor on top', () => {
    const cell = (stair: string, floor: number, room: string) => ({
      stair,
      floor,
      room,
      label: `${stair}-${room}`,
    })
    const drawn = draw_pattern([
      cell('1', 1, '101'),
      cell('1', 1, '102'),
      cell('1', 10, '1001'),
      cell('1', -1, '-101'),
      cell('2', 1, '101'),
    ])
    expect(drawn.map((stair) => stair.stair)).toEqual(['1', '2'])
    expect(drawn[0]!.floors.map((floor) => floor.floor)).toEqual([10, 1, -1])
    expect(drawn[0]!.floors[1]!.cells.map((each) => each.room)).toEqual(['101', '102'])
  })

  it('reads lists as people write them', () => {
    expect(split_list('4, 13、14；13=12A  4')).toEqual(['4', '13', '14', '13=12A'])
    expect(split_list(' ')).toEqual([])
  })
})

describe('cards (practice.md 13)', () => {
  it('reads workers a line each, out of a workbook or typed', () => {
    expect(workers_of('李保洁，物业, 19900005555\n\n王保安\t物业\n  Ann Lee, parcels ')).toEqual([
      { name: '李保洁', note: '物业', phone: '19900005555' },
      { name: '王保安', note: '物业' },
      { name: 'Ann Lee', note: 'parcels' },
    ])
    expect(workers_of(' \n')).toEqual([])
  })

  const card = (state: Pass['state'], household_id: number | null = 1) =>
    ({
      state,
      household_id,
      label: household_id === null ? null : '1-1-101',
      short_code_masked: 'AB**',
    }) as Pass

  it('offers what the state allows', () => {
    expect([
      can_activate(card('inactive')),
      can_activate(card('blank', null)),
      can_activate(card('active')),
    ]).toEqual([true, false, false])
    expect([can_void(card('blank', null)), can_void(card('void')), can_void(card('replaced'))]).toEqual([
      true,
      false,
      false,
    ])
    expect([
      can_reissue(card('void')),
      can_reissue(card('blank', null)),
      can_reissue(card('replaced')),
    ]).toEqual([true, false, false])
    expect([card_name(card('active')), card_name(card('blank', null))]).toEqual(['1-1-101', 'AB**'])
  })
})

describe('gate phones', () => {
  it('shows silence before a guard has to call', () => {
    const now = 10_000_000
    const phone = (silent_minutes: number | null, state: Enrolment['state'] = 'active') =>
      ({
        state,
        last_contact_ms: silent_minutes === null ? null : now - silent_minutes * 60_000,
      }) as Enrolment
    expect(contact_tone(phone(2), now)).toBe('good')
    expect(contact_tone(phone(11), now)).toBe('warn')
    expect(contact_tone(phone(61), now)).toBe('bad')
    expect(contact_tone(phone(null), now)).toBe('warn')
    expect(contact_tone(phone(61, 'revoked'), now)).toBe('plain')
  })
})

describe('who sees what', () => {
  it('shows only the pages one may read, and starts on the first', () => {
    const office = new Set(['figure_read', 'passage_read', 'place_read'])
    const names = menu_for((permission) => office.has(permission)).flatMap((group) =>
      group.entries.map((entry) => entry.route),
    )
    expect(names).toEqual([
      'overview',
      'area',
      'gates',
      'ledger',
      'vehicle_ledger',
      'ledgers',
      'openings',
      'directory',
      'places',
      'grids',
      'zones',
    ])
    expect(home_route((permission) => permission === 'place_read')).toBe('openings')
    expect(home_route(() => false)).toBe('me')
  })

  it('gives each part of an area what it is a part of, and no rounded-away few', () => {
    const figures = area_figures({
      ...({} as AreaFigures),
      compounds: 2,
      buildings: 9,
      dwellings: 900,
      lived_in: 800,
      unregistered: 3,
      households: 790,
      headless: 0,
      carded: 700,
      persons: 2000,
      presence_known: 1600,
      away: 40,
      conflicts: 0,
      guarded: 2,
      sealed: 5,
      unguarded: 1,
    })
    const of = (code: string) => figures.find((figure) => figure.code === code)
    expect(of('uncarded')).toEqual({
      code: 'uncarded',
      value: 90,
      of: { code: 'households', value: 790 },
      tone: 'warn',
    })
    expect(of('unguarded')).toMatchObject({ tone: 'bad', of: { value: 8 } })
    expect(of('headless')?.tone).toBeUndefined()
    expect(of('away')).toEqual({ code: 'away', value: 40, of: { code: 'presence_known', value: 1600 } })
    const nobody_asked = area_figures({ ...({} as AreaFigures), persons: 2000, presence_known: 0, away: 0 })
    expect(nobody_asked.find((figure) => figure.code === 'away')?.value).toBeNull()
    expect(share_text(3, 800)).toBe('0.4%')
    expect(share_text(1, 40_000)).toBe('<0.1%')
    expect(share_text(39_999, 40_000)).toBe('>99.9%')
    expect(share_text(0, 0)).toBe('—')
  })

  it('keeps the chosen compound while it is still mine', () => {
    expect(pick_compound([{ id: 1 }, { id: 2 }], 2)).toBe(2)
    expect(pick_compound([{ id: 1 }, { id: 2 }], 9)).toBe(1)
    expect(pick_compound([], 2)).toBeNull()
  })

  it('gives away only places one holds', () => {
    const me = {
      grants: [
        { role: 'administrator', place_id: null, place_name: '', place_kind: '' },
        { role: 'community_office', place_id: 3, place_name: '社区', place_kind: 'community' },
      ],
      compounds: [
        { id: 3, name: '社区' },
        { id: 4, name: '小区' },
      ],
    }
    expect(grantable_places(me as never, '全部')).toEqual([
      { value: 0, label: '全部' },
      { value: 3, label: '社区' },
      { value: 4, label: '小区' },
    ])
  })

  it('gives only roles that hold nothing one lacks', () => {
    const me = { permissions: ['place_read', 'account_write'] } as never
    expect(may_give(me, { permissions: ['place_read'] })).toBe(true)
    expect(may_give(me, { permissions: ['place_read', 'audit_read'] })).toBe(false)
    expect(role_title((group, code) => `${group}.${code}`, { name: 'wall', title: null })).toBe('role.wall')
    expect(role_title(() => 'x', { name: 'custom_7', title: '账号员' })).toBe('账号员')
  })

  // A key that is a text and a branch at once loses the branch.
  it('has words for every group of the audit and its commonest actions', () => {
    for (const action of [...audit_groups, 'person.reveal', 'emergency.open', 'account.create', 'grant.add'])
      expect(Object.keys(desk_words)).toContain(`audit_action.${action_key(action)}`)
    const keys = Object.keys(desk_words).filter((key) => key.startsWith('audit_action.'))
    expect(keys.filter((key) => keys.some((other) => key.startsWith(`${other}.`)))).toEqual([])
  })

  it('adds only levels the server takes below a place', () => {
    expect(child_kinds('community')).toEqual(['compound'])
    expect(child_kinds('building')).toEqual([])
  })
})

describe('addresses', () => {
  it('keeps filters in the query and leaves defaults out', () => {
    const defaults = { q: '', state: 'waiting' }
    expect(filters_of_query(defaults, { q: '王', other: 'x', state: ['a'] })).toEqual({
      q: '王',
      state: 'waiting',
    })
    expect(query_of_filters(defaults, { q: '', state: 'dismissed' })).toEqual({ state: 'dismissed' })
  })

  it('goes on only to pages of this desk after logging in', () => {
    expect(next_page('/ledger?flag=fever')).toBe('/ledger?flag=fever')
    expect(next_page('//evil.example')).toBe('/')
    expect(next_page('https://evil.example')).toBe('/')
    expect(next_page(undefined)).toBe('/')
  })
})

describe('words', () => {
  it('says presence with unknown as itself (XN-67)', () => {
    expect(presence_parts({ home: 0, away: 1, unknown: 2 })).toEqual([
      { code: 'away', n: 1 },
      { code: 'unknown', n: 2 },
    ])
  })

  it('chooses Chinese unless English is asked for', () => {
    expect(preferred_language(null, ['zh-CN'])).toBe('zh-CN')
    expect(preferred_language(null, ['en-GB', 'zh'])).toBe('en')
    expect(preferred_language('zh-CN', ['en'])).toBe('zh-CN')
    expect(preferred_language('fr', ['de'])).toBe('zh-CN')
  })

  it('puts problems without a field above the form', () => {
    const problems = [
      { path: '/name', code: 'taken' },
      { path: '/parent_id', code: 'not_found' },
    ]
    expect(unclaimed(problems, new Set(['/name']))).toEqual([problems[1]])
  })
})
