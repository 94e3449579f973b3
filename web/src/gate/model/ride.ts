// A vehicle standing at the gate with everybody in it: what the guard has entered so far, the facts for
// decide_vehicle() that follow from it, and the record that is written when it ends. Plain data and pure
// functions, like a visit.
import type { Claim, Party, VehicleRecord } from '@shared/api_types'
import {
  default_facts,
  type Direction,
  type Facts,
  type Policy,
  type Standing,
  type Use,
} from '@shared/decide'
import type { PlateState, VehicleClass, VehicleFacts, VehicleKind, VehicleVerdict } from '@shared/vehicle'

import { plate_state } from './plate'
import { certified, type Clock } from './visit'

export interface Rider {
  id: number
  household_id: number | null // null: does not live here
  dwelling_id: number | null
  person_id: number | null
  name: string // surname and relation, or as registered
  label: string
  child: boolean
  claim: Claim | null
  readings: { tenths: number | null; at_ms: number }[] // phone time
  standing: Standing // the server's word
  exempt: boolean // likewise
}

export interface Ride {
  id: number
  direction: Direction
  plate: string // empty: none, or not asked yet
  no_plate: boolean
  listed: boolean
  vehicle_class: VehicleClass
  kind: VehicleKind
  riders: Rider[] // the driver first
  visit_approved: boolean // host and community answer for those from outside
  steps: string[]
  referred_ms: number | null
}

export const new_ride = (id: number, direction: Direction): Ride => ({
  id,
  direction,
  plate: '',
  no_plate: false,
  listed: false,
  vehicle_class: 'outside',
  kind: 'car',
  riders: [],
  visit_approved: false,
  steps: [],
  referred_ms: null,
})

/** Those of one household are one party and one outing, anybody else is their own. The driver's comes first. */
export function parties_of(ride: Ride): Rider[][] {
  const parties: Rider[][] = []
  for (const rider of ride.riders) {
    const own = parties.find(
      ([first]) => rider.household_id !== null && first!.household_id === rider.household_id,
    )
    if (own) own.push(rider)
    else parties.push([rider])
  }
  // The holder of a party is one who counts.
  return parties.map((party) => [
    ...party.filter((each) => !each.child),
    ...party.filter((each) => each.child),
  ])
}

const children_of = (party: readonly Rider[]): number => party.filter((each) => each.child).length

/** Children who ride with an adult, whoever's; with none they are counted like anybody and called for. */
const accompanied = (ride: Ride, party: readonly Rider[]): number =>
  ride.riders.every((each) => each.child) ? 0 : Math.min(children_of(party), Math.max(party.length - 1, 0))

export function plate_state_of(ride: Ride): PlateState {
  if (ride.plate === '') return ride.no_plate ? 'none' : 'missing'
  return ride.kind === 'electric_bike' ? 'legal' : plate_state(ride.plate)
}

const readings_of = (party: readonly Rider[], offset_ms: number) =>
  party.flatMap((rider, person) =>
    rider.readings.map(({ tenths, at_ms }) => ({ person, tenths, at_ms: at_ms + offset_ms })),
  )

function facts_of_party(
  ride: Ride,
  party: readonly Rider[],
  uses: Use[],
  policy: Policy,
  clock: Clock,
): Facts {
  const lives_here = party[0]!.household_id !== null
  return {
    ...default_facts(),
    direction: ride.direction,
    now_ms: clock.now_ms + clock.offset_ms,
    holder: lives_here ? 'resident_member' : 'visitor',
    pass: 'none',
    standing: party.find((each) => each.standing !== 'may_leave')?.standing ?? 'may_leave',
    exemption: party.every((each) => each.exempt) ? certified(policy) : null,
    persons: party.length,
    accompanied_children: accompanied(ride, party),
    child_alone: ride.riders.every((each) => each.child),
    details_complete: party[0]!.claim !== null,
    visit_approved: ride.visit_approved,
    uses,
    readings: readings_of(party, clock.offset_ms),
  }
}

export const vehicle_facts = (
  ride: Ride,
  uses_of: (household_id: number) => Use[],
  policy: Policy,
  clock: Clock,
): VehicleFacts => ({
  direction: ride.direction,
  now_ms: clock.now_ms + clock.offset_ms,
  vehicle_class: ride.vehicle_class,
  kind: ride.kind,
  plate: plate_state_of(ride),
  listed: ride.listed,
  parties: parties_of(ride).map((party) => {
    const home = party[0]!.household_id
    return facts_of_party(ride, party, home === null ? [] : uses_of(home), policy, clock)
  }),
})

function record_of_party(ride: Ride, party: readonly Rider[]): Party {
  const first = party[0]!
  const uncounted = accompanied(ride, party)
  return {
    holder_kind: first.household_id === null ? 'visitor' : 'resident_member',
    household_id: first.household_id,
    dwelling_id: first.dwelling_id,
    person_ids: party.flatMap((each) => each.person_id ?? []),
    persons: party.length - uncounted,
    companions: uncounted,
    relation: null,
    claim: first.claim,
    visit_approved: ride.visit_approved,
    readings: readings_of(party, 0),
  }
}

/** How it ended. */
export interface RidePassage {
  ride: Ride
  verdict: VehicleVerdict
  result: 'passed' | 'turned_back'
  offline: boolean
  list_generated_ms: number | null
  clock: Clock
}

export function record_of_ride(passage: RidePassage, seq: number): VehicleRecord {
  const { ride, verdict, clock, list_generated_ms } = passage
  const age_ms = list_generated_ms === null ? 0 : clock.now_ms + clock.offset_ms - list_generated_ms
  return {
    seq,
    happened_ms: clock.now_ms,
    direction: ride.direction,
    result: passage.result,
    vehicle_class: ride.vehicle_class,
    vehicle_kind: ride.kind,
    plate: ride.plate === '' ? null : ride.plate,
    parties: parties_of(ride).map((party) => record_of_party(ride, party)),
    steps: ride.steps,
    note: null,
    outcome: verdict.outcome,
    reasons: verdict.reasons.map((reason) => reason.code),
    policy_version: verdict.policy_version,
    offline: passage.offline,
    list_age_s: Math.max(0, Math.round(age_ms / 1000)),
  }
}
