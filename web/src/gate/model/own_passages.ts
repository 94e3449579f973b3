// What this phone itself has seen since its list was made: without it a household could go out twice
// in the hour in which the network is gone.
import type { Direction, Presence, Use } from '@shared/decide'

import type { StoredRecord } from './store'

/** The records the list cannot know yet, oldest first. `at_ms` is when it was made, server time. */
export const unknown_to_list = (records: readonly StoredRecord[], generated_ms: number): StoredRecord[] =>
  records
    .filter(
      (row) => row.record.result === 'passed' && (row.stored_ms === null || row.stored_ms > generated_ms),
    )
    .sort((a, b) => a.record.seq - b.record.seq)

interface Crossing {
  household_id: number | null
  direction: Direction
  at_ms: number // phone time
  persons: number
  person_ids: readonly number[]
  counted: boolean
}

/** Everybody who crossed with a record: one party on foot, or each party in a vehicle. */
export function crossings_of({ record, consumes_outing }: StoredRecord): Crossing[] {
  const { direction, happened_ms: at_ms } = record
  const parties = 'parties' in record ? record.parties : [record]
  return parties.map(({ household_id, persons, person_ids }, i) => ({
    household_id: household_id ?? null,
    direction,
    at_ms,
    persons,
    person_ids,
    counted: Array.isArray(consumes_outing) ? (consumes_outing[i] ?? false) : consumes_outing,
  }))
}

/** The uses of the list, continued by the phone's own passages of the same household. */
export function continued_uses(
  listed: readonly Use[],
  household_id: number,
  own: readonly StoredRecord[],
  offset_ms: number,
): Use[] {
  const uses = listed.map((use) => ({ ...use }))
  for (const crossing of own.flatMap(crossings_of)) {
    if (crossing.household_id !== household_id) continue
    const at_ms = crossing.at_ms + offset_ms
    if (crossing.direction === 'out') {
      uses.push({
        exit_at_ms: at_ms,
        return_at_ms: null,
        persons: crossing.persons,
        counted: crossing.counted,
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
  const last = own.flatMap(crossings_of).findLast((crossing) => crossing.person_ids.includes(person_id))
  if (!last) return 'unknown'
  return last.direction === 'out' ? 'outside' : 'inside'
}
