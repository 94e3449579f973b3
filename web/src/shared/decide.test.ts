// The phone's side of tests/vectors/gate.json; src/engine/gate/vectors_test.cpp is the server's.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { civil_day, floor_div, minute_of_day, month_and_day, start_of_day, weekday } from './civil_day.ts'
import {
  decide,
  default_policy,
  may_release,
  policy_in_force,
  reason_codes,
  uses_from_passages,
} from './decide.ts'
import type { Facts, PassageEvent, Policy, Use, Verdict } from './decide.ts'
import { facts_of, no_use, policy_of, type Sparse } from './testing.ts'

interface Vectors {
  named: DecisionCase[]
  named_uses: UsesCase[]
  generated: DecisionCase[]
  generated_uses: UsesCase[]
}
interface DecisionCase {
  name: string
  facts: Sparse<Facts>
  policy: Sparse<Policy>
  verdict: Sparse<Verdict>
}
interface UsesCase {
  name: string
  events: Partial<PassageEvent>[]
  uses: Partial<Use>[]
}

const file = fileURLToPath(new URL('../../../tests/vectors/gate.json', import.meta.url))
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors

// Fields left out of the file have their defaults.
const no_event = { key: '', kind: 'exit', at_ms: 0, person: 0, persons: 1, counted: true, ref: '' }
const no_verdict: Verdict = {
  outcome: 'allow',
  need: 'none',
  need_person: 0,
  reasons: [],
  alert: 'none',
  next_outing_day: null,
  next_outing_at_ms: null,
  next_hours_at_ms: null,
  second_reading_at_ms: null,
  consumes_outing: false,
  policy_version: 0,
}

const run = (c: DecisionCase) => decide(facts_of(c.facts), policy_of(c.policy))
const cases = [...vectors.named, ...vectors.generated]

describe('decisions say what the server says', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
    expect(run(c)).toEqual({ ...no_verdict, ...c.verdict })
  })

  it('runs several hundred cases', () => expect(cases.length).toBeGreaterThan(500))

  it('changes nothing it is given', () => {
    for (const c of cases) {
      const facts = facts_of(c.facts)
      const before = JSON.stringify(facts)
      decide(facts, policy_of(c.policy))
      expect(JSON.stringify(facts)).toBe(before)
    }
  })

  it('takes absent fields for null', () => {
    const without_nulls = <T>(value: T): T =>
      JSON.parse(JSON.stringify(value, (_, v) => (v === null ? undefined : v)))
    for (const c of cases)
      expect(decide(without_nulls(facts_of(c.facts)), without_nulls(policy_of(c.policy)))).toEqual(run(c))
  })

  it('names a known code for every reason, and each code is met', () => {
    const met = new Set(cases.flatMap((c) => run(c).reasons.map((reason) => reason.code)))
    expect([...met].sort()).toEqual([...reason_codes].sort())
  })

  it('turns green only when nothing enforced is in the way', () => {
    for (const c of cases) {
      const verdict = run(c)
      if (may_release(verdict)) expect([c.name, verdict.outcome]).toEqual([c.name, 'allow'])
    }
  })
})

describe('uses are what the server derives', () => {
  it.each([...vectors.named_uses, ...vectors.generated_uses].map((c) => [c.name, c] as const))(
    '%s',
    (_, c) => {
      const events = c.events.map((event) => ({ ...no_event, ...event }) as PassageEvent)
      const expected = c.uses.map((use) => ({ ...no_use, ...use }))
      expect(uses_from_passages(events)).toEqual(expected)
      expect(uses_from_passages([...events].reverse())).toEqual(expected)
    },
  )
})

describe('policy in force', () => {
  const version = (number: number, effective_from_ms: number): Policy => ({
    ...default_policy(),
    version: number,
    effective_from_ms,
  })

  it('is the latest that has begun, and of two the higher version', () => {
    const policies = [version(3, 200), version(1, 100), version(4, 200), version(2, 300)]
    const at = (ms: number) => policy_in_force(policies, ms)?.version
    expect([at(99), at(100), at(199), at(200), at(299), at(300)]).toEqual([undefined, 1, 1, 4, 4, 2])
  })
})

describe('civil day', () => {
  const midnight = Date.UTC(2020, 1, 10, 16) // 2020-02-11 00:00 at UTC+8

  it('turns at local midnight', () => {
    expect([civil_day(midnight - 1, 480), civil_day(midnight, 480)]).toEqual([18302, 18303])
    expect(start_of_day(18303, 480)).toBe(midnight)
    expect([minute_of_day(midnight - 1, 480), minute_of_day(midnight, 480)]).toEqual([1439, 0])
  })

  it('knows the weekday, before 1970 too', () => {
    expect([weekday(18303), weekday(0), weekday(-3), weekday(-4)]).toEqual([1, 3, 0, 6])
    expect([civil_day(-1, 0), minute_of_day(-1, 0)]).toEqual([-1, 1439])
  })

  it('divides exactly where a rounded quotient would not', () => {
    const day = 86_400_000
    expect(floor_div(100_000_000 * day - 1, day)).toBe(99_999_999)
    expect(floor_div(-day - 1, day)).toBe(-2)
  })

  it('gives month and day for the words on the screen', () => {
    expect(month_and_day(18306)).toEqual({ month: 2, day: 14 })
    expect(month_and_day(18320)).toEqual({ month: 2, day: 28 })
    expect(month_and_day(18321)).toEqual({ month: 2, day: 29 })
  })
})
