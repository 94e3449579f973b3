// One person (and who comes along) standing at the gate: what the guard has entered so far, the facts
// for decide() that follow from it, and the record that is written when it ends. Plain data and pure
// functions; a visit is replaced as a whole, so that nothing of the previous person stays on the screen.
import type { Claim, DecideRequest, GateRecord, ListUse } from '@shared/api_types'
import type {
  Direction,
  Emergency,
  Exemption,
  Facts,
  Holder,
  Filing,
  PassState,
  Proof,
  Policy,
  Presence,
  Reading,
  ReasonCode,
  Standing,
  Use,
  Verdict,
} from '@shared/decide'
import { decide, default_facts } from '@shared/decide'

export interface Card {
  pass_id: number | null
  text: string | null // what was scanned; null for a short code
  code: string | null // short code
  state: PassState
  blank: boolean // no household is bound to it
}

export interface Companion {
  person_id: number | null // null: somebody who is not on the list
  child: boolean
}

export interface Visit {
  id: number
  opened_ms: number
  direction: Direction
  holder: Holder
  card: Card | null
  household_id: number | null
  dwelling_id: number | null
  label: string
  person_id: number | null // the member who was chosen
  child: boolean // whether that member is a child
  relation: string | null // of another person, as claimed
  claim: Claim | null
  visit_approved: boolean
  disinfected: boolean
  companions: Companion[]
  readings: Reading[] // phone time
  uses: Use[] // of the household, server time
  presence: Presence
  standing: Standing // the list's word, or the server's
  exempt: boolean // likewise, for this outing
  filing: Filing // of who comes from elsewhere, by the list
  steps: string[]
  referred_ms: number | null // phone time of the call to the duty officer
}

/** What the server knows of a person beyond the list, from the reasons of its verdict. */
export const learn_standing = (codes: readonly ReasonCode[]): Pick<Visit, 'standing' | 'exempt'> => ({
  standing: codes.find((code) => code === 'may_not_leave' || code === 'ask_community') ?? 'may_leave',
  exempt: codes.includes('outing_exempt'),
})

export interface Clock {
  now_ms: number // the phone's
  offset_ms: number // server minus phone
}

export const new_visit = (id: number, direction: Direction, now_ms: number): Visit => ({
  id,
  opened_ms: now_ms,
  direction,
  holder: 'unknown_person',
  card: null,
  household_id: null,
  dwelling_id: null,
  label: '',
  person_id: null,
  child: false,
  relation: null,
  claim: null,
  visit_approved: false,
  disinfected: false,
  companions: [],
  readings: [],
  uses: [],
  presence: 'unknown',
  standing: 'may_leave',
  exempt: false,
  filing: 'not_needed',
  steps: [],
  referred_ms: null,
})

export const persons_of = (visit: Visit): number => 1 + visit.companions.length

const children_of = (visit: Visit): number =>
  (visit.child ? 1 : 0) + visit.companions.filter((companion) => companion.child).length

/** Children who walk with an adult; a child alone is counted like anybody and called for. */
export const accompanied_children = (visit: Visit): number => (child_alone(visit) ? 0 : children_of(visit))

export const child_alone = (visit: Visit): boolean => visit.child && children_of(visit) === persons_of(visit)

const details_complete = (visit: Visit): boolean => visit.claim !== null || visit.relation !== null

// The list tells nobody's certificates; that one holds at this instant is what the server has said.
export const certified = (policy: Policy): Exemption => ({
  kind: policy.exemption_kinds[0] ?? '',
  valid_from_ms: 0,
  valid_until_ms: Number.MAX_SAFE_INTEGER,
  weekdays: 127,
  from_minute: 0,
  until_minute: 1440,
  certificate: true,
})

// What the guard has done is told by the steps of the record: the server reads them alike (enter.cpp).
const proofs: Record<string, Proof> = {
  code_shown: 'code',
  paper_shown: 'paper',
  guardian_shown: 'guardian_phone',
  office_checked: 'office_lookup',
  cannot_show: 'unable',
}
const tested_hours = [24, 48, 72]
function facts_of_steps(steps: readonly string[], known: Filing, now_ms: number) {
  const proof = steps.findLast((step) => step in proofs)
  const tested = tested_hours.findLast((hours) => steps.includes(`tested_${hours}`))
  const filing: Filing = steps.includes('filed')
    ? 'filed'
    : known === 'not_needed' && steps.includes('arrival')
      ? 'missing'
      : known
  return {
    registered: steps.includes('outing_registered'),
    proof: proof === undefined ? ('none' as const) : proofs[proof]!,
    tested_at_ms: tested === undefined ? null : now_ms - tested * 3_600_000,
    filing,
  }
}

