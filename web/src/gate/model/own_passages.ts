// What this phone itself has seen since its list was made: without it a household could go out twice
// in the hour in which the network is gone.
import type { Presence, Use } from '@shared/decide'

import type { StoredRecord } from './store'

/** The records the list cannot know yet, oldest first. `at_ms` is when it was made, server time. */
export const unknown_to_list = (records: readonly StoredRecord[], generated_ms: number): StoredRecord[] =>
  records
    .filter(
      (row) => row.record.result === 'passed' && (row.stored_ms === null || row.stored_ms > generated_ms),
    )
    .sort((a, b) => a.record.seq - b.record.seq)

/** The uses of the list, continued by the phone's own passages of the same household. */
export function continued_uses(
  listed: readonly Use[],
  household_id: number,
  own: readonly StoredRecord[],
  offset_ms: number,
): Use[] {
  const uses = listed.map((use) => ({ ...use }))
  for (const { record, consumes_outing } of own) {
    if (record.household_id !== household_id) continue
    const at_ms = record.happened_ms + offset_ms
    if (record.direction === 'out') {
      uses.push({
        exit_at_ms: at_ms,
        return_at_ms: null,
        persons: record.persons,
        counted: consumes_outing,
        closed_without_return: false,
      })
    } else {
      const open = uses
        .filter((use) => use.return_at_ms == null && !use.closed_without_return && use.exit_at_ms <= at_ms)
        .sort((a, b) => a.exit_at_ms - b.exit_at_ms)[0]
      if (open) open.return_at_ms = at_ms
    }
  }
  return uses
}

/** Where this phone last saw a person. */
export function presence_of(person_id: number, own: readonly StoredRecord[]): Presence {
  const last = own.filter((row) => row.record.person_ids.includes(person_id)).at(-1)
  if (!last) return 'unknown'
  return last.record.direction === 'out' ? 'outside' : 'inside'
}
