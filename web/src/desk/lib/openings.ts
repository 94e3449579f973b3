// The openings of the chosen compound, and what is wrong with them (practice.md 3 and 10).
import { shallowRef } from 'vue'

import { api } from '../api/client'
import type { Opening, Page } from '../api/types'
import { use_session } from '../state/session'

const for_people = new Set<Opening['kind']>(['pedestrian', 'both', 'garage_lift', 'shop_door', 'neighbour'])
const for_vehicles = new Set<Opening['kind']>(['vehicle', 'both', 'garage_ramp'])

export interface OpeningTally {
  sealed: number
  guarded_people: number
  guarded_vehicles: number
  unguarded: number
}

export function tally_openings(openings: readonly Opening[]): OpeningTally {
  const count = (test: (opening: Opening) => boolean): number => openings.filter(test).length
  return {
    sealed: count((opening) => opening.state === 'sealed'),
    guarded_people: count((opening) => opening.state === 'guarded' && for_people.has(opening.kind)),
    guarded_vehicles: count((opening) => opening.state === 'guarded' && for_vehicles.has(opening.kind)),
    unguarded: count((opening) => opening.state === 'unguarded'),
  }
}

/** Codes of what a person has to see to. */
export function opening_faults(opening: Opening): string[] {
  if (opening.state === 'unguarded') return ['unguarded']
  if (opening.state !== 'sealed') return []
  const faults: string[] = []
  if (!opening.key_holder || !opening.key_phone) faults.push('no_key_holder')
  if (opening.opens_from_inside === null) faults.push('exit_unknown')
  if (opening.opens_from_inside === false) faults.push('exit_blocked')
  return faults
}

export async function read_openings(compound_id: number | null): Promise<Opening[]> {
  return (await api.get<Page<Opening>>('/api/openings', { compound_id })).items
}

export function use_openings() {
  const session = use_session()
  const openings = shallowRef<Opening[]>([])
  async function load(): Promise<void> {
    openings.value = await read_openings(session.compound_id)
  }
  return { openings, load }
}
