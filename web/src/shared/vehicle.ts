// The decision about a vehicle and everybody in it, on the phone: the twin of src/engine/gate/vehicle.cpp;
// tests/vectors/vehicle.json holds the two together.
import { civil_day } from './civil_day.ts'
import { decide, may_release } from './decide.ts'
import type { Direction, Facts, Mode, Outcome, Policy, ReasonCode, Verdict } from './decide_types.ts'

export const vehicle_classes = [
  'police',
  'fire',
  'ambulance',
  'rescue',
  'refuse',
  'supplies',
  'resident',
  'outside',
] as const
export type VehicleClass = (typeof vehicle_classes)[number]
export const vehicle_kinds = [
  'unknown',
  'car',
  'suv',
  'van',
  'truck',
  'bus',
  'motorcycle',
  'electric_bike',
  'tricycle',
  'other',
] as const
export type VehicleKind = (typeof vehicle_kinds)[number]
export type PlateState = 'missing' | 'none' | 'odd' | 'legal'

export interface VehicleFacts {
  direction: Direction
  now_ms: number
  vehicle_class: VehicleClass
  kind: VehicleKind
  plate: PlateState
  listed: boolean
  parties: Facts[]
}

export type VehicleNeed = 'none' | 'plate' | 'occupants' | 'party'
export const vehicle_reason_codes = [
  'emergency_vehicle',
  'exit_only',
  'outsider_in_car',
  'plate_missing',
  'occupants_missing',
  'cannot_return',
  'plate_none',
  'plate_odd',
  'plate_not_listed',
] as const
export type VehicleReasonCode = (typeof vehicle_reason_codes)[number]

export interface VehicleReason {
  code: VehicleReasonCode
  mode: Mode
}

export interface VehicleVerdict {
  outcome: Outcome
  need: VehicleNeed
  need_party: number
  reasons: VehicleReason[]
  parties: Verdict[]
  policy_version: number
}

export const default_vehicle_rules = (mode: Mode = 'enforce') => ({
  mode,
  entry_classes: ['police', 'fire', 'ambulance', 'rescue', 'refuse', 'supplies'],
  free_kinds: ['electric_bike'],
})

const emergency_services: readonly VehicleClass[] = ['police', 'fire', 'ambulance', 'rescue']
const services: readonly VehicleClass[] = [...emergency_services, 'refuse', 'supplies']
const gravity: Record<Outcome, number> = { allow: 0, refer: 1, deny: 2 }

const enforces = (verdict: Verdict, code: ReasonCode) =>
  verdict.reasons.some((reason) => reason.code === code && reason.mode === 'enforce')
const needs_care = (verdict: Verdict) =>
  enforces(verdict, 'child_alone') || enforces(verdict, 'temperature_high_twice')
const from_outside = (party: Facts) =>
  party.holder === 'visitor' ||
  party.holder === 'unknown_person' ||
  (party.holder === 'worker' && party.pass !== 'valid')

export const is_emergency = (vehicle_class: VehicleClass): boolean =>
  emergency_services.includes(vehicle_class)

export function decide_vehicle(facts: VehicleFacts, policy: Policy): VehicleVerdict {
  const rules = policy.vehicles ?? default_vehicle_rules('warn')
  const { direction, now_ms, vehicle_class, kind, plate } = facts
  const entering = direction === 'in'
  const may_enter = rules.entry_classes.includes(vehicle_class) || rules.free_kinds.includes(kind)
  const only_warns =
    policy.warn_until_day != null && civil_day(now_ms, policy.utc_offset_minutes) < policy.warn_until_day
  const mode: Mode = only_warns && rules.mode === 'enforce' ? 'warn' : rules.mode

  const verdict: VehicleVerdict = {
    outcome: 'allow',
    need: 'none',
    need_party: 0,
    reasons: [],
    parties: [],
    policy_version: policy.version,
  }
  const add = (code: VehicleReasonCode, in_mode: Mode) => verdict.reasons.push({ code, mode: in_mode })
  if (is_emergency(vehicle_class)) {
    add('emergency_vehicle', 'record')
    return verdict
  }

  // The crew of a service that may come in is let in with it: the class is the permission.
  const crew = may_enter && services.includes(vehicle_class)
  verdict.parties = facts.parties.map((party) =>
    decide({ ...party, direction, now_ms, visit_approved: party.visit_approved || crew }, policy),
  )

  if (entering && !may_enter) add('exit_only', mode)
  const unwanted = facts.parties.some((party) => from_outside(party) && !party.visit_approved)
  if (entering && vehicle_class === 'resident' && unwanted) add('outsider_in_car', mode)
  verdict.outcome = outcome_of(verdict)

  const ask = (need: VehicleNeed, code: VehicleReasonCode) => {
    add(code, mode)
    if (mode !== 'record' && verdict.need === 'none') verdict.need = need
  }
  if (verdict.outcome !== 'deny') {
    if (plate === 'missing') ask('plate', 'plate_missing')
    if (facts.parties.length === 0) ask('occupants', 'occupants_missing')
    const asking = verdict.parties.findIndex((party) => party.need !== 'none')
    if (verdict.need === 'none' && asking >= 0) {
      verdict.need = 'party'
      verdict.need_party = asking
    }
  }

  if (!entering && !may_enter && mode === 'enforce') add('cannot_return', 'record')
  if (plate === 'none') add('plate_none', 'record')
  if (plate === 'odd') add('plate_odd', 'record')
  const written = plate === 'odd' || plate === 'legal'
  if (vehicle_class === 'resident' && !facts.listed && written) add('plate_not_listed', 'record')
  return verdict
}

function outcome_of({ reasons, parties }: VehicleVerdict): Outcome {
  if (parties.some(needs_care)) return 'refer'
  const own: Outcome = reasons.some((reason) => reason.mode === 'enforce') ? 'refer' : 'allow'
  return [own, ...parties.map((party) => party.outcome)].reduce((a, b) => (gravity[b] > gravity[a] ? b : a))
}

export const may_release_vehicle = (verdict: VehicleVerdict): boolean =>
  verdict.reasons.every((reason) => reason.mode !== 'enforce') && verdict.parties.every(may_release)
