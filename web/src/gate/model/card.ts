// What a scanned text or a typed code amounts to, by the signature and the list on the phone.
import type { ListPass } from '@shared/api_types'
import type { PassState } from '@shared/decide'
import { civil_day } from '@shared/civil_day'
import type { PassReading } from '@shared/token'

import type { Directory } from './directory'
import type { Card } from './visit'

export type PassClass = ListPass['k']

export interface CardReading {
  card: Card
  household_id: number | null
  kind: PassClass
}

/** This QR code is something else altogether. */
export const is_foreign = (reading: PassReading): boolean =>
  ['not_a_pass', 'other_version', 'malformed'].includes(reading.code)

const listed_states: Record<ListPass['s'], PassState> = {
  active: 'valid',
  inactive: 'inactive',
  blank: 'inactive',
  void: 'void',
  replaced: 'replaced',
}

const is_blank = (pass: ListPass): boolean => pass.k === 'household' && pass.h === 0

const day_number = (day: string): number => Math.floor(Date.parse(`${day}T00:00:00Z`) / 86_400_000)

function listed_state(pass: ListPass, today: number): PassState {
  const state = listed_states[pass.s]
  return state === 'valid' && today > day_number(pass.u) ? 'expired' : state
}

export function read_scanned(
  text: string,
  reading: PassReading,
  directory: Directory,
  server_now_ms: number,
): CardReading {
  const card = (state: PassState, pass_id: number | null, blank = false): Card => ({
    pass_id,
    text,
    code: null,
    state,
    blank,
  })
  if (!('claims' in reading)) {
    const state = reading.code === 'bad_signature' ? 'bad_signature' : 'unknown'
    return { card: card(state, null), household_id: null, kind: 'household' }
  }
  const { claims } = reading
  const { list } = directory
  if (claims.compound_id !== list.compound.id)
    return { card: card('other_compound', null), household_id: null, kind: 'household' }
  const today = civil_day(server_now_ms, list.utc_offset_minutes)
  const row = directory.pass(claims.pass_id)
  const household_id = (row?.h ?? claims.household_id) || null
  const kind = row?.k ?? claims.pass_class
  if (reading.code === 'expired') return { card: card('expired', claims.pass_id), household_id, kind }
  if (row) return { card: card(listed_state(row, today), row.id, is_blank(row)), household_id, kind }
  // Younger than the list: the signature is all there is to go by, and it says that we issued it.
  const list_day = civil_day(list.generated_ms, list.utc_offset_minutes)
  if (claims.issued_day < list_day) return { card: card('unknown', claims.pass_id), household_id: null, kind }
  const blank = kind === 'household' && claims.household_id === 0
  return { card: card(blank ? 'inactive' : 'valid', claims.pass_id, blank), household_id, kind }
}

/** Null when no card of the list has the code. */
export function read_code(code: string, directory: Directory, server_now_ms: number): CardReading | null {
  const row = directory.pass_by_code(code)
  if (!row) return null
  const today = civil_day(server_now_ms, directory.list.utc_offset_minutes)
  const state = listed_state(row, today)
  const card: Card = { pass_id: row.id, text: null, code, state, blank: is_blank(row) }
  return { card, household_id: row.h || null, kind: row.k }
}
