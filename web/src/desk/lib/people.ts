// Words and colours around persons and their papers.
import { api } from '../api/client'
import type { HouseholdFile, Person, PresenceCount, SearchAnswer } from '../api/types'

export const relations = [
  'head',
  'spouse',
  'child',
  'grandchild',
  'parent',
  'sibling',
  'other_relative',
  'tenant',
  'co_tenant',
  'live_in_worker',
  'carer',
  'guest',
  'other',
  'unknown',
] as const

// Flags the persons list filters by; any flag the server sends is shown.
export const person_flags = [
  'returnee',
  'elder_alone',
  'disabled',
  'pregnant',
  'dialysis',
  'chronic_medicine',
  'needs_care',
  'infant',
  'provisional',
] as const

export const document_kinds = [
  'resident_id',
  'passport',
  'mainland_permit',
  'taiwan_permit',
  'foreigner_permit',
  'other',
] as const
export const said_by = ['office', 'resident', 'neighbour', 'visit', 'paper', 'police'] as const

export type Tone = 'plain' | 'good' | 'warn' | 'bad'

export function document_tone(state: Person['document_state']): Tone {
  if (state === 'ok' || state === 'other') return 'plain'
  return state === 'damaged' || state === 'bad_checksum' ? 'bad' : 'warn'
}

export function pass_tone(state: string): Tone {
  const tones: Record<string, Tone> = { active: 'good', inactive: 'warn', void: 'bad' }
  return tones[state] ?? 'plain'
}

/** "在家 3, 在外 1": only what there is; unknown is said, never counted as at home. */
export function presence_parts(presence: PresenceCount): { code: keyof PresenceCount; n: number }[] {
  return (['home', 'away', 'unknown'] as const)
    .map((code) => ({ code, n: presence[code] }))
    .filter((part) => part.n > 0)
}

/** Values of a record's history in words: closed vocabularies have them, the rest stands as it was said. */
export const value_group: Record<string, string> = {
  sex: 'sex',
  relation: 'relation',
  registered: 'registered',
  living: 'living',
  presence: 'presence',
  end_reason: 'end_reason',
}

const homes_at_once = 3 // whose people are shown when a room was typed

async function find(q: string, compound_id?: number | null): Promise<SearchAnswer> {
  return api.post<SearchAnswer>('/api/search', { q, limit: 30, compound_id: compound_id ?? null })
}
/** Who lives where, by name, room or the end of a number; of the compound when one is chosen. */
export async function find_people(q: string, compound_id?: number | null) {
  if (q === '') return []
  const { persons, dwellings } = await find(q, compound_id)
  const found = persons
    .filter((person) => !person.former)
    .map((person) => ({ ...person, label: `${person.label} ${person.name}` }))
  const homes = dwellings.flatMap(({ household_id }) => household_id ?? []).slice(0, homes_at_once)
  const files = await Promise.all(homes.map((id) => api.get<HouseholdFile>(`/api/households/${id}`)))
  const members = files.flatMap(({ id, label, members }) =>
    members.map((member) => ({ id: member.id, household_id: id, label: `${label} ${member.name}` })),
  )
  return [...found, ...members]
}
/** The same by household, each once. */
export async function find_homes(q: string, compound_id?: number | null) {
  if (q === '') return []
  const { persons, dwellings } = await find(q, compound_id)
  const homes = new Map<number, { id: number; label: string }>()
  for (const { household_id, label, head_name } of dwellings)
    if (household_id !== null)
      homes.set(household_id, { id: household_id, label: `${label} ${head_name ?? ''}` })
  for (const { former, household_id, label, name } of persons)
    if (!former && !homes.has(household_id))
      homes.set(household_id, { id: household_id, label: `${label} ${name}` })
  return [...homes.values()]
}
