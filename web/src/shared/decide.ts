// The decision at a gate, on the phone: the twin of src/engine/gate (decide.hpp tells the rules and their
// sources). Same names, same arithmetic, same answer; tests/vectors/gate.json holds the two together, so
// a change here without one there fails. Nothing but the arguments is read.
import { civil_day, minute_of_day, start_of_day, weekday } from './civil_day.ts'
import type { DayHours, Exemption, Facts, Holder, Mode, Need, Outcome, Policy } from './decide_types.ts'
import type { Reading, ReasonCode, Use, Verdict } from './decide_types.ts'
import { persons_max, weights } from './decide_types.ts'

export * from './decide_types.ts'
export { uses_from_passages } from './outing_uses.ts'

const minute_ms = 60_000
const hour_ms = 3_600_000
const day_ms = 86_400_000
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)

// ---- quota (quota.cpp) ----

const returned = (use: Use, now_ms: number) => use.return_at_ms != null && use.return_at_ms <= now_ms
const outside_ms = (use: Use) => (use.return_at_ms ?? 0) - use.exit_at_ms
const is_open = (use: Use, now_ms: number) => !returned(use, now_ms) && !use.closed_without_return

function counts(use: Use, policy: Policy, now_ms: number): boolean {
  const refunded =
    returned(use, now_ms) && outside_ms(use) >= 0 && outside_ms(use) <= policy.refund_minutes * minute_ms
  return use.counted && use.exit_at_ms <= now_ms && !refunded
}

const longer_than_allowed = (policy: Policy, ms: number) =>
  policy.max_minutes_outside != null && ms > policy.max_minutes_outside * minute_ms

function place_free_at(use: Use, policy: Policy, now_ms: number): number {
  const costs_another =
    policy.overrun_costs_outing && returned(use, now_ms) && longer_than_allowed(policy, outside_ms(use))
  const days = Math.max(1, policy.window_days) * (costs_another ? 2 : 1)
  if (policy.window_kind === 'rolling') return use.exit_at_ms + days * day_ms
  return start_of_day(civil_day(use.exit_at_ms, policy.utc_offset_minutes) + days, policy.utc_offset_minutes)
}

function quota_state(uses: Use[], policy: Policy, now_ms: number) {
  const state = { used: false, free_at_ms: null as number | null, out_in_window: 0, out_before: 0 }
  const held_until: number[] = []
  for (const use of uses) {
    if (!counts(use, policy, now_ms)) continue
    const free_at = place_free_at(use, policy, now_ms)
    const held = now_ms < free_at
    if (held) held_until.push(free_at)
    if (is_open(use, now_ms))
      state[held ? 'out_in_window' : 'out_before'] += clamp(use.persons, 0, persons_max)
  }
  if (policy.window_days <= 0) return state
  const places = Math.max(0, policy.outings_per_window)
  state.used = held_until.length >= places
  if (state.used && places > 0) {
    held_until.sort((a, b) => a - b)
    state.free_at_ms = held_until[held_until.length - places] ?? null
  }
  return state
}

const overrunning = (uses: Use[], policy: Policy, now_ms: number) =>
  uses.some(
    (use) =>
      counts(use, policy, now_ms) &&
      is_open(use, now_ms) &&
      longer_than_allowed(policy, now_ms - use.exit_at_ms),
  )

// ---- readings (readings.cpp) ----

type ReadingState = 'missing' | 'low' | 'unreadable' | 'normal' | 'second_due' | 'high_twice'
interface ReadingResult {
  state: ReadingState
  second_at_ms: number
}

function state_of(reading: Reading, policy: Policy): ReadingState {
  if (reading.tenths == null) return policy.normal_without_reading_allowed ? 'normal' : 'missing'
  if (reading.tenths < policy.low_threshold_tenths) return 'low'
  if (reading.tenths > policy.highest_plausible_tenths) return 'unreadable'
  const above = reading.tenths - policy.fever_threshold_tenths
  return (policy.fever_at_or_above ? above >= 0 : above > 0) ? 'second_due' : 'normal'
}

function read_person(readings: Reading[], person: number, policy: Policy): ReadingResult {
  let state: ReadingState = 'missing'
  let second_at_ms = 0
  for (const reading of readings) {
    if (reading.person !== person || state === 'high_twice') continue
    const now = state_of(reading, policy)
    if (state === 'second_due') {
      // Only a number, taken after the wait, answers a number.
      if (reading.tenths == null || reading.at_ms < second_at_ms) continue
      if (now === 'second_due') state = 'high_twice'
      if (now === 'normal') state = 'normal'
    } else if (now === 'second_due') {
      state = now
      second_at_ms = reading.at_ms + policy.second_reading_wait_minutes * minute_ms
    } else if (state !== 'normal') {
      state = now
    }
  }
  return { state, second_at_ms }
}

