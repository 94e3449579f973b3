// A policy in plain words, and the form that makes the next version of it.
import type { DayHours, LevelRights, Mode, Policy } from '@shared/decide_types'
import { default_vehicle_rules, is_emergency, vehicle_classes } from '@shared/vehicle'

import { civil_day } from './civil'
import { degrees } from './passages'

export const modes: readonly Mode[] = ['record', 'warn', 'enforce']
export const rule_groups = ['quota', 'hours', 'pass', 'residency', 'steps', 'standing'] as const
export type RuleGroup = (typeof rule_groups)[number]

export const exemption_kinds = [
  'medical',
  'official',
  'livelihood',
  'carer_elsewhere',
  'chronic_care',
  'domestic_worker',
  'pupil',
  'key_project',
  'bereavement',
  'court',
] as const

export const levels = [
  'central_observation',
  'home_observation',
  'home_monitoring',
  'health_monitoring',
  'self_monitoring',
] as const satisfies readonly (keyof LevelRights)[]
export type Level = (typeof levels)[number]

/** "22:30–06:00" */
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
export const text_of_hours = (hours: Pick<DayHours, 'from_minute' | 'until_minute'>): string =>
  `${clock(hours.from_minute)}–${hours.until_minute === 1440 ? '24:00' : clock(hours.until_minute)}`
export const text_of_minute = (minute: number): string => clock(minute)
/** 24:00 is written 00:00: as an end it is the end of the day. */
export function minute_of_text(text: string, end = false): number {
  const [hour, minute] = text.split(':').map(Number)
  const all = (hour ?? 0) * 60 + (minute ?? 0)
  return end && all === 0 ? 1440 : all
}
/** Whether they may come in is the policy's; the emergency services always may (practice.md 2). */
export const chosen_classes = vehicle_classes.filter((each) => !is_emergency(each))

const day_ms = 86_400_000
export const text_of_day = (day: number): string => new Date(day * day_ms).toISOString().slice(0, 10)
export const day_of_text = (text: string): number | null => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return text === '' || Number.isNaN(at) ? null : at / day_ms
}

/** Until its warn-until day begins, what is enforced only warns (practice.md 11). */
export function mode_now(policy: Policy, group: RuleGroup, now_ms: number): Mode {
  const mode = policy.modes[group]
  const until = policy.warn_until_day ?? null
  const today = day_of_text(civil_day(now_ms, policy.utc_offset_minutes)) ?? 0
  return mode === 'enforce' && until !== null && today < until ? 'warn' : mode
}

export interface Sentence {
  key: string
  params?: Record<string, string | number>
}

function quota_sentences(policy: Policy): Sentence[] {
  if (policy.window_days <= 0) return [{ key: 'quota_none' }]
  if (policy.outings_per_window <= 0) return [{ key: 'quota_no_outing' }]
  const n = policy.window_days
  const sentences: Sentence[] = [
    {
      key: `quota_${policy.window_kind}`,
      params: { n, times: policy.outings_per_window, persons: policy.persons_per_outing },
    },
    {
      key: policy.window_kind === 'calendar' ? 'quota_example' : 'quota_example_rolling',
      params: { n, next: n + 1, hours: n * 24 },
    },
  ]
  if (policy.refund_minutes > 0) sentences.push({ key: 'quota_refund', params: { n: policy.refund_minutes } })
  if (policy.max_minutes_outside != null) {
    sentences.push({ key: 'quota_outside', params: { n: policy.max_minutes_outside } })
    sentences.push({ key: policy.overrun_costs_outing ? 'quota_overrun_costs' : 'quota_overrun_call' })
  }
  return sentences
}

function step_sentences(policy: Policy): Sentence[] {
  const { temperature_required_out: out, temperature_required_in: into } = policy
  const measured = out && into ? 'steps_both' : out ? 'steps_out' : into ? 'steps_in' : 'steps_no_temperature'
  const sentences: Sentence[] = [{ key: measured }]
  if (out || into) {
    sentences.push({
      key: policy.fever_at_or_above ? 'steps_fever_at' : 'steps_fever_above',
      params: { degrees: degrees(policy.fever_threshold_tenths), n: policy.second_reading_wait_minutes },
    })
    sentences.push({ key: 'steps_low', params: { degrees: degrees(policy.low_threshold_tenths) } })
    if (policy.normal_without_reading_allowed) sentences.push({ key: 'steps_normal' })
  }
  sentences.push({ key: policy.disinfection_required ? 'steps_disinfection' : 'steps_no_disinfection' })
  if (policy.registration_required_out) sentences.push({ key: 'steps_register_out' })
  if (policy.registration_required_in) sentences.push({ key: 'steps_register_in' })
  for (const way of ['out', 'in'] as const) {
    const check = policy[`check_${way}`]
    if (check !== 'none')
      sentences.push({ key: `steps_${check}_${way}`, params: { hours: policy.check_hours } })
  }
  if (policy.check_out !== 'none' || policy.check_in !== 'none') sentences.push({ key: 'steps_check_anyhow' })
  return sentences
}

