import type { Me } from '../api/types'

/** Places someone can be given a role for: those one has oneself, and every compound within. */
export function grantable_places(me: Me): { value: number; label: string }[] {
  const places = new Map<number, string>()
  for (const grant of me.grants) if (grant.place_id !== null) places.set(grant.place_id, grant.place_name)
  for (const compound of me.compounds) places.set(compound.id, compound.name)
  return [...places].map(([value, label]) => ({ value, label }))
}