// ---- decision (decide.cpp) ----

const is_enforced = (verdict: Verdict, code: ReasonCode) =>
  verdict.reasons.some((reason) => reason.code === code && reason.mode === 'enforce')

function outcome_of(verdict: Verdict): Outcome {
  if (is_enforced(verdict, 'child_alone') || is_enforced(verdict, 'temperature_high_twice')) return 'refer'
  const found = new Set(
    verdict.reasons.filter((r) => r.mode === 'enforce').map((r): Outcome => weights[r.code]),
  )
  return found.has('deny') ? 'deny' : found.has('refer') ? 'refer' : 'allow'
}

const of_the_compound = (holder: Holder) =>
  holder === 'household' ||
  holder === 'resident_member' ||
  holder === 'resident_provisional' ||
  holder === 'unknown_person'

function draws_on_household(facts: Facts): boolean {
  if (facts.holder !== 'unknown_person') return of_the_compound(facts.holder)
  return ['valid', 'inactive', 'expired', 'void', 'replaced'].includes(facts.pass)
}

const crossing = (facts: Facts) => clamp(facts.persons, 1, persons_max)

type Hours = Pick<DayHours, 'weekdays' | 'from_minute' | 'until_minute'>

function at_its_hours(hours: Hours, now_ms: number, utc_offset_minutes: number): boolean {
  const today = civil_day(now_ms, utc_offset_minutes)
  const minute = minute_of_day(now_ms, utc_offset_minutes)
  const on = (day: number) => ((hours.weekdays >> weekday(day)) & 1) !== 0
  if (hours.from_minute <= hours.until_minute)
    return on(today) && hours.from_minute <= minute && minute < hours.until_minute
  return (on(today) && minute >= hours.from_minute) || (on(today - 1) && minute < hours.until_minute)
}

function meets_terms(exemption: Exemption, policy: Policy, now_ms: number): boolean {
  const terms = policy.exemption_terms.find((t) => t.kind === exemption.kind)
  if (!terms) return true
  const today = civil_day(now_ms, policy.utc_offset_minutes)
  return (
    (!terms.certificate_needed || exemption.certificate) &&
    (terms.from_day ?? today) <= today &&
    today <= (terms.until_day ?? today) &&
    at_its_hours(terms, now_ms, policy.utc_offset_minutes)
  )
}

const honoured = (exemption: Exemption, policy: Policy, now_ms: number) =>
  policy.exemption_kinds.includes(exemption.kind) &&
  exemption.valid_from_ms <= now_ms &&
  now_ms < exemption.valid_until_ms &&
  at_its_hours(exemption, now_ms, policy.utc_offset_minutes) &&
  meets_terms(exemption, policy, now_ms)

// When one of these hours begins next, within a week.
function next_begin(all: DayHours[], now_ms: number, utc_offset_minutes: number): number | null {
  let next: number | null = null
  const today = civil_day(now_ms, utc_offset_minutes)
  for (let day = today; day <= today + 7; ++day)
    for (const hours of all) {
      const begin = start_of_day(day, utc_offset_minutes) + hours.from_minute * minute_ms
      const on = ((hours.weekdays >> weekday(day)) & 1) !== 0
      if (on && begin > now_ms && (next === null || begin < next)) next = begin
    }
  return next
}

class Decision {
  private readonly leaving: boolean
  private readonly only_warns: boolean
  private readonly exempt: boolean
  private readonly of_household: boolean
  private readonly results: ReadingResult[] // one a person
  private readonly verdict: Verdict

  constructor(
    private readonly facts: Facts,
    private readonly policy: Policy,
  ) {
    const today = civil_day(facts.now_ms, policy.utc_offset_minutes)
    this.leaving = facts.direction === 'out'
    this.only_warns = policy.warn_until_day != null && today < policy.warn_until_day
    this.exempt = facts.exemption != null && honoured(facts.exemption, policy, facts.now_ms)
    this.of_household = draws_on_household(facts)
    this.results = Array.from({ length: crossing(facts) }, (_, person) =>
      read_person(facts.readings, person, policy),
    )
    this.verdict = {
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
      policy_version: policy.version,
    }
  }

