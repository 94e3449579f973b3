// What the gate decision knows and says: src/engine/gate/types.hpp (which explains every field) in the
// JSON of the API. A field that may be absent there may be null or absent here.

export type Mode = 'record' | 'warn' | 'enforce'
export type Direction = 'out' | 'in'
export type Holder =
  | 'household'
  | 'resident_member'
  | 'resident_provisional'
  | 'unknown_person'
  | 'visitor'
  | 'worker'
  | 'vehicle_emergency'
export type PassState =
  | 'none'
  | 'valid'
  | 'inactive'
  | 'expired'
  | 'void'
  | 'replaced'
  | 'bad_signature'
  | 'other_compound'
  | 'unknown'
export type Standing = 'may_leave' | 'may_not_leave' | 'ask_community'
export type Errand = 'ordinary' | 'medical' | 'testing' | 'drop_point'
export type Emergency = 'medical' | 'childbirth' | 'fire' | 'police' | 'other'
export type Presence = 'unknown' | 'inside' | 'outside'
export type Outcome = 'allow' | 'refer' | 'deny'
export type Need =
  | 'none'
  | 'choose_member'
  | 'details'
  | 'temperature'
  | 'second_reading'
  | 'disinfection'
  | 'filing'
  | 'registration'
  | 'check'
export type EntryRule = 'allow' | 'approval' | 'refer'
export type Check = 'none' | 'code_or_test' | 'code' | 'test'
export type Entrant = 'visitor' | 'delivery' | 'outsider'
export type Proof = 'none' | 'code' | 'paper' | 'guardian_phone' | 'office_lookup' | 'unable'
export type Filing = 'not_needed' | 'filed' | 'missing'
export type Alert = 'none' | 'fever'
export type PassageKind = 'exit' | 'entry' | 'close' | 'reversal'

// What an enforced reason does to the outcome, for every code there is.
export const weights = {
  emergency_release: 'allow',
  emergency_vehicle: 'allow',
  child_alone: 'refer',
  may_not_leave: 'deny',
  ask_community: 'refer',
  identity_unconfirmed: 'refer',
  outsider: 'refer',
  pass_missing: 'refer',
  pass_inactive: 'refer',
  pass_expired: 'refer',
  pass_void: 'deny',
  pass_replaced: 'deny',
  pass_bad_signature: 'refer',
  pass_other_compound: 'refer',
  pass_unknown: 'refer',
  quota_used: 'deny',
  persons_over_limit: 'deny',
  persons_out_limit: 'deny',
  return_missing: 'refer',
  outside_hours: 'deny',
  curfew: 'refer',
  member_unchosen: 'allow',
  details_missing: 'allow',
  temperature_missing: 'allow',
  temperature_low: 'allow',
  temperature_unreadable: 'allow',
  second_reading_due: 'allow',
  temperature_high_twice: 'refer',
  disinfection_missing: 'allow',
  filing_missing: 'refer',
  registration_missing: 'allow',
  check_missing: 'allow',
  check_unavailable: 'refer',
  check_old: 'refer',
  outing_exempt: 'allow',
  outing_not_counted: 'allow',
  exemption_not_valid: 'allow',
  overrun: 'allow',
  already_outside: 'allow',
  already_inside: 'allow',
} as const satisfies Record<string, Outcome>
export type ReasonCode = keyof typeof weights
export const reason_codes = Object.keys(weights) as ReasonCode[]

export interface DayHours {
  weekdays: number
  from_minute: number
  until_minute: number
  places: number[]
}

export interface ExemptionTerms {
  kind: string
  certificate_needed: boolean
  from_day?: number | null
  until_day?: number | null
  weekdays: number
  from_minute: number
  until_minute: number
}

export interface LevelRights {
  central_observation: Standing
  home_observation: Standing
  home_monitoring: Standing
  health_monitoring: Standing
  self_monitoring: Standing
}

