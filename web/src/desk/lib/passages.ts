// How a line of the ledger is read.
import type { Query } from '../api/client'
import type { PassageRow } from '../api/types'
import { instant_of_input } from './civil'

/** 365 as "36.5". */
export const degrees = (tenths: number): string => (tenths / 10).toFixed(1)

export const is_late = (row: PassageRow): boolean => row.recorded_ms - row.happened_ms > 10 * 60_000

/** A line that speaks of another one: taken back, or a return written in by the office. */
export const is_correction = (row: PassageRow): boolean =>
  row.result === 'reversed' || row.result === 'closed'

export function result_tone(row: PassageRow): 'good' | 'bad' | 'warn' | 'plain' {
  if (is_correction(row)) return 'plain'
  if (row.kind === 'emergency') return 'warn'
  return row.result === 'passed' ? 'good' : 'bad'
}

export type Correction = 'reverse' | 'close'

/** A line of a ledger, as far as its correction says which it is. */
export type Correctable = Pick<
  PassageRow,
  'id' | 'happened_ms' | 'opening_name' | 'direction' | 'label' | 'person_names'
>

/** What the office can do about a line (practice.md 6): take it back, or end an outing never scanned back. */
export function corrections(row: PassageRow): Correction[] {
  if (is_correction(row) || row.corrected === 'reversed') return []
  const outing = row.direction === 'out' && row.result === 'passed' && row.household_id !== null
  return outing && row.corrected === null ? ['reverse', 'close'] : ['reverse']
}

/** A reversed line stays readable but struck; a line that came just now is marked. */
export function passage_class(row: PassageRow, fresh: ReadonlySet<number>): string | undefined {
  if (row.corrected === 'reversed') return 'struck'
  return fresh.has(row.id) ? 'fresh' : undefined
}

// The flags the ledger filters by; the list shows any flag the server sends.
export const passage_flags = [
  'fever',
  'provisional',
  'quota_used',
  'persons_over_limit',
  'persons_out_limit',
  'return_missing',
  'outsider',
  'identity_unconfirmed',
  'pass_missing',
  'pass_void',
  'pass_replaced',
  'seq_conflict',
  'clock_ahead',
  'list_old',
  'policy_differs',
] as const

// As texts: they live in the address.
export const ledger_filters = {
  q: '',
  opening_id: '',
  direction: '',
  result: '',
  flag: '',
  household_id: '',
  from: '',
  until: '',
  order: '',
}

/** What the server is asked: civil times become instants of the installation's zone. */
export function ledger_query(
  filters: typeof ledger_filters,
  compound_id: number | null,
  offset_minutes: number,
): Query {
  const { from, until, ...rest } = filters
  return {
    compound_id,
    ...rest,
    q: filters.q.trim(),
    from_ms: instant_of_input(from, offset_minutes),
    until_ms: instant_of_input(until, offset_minutes),
  }
}
