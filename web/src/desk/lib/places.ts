// Buildings of the chosen compound for filters, and the search for a dwelling.
import { computed, shallowRef } from 'vue'

import { api } from '../api/client'
import type { Dwelling, Page, Place, PlaceKind } from '../api/types'
import { use_session } from '../state/session'

/** With an instant: as the tree was then. */
export async function read_children(parent_id: number | null, at_ms: number | null = null): Promise<Place[]> {
  const all: Place[] = []
  let cursor: string | null = null
  do {
    const page: Page<Place> = await api.get('/api/places', { parent_id, at_ms, limit: 200, cursor })
    all.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return all
}

/** Buildings, also those that stand in a phase of the compound; then named "二期 3栋". */
export async function read_buildings(compound_id: number): Promise<Place[]> {
  const children = await read_children(compound_id)
  const groups = await Promise.all(
    children.map(async (child) => {
      if (child.kind === 'building') return [child]
      if (child.kind !== 'phase') return []
      const inside = await read_children(child.id)
      return inside
        .filter((place) => place.kind === 'building')
        .map((place) => ({ ...place, name: `${child.name} ${place.name}` }))
    }),
  )
  return groups.flat()
}

export function use_buildings() {
  const session = use_session()
  const buildings = shallowRef<Place[]>([])
  const building_options = computed(() =>
    buildings.value.map((place) => ({ value: String(place.id), label: place.name })),
  )
  async function load(): Promise<void> {
    if (session.compound_id !== null) buildings.value = await read_buildings(session.compound_id)
  }
  return { buildings, building_options, load }
}

export async function find_dwellings(compound_id: number | null, q: string): Promise<Dwelling[]> {
  return (await api.get<Page<Dwelling>>('/api/dwellings', { compound_id, q, limit: 30 })).items
}

const below: Record<PlaceKind, readonly PlaceKind[]> = {
  district: ['area', 'subdistrict'],
  area: ['subdistrict', 'community', 'compound'],
  subdistrict: ['community'],
  community: ['compound'],
  compound: ['phase'],
  phase: [],
  building: [],
  stair: [],
  dwelling: [],
  premises: [],
}

/** What can be added below a place; buildings come from a pattern or a file. */
export const child_kinds = (kind: PlaceKind): readonly PlaceKind[] => below[kind]