export interface Policy {
  version: number
  effective_from_ms: number
  utc_offset_minutes: number
  window_kind: 'calendar' | 'rolling'
  window_days: number
  outings_per_window: number
  persons_per_outing: number
  refund_minutes: number
  max_minutes_outside?: number | null
  overrun_costs_outing: boolean
  exemption_kinds: string[]
  exemption_terms: ExemptionTerms[]
  lookup_satisfies_pass: boolean
  temperature_required_out: boolean
  temperature_required_in: boolean
  normal_without_reading_allowed: boolean
  fever_threshold_tenths: number
  fever_at_or_above: boolean
  low_threshold_tenths: number
  highest_plausible_tenths: number
  second_reading_wait_minutes: number
  disinfection_required: boolean
  registration_required_out: boolean
  registration_required_in: boolean
  check_out: Check
  check_in: Check
  check_hours: number
  out_hours: DayHours[]
  curfew?: DayHours | null
  visitors: EntryRule
  deliveries: EntryRule
  outsiders: EntryRule
  filing_required: boolean
  level_rights: LevelRights
  level_covers_household: boolean
  notice_minutes: number
  warn_until_day?: number | null
  modes: { quota: Mode; pass: Mode; residency: Mode; steps: Mode; standing: Mode; hours: Mode }
  day_mark_on_pages?: boolean | null
  vehicles?: { mode: Mode; entry_classes: string[]; free_kinds: string[] } | null
}

export interface Use {
  exit_at_ms: number
  return_at_ms?: number | null
  persons: number
  counted: boolean
  closed_without_return: boolean
}

export interface Exemption {
  kind: string
  valid_from_ms: number
  valid_until_ms: number
  weekdays: number
  from_minute: number
  until_minute: number
  certificate: boolean
}

export interface Reading {
  person: number
  tenths?: number | null
  at_ms: number
}

export interface Facts {
  direction: Direction
  now_ms: number
  holder: Holder
  pass: PassState
  standing: Standing
  errand: Errand
  presence: Presence
  emergency?: Emergency | null
  exemption?: Exemption | null
  persons: number
  accompanied_children: number
  carers: number
  child_alone: boolean
  details_complete: boolean
  visit_approved: boolean
  disinfected: boolean
  registered: boolean
  entrant: Entrant
  proof: Proof
  tested_at_ms?: number | null
  filing: Filing
  uses: Use[]
  readings: Reading[]
  list_age_minutes?: number | null
}

export interface Reason {
  code: ReasonCode
  mode: Mode
}

export interface Verdict {
  outcome: Outcome
  need: Need
  need_person: number
  reasons: Reason[]
  alert: Alert
  next_outing_day: number | null
  next_outing_at_ms: number | null
  next_hours_at_ms: number | null
  second_reading_at_ms: number | null
  consumes_outing: boolean
  policy_version: number
}

export interface PassageEvent {
  key: string
  kind: PassageKind
  at_ms: number
  person: number
  persons: number
  counted: boolean
  ref: string
}

export const persons_max = 20

export const default_policy = (): Policy => ({
  version: 0,
  effective_from_ms: 0,
  utc_offset_minutes: 480,
  window_kind: 'calendar',
  window_days: 3,
  outings_per_window: 1,
  persons_per_outing: 1,
  refund_minutes: 10,
  max_minutes_outside: null,
  overrun_costs_outing: false,
  exemption_kinds: [
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
  ],
  exemption_terms: [],
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
  level_rights: {
    central_observation: 'may_not_leave',
    home_observation: 'may_not_leave',
    home_monitoring: 'ask_community',
    health_monitoring: 'may_leave',
    self_monitoring: 'may_leave',
  },
  level_covers_household: false,
  notice_minutes: 120,
  warn_until_day: null,
  modes: {
    quota: 'enforce',
    pass: 'enforce',
    residency: 'enforce',
    steps: 'enforce',
    standing: 'enforce',
    hours: 'enforce',
  },
})

export const default_facts = (): Facts => ({
  direction: 'out',
  now_ms: 0,
  holder: 'resident_member',
  pass: 'valid',
  standing: 'may_leave',
  errand: 'ordinary',
  presence: 'unknown',
  emergency: null,
  exemption: null,
  persons: 1,
  accompanied_children: 0,
  carers: 0,
  child_alone: false,
  details_complete: false,
  visit_approved: false,
  disinfected: false,
  registered: false,
  entrant: 'visitor',
  proof: 'none',
  tested_at_ms: null,
  filing: 'not_needed',
  uses: [],
  readings: [],
  list_age_minutes: null,
})
