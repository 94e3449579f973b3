import type { Me } from '../api/types'

// The whole installation has no place.
export const everywhere = 0

/** Places someone can be given a role for: those one has oneself, and every compound within. */
export function grantable_places(me: Me, everywhere_word: string): { value: number; label: string }[] {
  const places = new Map<number, string>()
  if (me.grants.some((grant) => grant.place_id === null)) places.set(everywhere, everywhere_word)
  for (const grant of me.grants) if (grant.place_id !== null) places.set(grant.place_id, grant.place_name)
  for (const compound of me.compounds) places.set(compound.id, compound.name)
  return [...places].map(([value, label]) => ({ value, label }))
}

/** A role made or renamed here has a title; the built-in ones have words. */
export const role_title = (
  word: (group: string, code: string) => string,
  role: { name: string; title: string | null },
): string => role.title ?? word('role', role.name)

/** Whether somebody may give this role somewhere: it holds nothing they lack. The server judges the place. */
export const may_give = (me: Me, role: { permissions: readonly string[] }): boolean =>
  role.permissions.every((permission) => me.permissions.includes(permission))