  run(): Verdict {
    if (this.released_at_once()) return this.verdict
    if (this.facts.child_alone) this.add('child_alone', 'enforce')
    this.standing()
    this.residency()
    this.pass()
    if (this.on_quota()) this.quota()
    if (this.on_quota()) this.hours()
    this.fever()
    this.steps()
    this.notes()
    this.verdict.outcome = outcome_of(this.verdict)
    this.verdict.consumes_outing = this.on_quota() && this.verdict.outcome !== 'deny'
    return this.verdict
  }

  private on_quota(): boolean {
    return this.leaving && this.of_household && this.facts.errand === 'ordinary' && !this.exempt
  }

  // Each code once.
  private add(code: ReasonCode, mode: Mode): void {
    if (!this.verdict.reasons.some((reason) => reason.code === code))
      this.verdict.reasons.push({ code, mode })
  }
  private note(code: ReasonCode): void {
    this.add(code, 'record')
  }
  private in_force(group: Mode): Mode {
    return this.only_warns && group === 'enforce' ? 'warn' : group
  }
  private rule(code: ReasonCode, group: Mode): void {
    this.add(code, this.in_force(group))
  }
  // The first question asked is the one on the screen.
  private ask(need: Need, code: ReasonCode, group: Mode, person = 0): void {
    this.rule(code, group)
    if (this.in_force(group) === 'record' || this.verdict.need !== 'none') return
    this.verdict.need = need
    this.verdict.need_person = person
  }

  private released_at_once(): boolean {
    if (this.facts.emergency != null) this.note('emergency_release')
    if (this.facts.holder === 'vehicle_emergency') this.note('emergency_vehicle')
    return this.verdict.reasons.length > 0
  }

  private standing(): void {
    const { errand, standing } = this.facts
    const approved = errand === 'medical' || errand === 'testing'
    if (this.leaving && !approved && standing !== 'may_leave') this.rule(standing, this.policy.modes.standing)
  }

  private unconfirmed(): boolean {
    return this.facts.holder === 'resident_provisional' || this.facts.holder === 'unknown_person'
  }
  // Comes in without living here; a worker's own pass is the permission.
  private comes_from_outside(): boolean {
    const { holder, pass } = this.facts
    return !this.leaving && (holder === 'visitor' || (holder === 'worker' && pass !== 'valid'))
  }

  private residency(): void {
    if (this.unconfirmed()) this.rule('identity_unconfirmed', this.policy.modes.residency)
    if (this.comes_from_outside() && !this.admitted()) this.rule('outsider', this.policy.modes.residency)
  }
  private admitted(): boolean {
    const { visitors, deliveries, outsiders } = this.policy
    const entry = { visitor: visitors, delivery: deliveries, outsider: outsiders }[this.facts.entrant]
    return entry === 'allow' || (entry === 'approval' && this.facts.visit_approved)
  }

  // A card matters to an ordinary exit alone; everywhere else its state is only kept.
  private pass(): void {
    const { holder, pass, errand } = this.facts
    const matters = this.leaving && of_the_compound(holder) && errand === 'ordinary' && !this.exempt
    const mode = matters ? this.policy.modes.pass : 'record'
    if (pass !== 'none' && pass !== 'valid') this.rule(`pass_${pass}`, mode)
    if (matters && holder === 'resident_member' && pass === 'none' && !this.policy.lookup_satisfies_pass)
      this.rule('pass_missing', mode)
  }

  private quota(): void {
    const { facts, policy, verdict } = this
    const mode = policy.modes.quota
    const state = quota_state(facts.uses, policy, facts.now_ms)
    if (state.used) {
      this.rule('quota_used', mode)
      verdict.next_outing_at_ms = state.free_at_ms
      if (state.free_at_ms !== null)
        verdict.next_outing_day = civil_day(state.free_at_ms, policy.utc_offset_minutes)
    }
    // Whoever stands at the gate is not out, whatever scan was missed.
    if (facts.presence === 'outside') {
      if (state.out_in_window > 0) state.out_in_window -= 1
      else if (state.out_before > 0) state.out_before -= 1
    }
    const going = counted_persons(facts)
    const limit = policy.persons_per_outing
    if (going > limit) this.rule('persons_over_limit', mode)
    if (state.out_in_window > 0 && state.out_in_window + going > limit) this.rule('persons_out_limit', mode)
    else if (state.out_before > 0 && state.out_in_window + state.out_before + going > limit)
      this.rule('return_missing', mode)
  }

  private hours(): void {
    const { facts, policy } = this
    const within = (h: DayHours) => at_its_hours(h, facts.now_ms, policy.utc_offset_minutes)
    if (policy.out_hours.length > 0 && !policy.out_hours.some(within)) {
      this.rule('outside_hours', policy.modes.hours)
      this.verdict.next_hours_at_ms = next_begin(policy.out_hours, facts.now_ms, policy.utc_offset_minutes)
    }
    if (policy.curfew != null && within(policy.curfew)) this.rule('curfew', policy.modes.hours)
  }

