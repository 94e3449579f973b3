// How a line of the ledger is read.
import type { PassageRow } from '../api/types'

/** 365 as "36.5". */
export const degrees = (tenths: number): string => (tenths / 10).toFixed(1)

export const is_late = (row: PassageRow): boolean => row.recorded_ms - row.happened_ms > 10 * 60_000

export function result_tone(row: PassageRow): 'good' | 'bad' | 'warn' {
  if (row.kind === 'emergency') return 'warn'
  return row.result === 'passed' ? 'good' : 'bad'
}

/** A reversed line stays readable but struck; a line that came just now is marked. */
export function passage_class(row: PassageRow, fresh: ReadonlySet<number>): string | undefined {
  if (row.reversed) return 'struck'
  return fresh.has(row.id) ? 'fresh' : undefined
}

// The flags the ledger filters by; the list shows any flag the server sends.
export const passage_flags = [
  'provisional', 'emergency', 'overrun', 'return_missing', 'already_outside', 'already_inside', 'quota_exceeded',
  'late_record', 'copy_suspected', 'identical_readings', 'conflict', 'clock_offset',
] as const