function hours_sentences(policy: Policy): Sentence[] {
  const sentences: Sentence[] = policy.out_hours.map((hours) => ({
    key: (hours.places.length > 0 ? 'hours_places' : 'hours_all') + (hours.weekdays === 127 ? '' : '_days'),
    params: {
      hours: text_of_hours(hours),
      n: hours.places.length,
      days: [0, 1, 2, 3, 4, 5, 6]
        .filter((day) => (hours.weekdays >> day) & 1)
        .map((day) => day + 1)
        .join('、'),
    },
  }))
  if (sentences.length === 0) sentences.push({ key: 'hours_none' })
  if (policy.curfew) sentences.push({ key: 'hours_curfew', params: { hours: text_of_hours(policy.curfew) } })
  return sentences
}

function entry_sentences(policy: Policy): Sentence[] {
  const sentences: Sentence[] = [{ key: 'residency_provisional' }]
  for (const who of ['visitors', 'deliveries', 'outsiders'] as const)
    sentences.push({ key: `entry_${who}_${policy[who]}` })
  if (policy.filing_required) sentences.push({ key: 'entry_filing' })
  return sentences
}

function standing_sentences(policy: Policy): Sentence[] {
  const sentences: Sentence[] = [{ key: 'standing_list' }]
  for (const level of levels)
    sentences.push({
      key: `level_${policy.level_rights[level]}`,
      params: { level: `@control_level.${level}` },
    })
  if (policy.level_covers_household) sentences.push({ key: 'level_household' })
  return sentences
}

/** Every sentence of a policy, for putting two versions side by side. */
export const all_sentences = (policy: Policy): Sentence[] =>
  rule_groups.flatMap((group) => [
    ...policy_sentences(policy, group),
    { key: 'mode_of', params: { group: `@rule_group.${group}`, mode: `@mode.${policy.modes[group]}` } },
  ])

export function policy_sentences(policy: Policy, group: RuleGroup): Sentence[] {
  switch (group) {
    case 'quota':
      return quota_sentences(policy)
    case 'steps':
      return step_sentences(policy)
    case 'pass':
      return [
        { key: 'pass_needed' },
        { key: policy.lookup_satisfies_pass ? 'pass_lookup' : 'pass_no_lookup' },
      ]
    case 'residency':
      return entry_sentences(policy)
    case 'hours':
      return hours_sentences(policy)
    case 'standing':
      return standing_sentences(policy)
  }
}

/** A policy as the form holds it: in the units people say. */
export interface PolicyEntry extends Omit<
  Policy,
  | 'vehicles'
  | 'day_mark_on_pages'
  | 'max_minutes_outside'
  | 'warn_until_day'
  | 'fever_threshold_tenths'
  | 'low_threshold_tenths'
> {
  vehicles: NonNullable<Policy['vehicles']>
  day_mark_on_pages: boolean
  limited_outside: boolean
  max_minutes_outside: number
  warn_until: string
  fever_threshold: number // degrees, as people say it
  low_threshold: number
}

export function entry_of_policy(policy: Policy): PolicyEntry {
  const { max_minutes_outside, warn_until_day, fever_threshold_tenths, low_threshold_tenths, ...same } =
    policy
  return {
    ...same,
    // Copies: the version in force stays as it is while the next is written.
    ...(JSON.parse(
      JSON.stringify({ ...same, vehicles: same.vehicles ?? default_vehicle_rules('warn') }),
    ) as Omit<PolicyEntry, 'day_mark_on_pages' | 'limited_outside' | 'max_minutes_outside' | 'warn_until'>),
    day_mark_on_pages: same.day_mark_on_pages ?? true,
    limited_outside: max_minutes_outside != null,
    max_minutes_outside: max_minutes_outside ?? 120,
    warn_until: warn_until_day == null ? '' : text_of_day(warn_until_day),
    fever_threshold: fever_threshold_tenths / 10,
    low_threshold: low_threshold_tenths / 10,
  }
}

export function policy_of_entry(entry: PolicyEntry): Policy {
  const { limited_outside, warn_until, fever_threshold, low_threshold, max_minutes_outside, ...same } = entry
  return {
    ...same,
    max_minutes_outside: limited_outside ? max_minutes_outside : null,
    warn_until_day: day_of_text(warn_until),
    fever_threshold_tenths: Math.round(fever_threshold * 10),
    low_threshold_tenths: Math.round(low_threshold * 10),
  }
}