  private fever(): void {
    if (!this.results.some((result) => result.state === 'high_twice')) return
    this.rule('temperature_high_twice', this.policy.modes.steps)
    this.verdict.alert = 'fever'
  }

  // Who is refused is asked nothing more; but the member chosen may be one who is free to go, and a high
  // reading is followed up in any case.
  private steps(): void {
    const { facts, policy } = this
    const { residency, steps } = policy.modes
    const goes_on = outcome_of(this.verdict) !== 'deny'
    if (facts.holder === 'household') this.ask('choose_member', 'member_unchosen', residency)
    if (goes_on && (this.unconfirmed() || this.comes_from_outside()) && !facts.details_complete)
      this.ask('details', 'details_missing', residency)
    if (goes_on && !this.leaving && policy.filing_required && facts.filing === 'missing')
      this.ask('filing', 'filing_missing', residency)
    const register = this.leaving ? policy.registration_required_out : policy.registration_required_in
    if (goes_on && register && !facts.registered && !facts.details_complete)
      this.ask('registration', 'registration_missing', steps)
    if (goes_on) this.check()
    if (goes_on && (this.leaving ? policy.temperature_required_out : policy.temperature_required_in))
      this.results.forEach(({ state }, person) => {
        if (state === 'missing' || state === 'low' || state === 'unreadable')
          this.ask('temperature', `temperature_${state}`, steps, person)
      })
    this.results.forEach((result, person) => this.measure_again(result, person))
    if (goes_on && policy.disinfection_required && !facts.disinfected)
      this.ask('disinfection', 'disinfection_missing', steps)
  }

  private check(): void {
    const { facts, policy } = this
    const kind = this.leaving ? policy.check_out : policy.check_in
    const shown = facts.proof !== 'none' && facts.proof !== 'unable'
    const age_ms = facts.now_ms - (facts.tested_at_ms ?? 0)
    const tested = facts.tested_at_ms != null && age_ms >= 0 && age_ms <= policy.check_hours * hour_ms
    if (kind === 'none' || (shown && kind !== 'test') || (tested && kind !== 'code')) return
    if (facts.proof === 'unable') this.rule('check_unavailable', policy.modes.steps)
    else if (kind !== 'code' && facts.tested_at_ms != null) this.rule('check_old', policy.modes.steps)
    else this.ask('check', 'check_missing', policy.modes.steps)
  }

  private measure_again(result: ReadingResult, person: number): void {
    const { verdict } = this
    if (result.state !== 'second_due') return
    this.ask('second_reading', 'second_reading_due', this.policy.modes.steps, person)
    if (verdict.need === 'second_reading' && verdict.need_person === person)
      verdict.second_reading_at_ms = result.second_at_ms
  }

  private notes(): void {
    const { facts, leaving } = this
    if (leaving && this.of_household) {
      if (this.exempt) this.note('outing_exempt')
      if (facts.errand !== 'ordinary') this.note('outing_not_counted')
      if (facts.exemption != null && !this.exempt) this.note('exemption_not_valid')
    }
    if (!leaving && this.of_household && overrunning(facts.uses, this.policy, facts.now_ms))
      this.note('overrun')
    if (leaving && facts.presence === 'outside') this.note('already_outside')
    if (!leaving && facts.presence === 'inside') this.note('already_inside')
  }
}

export const decide = (facts: Facts, policy: Policy): Verdict => new Decision(facts, policy).run()

// Those of the persons crossing who count against the quota, at least 1: PassageEvent.persons of a
// confirmed exit. Accompanied children and one carer do not.
export function counted_persons(facts: Facts): number {
  const persons = crossing(facts)
  const children = clamp(facts.accompanied_children, 0, persons)
  return Math.max(1, persons - children - clamp(facts.carers, 0, 1))
}

// Whether 放行 may be tapped and the screen may turn green; what a warning asks for may be skipped.
export const may_release = (verdict: Verdict): boolean =>
  verdict.reasons.every((reason) => reason.mode !== 'enforce')

// The version with the latest effective_from_ms not after the instant; of two, the higher version.
export function policy_in_force(policies: readonly Policy[], at_ms: number): Policy | null {
  let found: Policy | null = null
  for (const policy of policies) {
    if (policy.effective_from_ms > at_ms) continue
    const later = found === null ? 1 : policy.effective_from_ms - found.effective_from_ms
    if (found === null || later > 0 || (later === 0 && policy.version > found.version)) found = policy
  }
  return found
}
