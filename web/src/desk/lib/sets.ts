// What may be chosen as a member of a set.
import { api } from '../api/client'
import type { SetKind } from '../api/place_types'
import type { Page, Place, PlaceKind } from '../api/types'
import { read_buildings, read_children } from './places'

export interface MemberGroup {
  compound: Place
  buildings: Place[]
}

/** Levels a set of this kind lies in (grids in a community, sealed units in a compound). */
export const owner_kinds: Record<SetKind, readonly PlaceKind[]> = {
  grid: ['community', 'area'],
  sealed_unit: ['compound'],
  scope_list: ['district', 'area', 'subdistrict', 'community'],
}

async function compounds_below(place: Place): Promise<Place[]> {
  if (place.kind === 'compound') return [place]
  const children = await read_children(place.id)
  const nested = await Promise.all(children.map(compounds_below))
  return nested.flat()
}

export async function member_groups(kind: SetKind, owner: Place): Promise<MemberGroup[]> {
  const compounds = await compounds_below(owner)
  if (kind === 'scope_list') return compounds.map((compound) => ({ compound, buildings: [] }))
  return Promise.all(
    compounds.map(async (compound) => ({ compound, buildings: await read_buildings(compound.id) })),
  )
}

/** A building beside its own compound would count twice: the whole wins over its parts. */
export function without_parts(chosen: readonly number[], groups: readonly MemberGroup[]): number[] {
  const inside = new Set(
    groups
      .filter((group) => chosen.includes(group.compound.id))
      .flatMap((group) => group.buildings.map((building) => building.id)),
  )
  return chosen.filter((id) => !inside.has(id))
}

export async function owners(kind: SetKind, ground: Place): Promise<Place[]> {
  if (owner_kinds[kind].includes(ground.kind)) return [ground]
  if (kind === 'sealed_unit') return compounds_below(ground)
  const page = await api.get<Page<Place>>('/api/places', { kind: owner_kinds[kind][0], limit: 200 })
  return page.items
}
