import { default_policy, type Policy } from '@shared/decide_types'
import { describe, expect, it } from 'vitest'

import {
  all_sentences,
  day_of_text,
  entry_of_policy,
  minute_of_text,
  mode_now,
  policy_of_entry,
  policy_sentences,
  text_of_day,
} from './policy'

const policy: Policy = {
  ...default_policy(),
  version: 3,
  effective_from_ms: 1,
  utc_offset_minutes: 480,
  window_kind: 'calendar',
  window_days: 3,
  outings_per_window: 1,
  persons_per_outing: 1,
  refund_minutes: 10,
  max_minutes_outside: null,
  overrun_costs_outing: false,
  exemption_kinds: ['medical', 'local_kind'],
  lookup_satisfies_pass: true,
  temperature_required_out: true,
  temperature_required_in: true,
  normal_without_reading_allowed: false,
  fever_threshold_tenths: 373,
  fever_at_or_above: true,
  low_threshold_tenths: 350,
  highest_plausible_tenths: 429,
  second_reading_wait_minutes: 10,
  disinfection_required: false,
  warn_until_day: null,
  modes: {
    quota: 'enforce',
    pass: 'warn',
    residency: 'enforce',
    steps: 'enforce',
    standing: 'record',
    hours: 'enforce',
  },
  day_mark_on_pages: true,
  vehicles: { mode: 'warn', entry_classes: ['refuse', 'resident'], free_kinds: ['electric_bike', 'hearse'] },
}
const keys = (change: Partial<Policy>, group: 'quota' | 'steps' | 'pass') =>
  policy_sentences({ ...policy, ...change }, group).map((sentence) => sentence.key)

describe('the form of a policy', () => {
  it('gives back exactly what it was given, kinds it does not know included', () => {
    expect(policy_of_entry(entry_of_policy(policy))).toEqual(policy)
    const other = {
      ...policy,
      max_minutes_outside: 90,
      warn_until_day: day_of_text('2020-02-14'),
      fever_threshold_tenths: 372,
    }
    expect(policy_of_entry(entry_of_policy(other))).toEqual(other)
  })

  it('says aloud that vehicles are only warned of where nobody made a rule for them', () => {
    const { vehicles } = policy_of_entry(entry_of_policy({ ...policy, vehicles: null }))
    expect(vehicles).toMatchObject({ mode: 'warn', free_kinds: ['electric_bike'] })
    expect(vehicles?.entry_classes).not.toContain('resident')
  })

  it('shows the word of the day on phones where nobody has decided', () => {
    expect(entry_of_policy({ ...policy, day_mark_on_pages: null }).day_mark_on_pages).toBe(true)
    expect(entry_of_policy({ ...policy, day_mark_on_pages: false }).day_mark_on_pages).toBe(false)
  })

  it('rounds degrees to tenths', () => {
    const entry = entry_of_policy(policy)
    expect(policy_of_entry({ ...entry, fever_threshold: 37.3 - 1e-9 }).fever_threshold_tenths).toBe(373)
  })

  it('does not change the version in force while the next is written', () => {
    const entry = entry_of_policy(policy)
    entry.modes.quota = 'record'
    entry.exemption_kinds.pop()
    expect(policy.modes.quota).toBe('enforce')
    expect(policy.exemption_kinds).toHaveLength(2)
  })

  it('reads days', () => {
    expect(day_of_text('1970-01-02')).toBe(1)
    expect(text_of_day(1)).toBe('1970-01-02')
    expect(day_of_text('')).toBeNull()
  })
})

describe('trial period (practice.md 11)', () => {
  const warned = { ...policy, warn_until_day: day_of_text('2020-02-14') }
  const midnight = Date.UTC(2020, 1, 13, 16) // 14 February 00:00 in China

  it('only warns until its day begins', () => {
    expect(mode_now(warned, 'quota', midnight - 1)).toBe('warn')
    expect(mode_now(warned, 'quota', midnight)).toBe('enforce')
    expect(mode_now(warned, 'standing', midnight - 1)).toBe('record')
    expect(mode_now(policy, 'quota', midnight - 1)).toBe('enforce')
  })
})

describe('plain words', () => {
  it('tells the quota of LZ-28 with its example', () => {
    const [rule, example] = policy_sentences(policy, 'quota')
    expect(rule).toEqual({ key: 'quota_calendar', params: { n: 3, times: 1, persons: 1 } })
    expect(example).toEqual({ key: 'quota_example', params: { n: 3, next: 4, hours: 72 } })
  })

  it('says when there is no limit or no outing', () => {
    expect(keys({ window_days: 0 }, 'quota')).toEqual(['quota_none'])
    expect(keys({ outings_per_window: 0 }, 'quota')).toEqual(['quota_no_outing'])
    expect(keys({ max_minutes_outside: 120 }, 'quota')).toContain('quota_overrun_call')
    expect(keys({ max_minutes_outside: 120, overrun_costs_outing: true }, 'quota')).toContain(
      'quota_overrun_costs',
    )
  })

  it('tells hours, curfew, entry and the words of levels', () => {
    const change: Partial<Policy> = {
      out_hours: [
        { weekdays: 127, from_minute: 480, until_minute: 720, places: [] },
        { weekdays: 3, from_minute: 840, until_minute: 1440, places: [7, 8] },
      ],
      curfew: { weekdays: 127, from_minute: 1350, until_minute: 360, places: [] },
      check_in: 'test',
      filing_required: true,
      outsiders: 'refer',
    }
    const all = all_sentences({ ...policy, ...change })
    const said = (key: string) => all.find((sentence) => sentence.key === key)
    expect(said('hours_all')?.params?.hours).toBe('08:00–12:00')
    expect(said('hours_places_days')?.params).toEqual({ hours: '14:00–24:00', n: 2, days: '1、2' })
    expect(said('hours_curfew')?.params?.hours).toBe('22:30–06:00')
    expect(said('steps_test_in')?.params?.hours).toBe(48)
    expect(said('steps_check_anyhow')).toBeDefined()
    expect(said('entry_outsiders_refer')).toBeDefined()
    expect(said('entry_filing')).toBeDefined()
    expect(all.filter((sentence) => sentence.key === 'level_may_not_leave')).toHaveLength(2)
  })

  it('reads clock times', () => {
    expect([minute_of_text('22:30'), minute_of_text('00:00'), minute_of_text('00:00', true)]).toEqual([
      1350, 0, 1440,
    ])
  })

  it('says at or above, and nothing of fever where nothing is measured', () => {
    expect(keys({}, 'steps')).toEqual(['steps_both', 'steps_fever_at', 'steps_low', 'steps_no_disinfection'])
    expect(keys({ fever_at_or_above: false }, 'steps')).toContain('steps_fever_above')
    expect(keys({ temperature_required_out: false, temperature_required_in: false }, 'steps')).toEqual([
      'steps_no_temperature',
      'steps_no_disinfection',
    ])
  })
})