export function facts_of(visit: Visit, policy: Policy, clock: Clock): Facts {
  const server_now_ms = clock.now_ms + clock.offset_ms
  return {
    ...default_facts(),
    direction: visit.direction,
    now_ms: server_now_ms,
    holder: visit.holder,
    pass: visit.card?.state ?? 'none',
    presence: visit.presence,
    standing: visit.standing,
    exemption: visit.exempt ? certified(policy) : null,
    persons: persons_of(visit),
    accompanied_children: accompanied_children(visit),
    child_alone: child_alone(visit),
    details_complete: details_complete(visit),
    visit_approved: visit.visit_approved,
    disinfected: visit.disinfected,
    ...facts_of_steps(visit.steps, visit.direction === 'in' ? visit.filing : 'not_needed', server_now_ms),
    uses: visit.uses,
    readings: visit.readings.map((reading) => ({ ...reading, at_ms: reading.at_ms + clock.offset_ms })),
  }
}

export const judge = (visit: Visit, policy: Policy, clock: Clock): Verdict =>
  // The terms of a certificate are what the server has looked at.
  decide(facts_of(visit, policy, clock), visit.exempt ? { ...policy, exemption_terms: [] } : policy)

/** How a visit ended. */
export interface Passage {
  visit: Visit
  verdict: Verdict
  result: GateRecord['result']
  emergency: Emergency | null
  offline: boolean
  list_generated_ms: number | null
  clock: Clock
}

export const person_ids = (visit: Visit): number[] =>
  [visit.person_id, ...visit.companions.map((companion) => companion.person_id)].filter((id) => id !== null)

export function record_of(passage: Passage, seq: number): GateRecord {
  const { visit, verdict, clock, list_generated_ms } = passage
  const uncounted = accompanied_children(visit)
  const age_ms = list_generated_ms === null ? 0 : clock.now_ms + clock.offset_ms - list_generated_ms
  return {
    seq,
    happened_ms: clock.now_ms,
    direction: visit.direction,
    result: passage.result,
    holder_kind: visit.holder,
    pass_id: visit.card?.pass_id ?? null,
    pass_text: visit.card?.text ?? null,
    household_id: visit.household_id,
    dwelling_id: visit.dwelling_id,
    person_ids: person_ids(visit),
    persons: persons_of(visit) - uncounted,
    companions: uncounted,
    relation: visit.relation,
    claim: visit.claim,
    readings: visit.readings.map(({ person, tenths, at_ms }) => ({ person, tenths: tenths ?? null, at_ms })),
    emergency_reason: passage.emergency,
    steps: visit.steps,
    reason: null,
    note: null,
    outcome: verdict.outcome,
    reasons: verdict.reasons.map((reason) => reason.code),
    policy_version: verdict.policy_version,
    offline: passage.offline,
    list_age_s: Math.max(0, Math.round(age_ms / 1000)),
  }
}

export function decide_request_of(visit: Visit, now_ms: number): DecideRequest {
  const uncounted = accompanied_children(visit)
  return {
    direction: visit.direction,
    holder_kind: visit.holder,
    ...(visit.card?.text ? { pass_text: visit.card.text } : {}),
    ...(visit.card && !visit.card.text && visit.card.pass_id !== null ? { pass_id: visit.card.pass_id } : {}),
    ...(visit.household_id !== null ? { household_id: visit.household_id } : {}),
    person_ids: person_ids(visit),
    persons: persons_of(visit) - uncounted,
    companions: uncounted,
    readings: [],
    child_alone: child_alone(visit),
    now_ms,
  }
}

export const use_of_list = (use: ListUse): Use => ({
  exit_at_ms: use.exit_at_ms,
  return_at_ms: use.return_at_ms,
  persons: use.persons,
  counted: use.counted,
  closed_without_return: use.closed_by_staff,
})
