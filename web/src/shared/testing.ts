// What the files of cases in tests/vectors leave out: fields that have their defaults.
import { default_facts, default_policy, type Facts, type Policy } from './decide.ts'

export type Sparse<T> = { [K in keyof T]?: T[K] extends object | null | undefined ? unknown : T[K] }

export const no_use = {
  exit_at_ms: 0,
  return_at_ms: null,
  persons: 1,
  counted: true,
  closed_without_return: false,
}
const no_exemption = {
  kind: '',
  valid_from_ms: 0,
  valid_until_ms: 0,
  weekdays: 127,
  from_minute: 0,
  until_minute: 1440,
  certificate: false,
}
const no_hours = { weekdays: 127, from_minute: 0, until_minute: 1440, places: [] }
const no_terms = { ...no_hours, kind: '', certificate_needed: true, from_day: null, until_day: null }

export function facts_of(sparse: Sparse<Facts>): Facts {
  const facts = { ...default_facts(), ...sparse } as Facts
  facts.uses = facts.uses.map((use) => ({ ...no_use, ...use }))
  facts.readings = facts.readings.map((reading) => ({ ...{ person: 0, tenths: null, at_ms: 0 }, ...reading }))
  if (facts.exemption) facts.exemption = { ...no_exemption, ...facts.exemption }
  return facts
}

export function policy_of(sparse: Sparse<Policy>): Policy {
  const plain = default_policy()
  const policy = { ...plain, ...sparse } as Policy
  policy.modes = { ...plain.modes, ...policy.modes }
  policy.level_rights = { ...plain.level_rights, ...policy.level_rights }
  policy.out_hours = policy.out_hours.map((hours) => ({ ...no_hours, ...hours }))
  policy.exemption_terms = policy.exemption_terms.map((terms) => ({ ...no_terms, ...terms }))
  if (policy.curfew) policy.curfew = { ...no_hours, ...policy.curfew }
  return policy
}
