import { describe, expect, it } from 'vitest'

import type { WorkItem, WorkSummary } from '../api/types'
import { by_urgency, minutes_left, outside_tiers, wants_note, work_tone, minutes_of, span_of } from './work'

const item = (over: Partial<WorkItem>): WorkItem => ({
  id: 1,
  work_kind: 'fever_alert',
  category: 'temperature',
  work_state: 'open',
  place_id: 1,
  compound_id: 1,
  place_name: '',
  household_id: null,
  passage_id: null,
  opening_name: null,
  detail: [],
  note: null,
  assignee_id: null,
  assignee: null,
  tier: 1,
  taken_by: null,
  opened_ms: 0,
  climb_ms: null,
  due_ms: null,
  closed_ms: null,
  overdue: false,
  own: false,
  verbs: [],
  needs: [],
  ...over,
})

describe('alerts and tasks', () => {
  it('shows what is overdue first, then what nobody has taken, the oldest before the newer', () => {
    const rows = [
      item({ id: 1, closed_ms: 5 }),
      item({ id: 2, taken_by: 'a', opened_ms: 1 }),
      item({ id: 3, opened_ms: 9 }),
      item({ id: 4, opened_ms: 3 }),
      item({ id: 5, overdue: true, taken_by: 'a', opened_ms: 7 }),
    ]
    expect(by_urgency(rows).map((row) => row.id)).toEqual([5, 4, 3, 2, 1])
    expect(rows.map(work_tone)).toEqual(['plain', 'good', 'warn', 'warn', 'bad'])
  })

  it('counts minutes down to nothing', () => {
    expect(minutes_left(60_001, 0)).toBe(2)
    expect(minutes_left(0, 60_000)).toBe(0)
    expect(minutes_left(null, 0)).toBeNull()
  })

  it('asks for words where the server does (practice 2)', () => {
    expect(wants_note(item({ work_kind: 'emergency_release' }), 'close')).toBe(true)
    expect(wants_note(item({}), 'close')).toBe(false)
    expect(wants_note(item({}), 'reopen')).toBe(true)
  })
})

describe('deadlines as people say them', () => {
  it('a day is a day, and nothing is lost', () => {
    expect([1440, 2880, 240, 90, 15].map((n) => Object.values(span_of(n)).join(' '))).toEqual([
      '1 days',
      '2 days',
      '4 hours',
      '90 minutes',
      '15 minutes',
    ])
    for (const n of [1, 59, 60, 61, 1439, 1440, 10080]) expect(minutes_of(span_of(n))).toBe(n)
  })
})

describe('open items outside the tiers', () => {
  const summary = (unassigned: number, open: number): WorkSummary => ({
    open: open + 3,
    unacknowledged: 0,
    overdue: 0,
    mine: 0,
    unassigned,
    tiers: [
      { tier: 0, open, overdue: 0 },
      { tier: 1, open: 3, overdue: 0 },
    ],
  })
  it("tells what is somebody's by name from what is nobody's", () => {
    expect(outside_tiers(summary(2, 5))).toEqual({ by_name: 3, nobody: 2 })
    expect(outside_tiers({ ...summary(0, 0), tiers: [] })).toEqual({ by_name: 0, nobody: 0 })
  })
})
