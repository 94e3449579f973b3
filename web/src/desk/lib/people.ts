// Words and colours around persons and their papers.
import type { Person, PresenceCount } from '../api/types'

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
