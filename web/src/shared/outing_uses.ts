// The outings of a household, derived from its passages each time and never counted up: the twin of
// src/engine/gate/uses.cpp, which tells the rules. Keys are ASCII, so both sides sort them alike.
import type { PassageEvent, PassageKind, Use } from './decide_types.ts'

const kinds: PassageKind[] = ['exit', 'entry', 'close', 'reversal']
const order_of = (e: PassageEvent) => [
  e.at_ms,
  kinds.indexOf(e.kind),
  e.key,
  e.person,
  e.persons,
  +e.counted,
  e.ref,
]

function in_order(a: PassageEvent, b: PassageEvent): number {
  const right = order_of(b)
  for (const [i, left] of order_of(a).entries()) {
    if (left < right[i]!) return -1
    if (left > right[i]!) return 1
  }
  return 0
}

function standing_events(events: readonly PassageEvent[]): PassageEvent[] {
  const seen = new Set<string>()
  const once = [...events].sort(in_order).filter((e) => !seen.has(e.key) && seen.add(e.key))
  const taken_back = new Set<string>()
  for (const e of [...once].reverse())
    if (e.kind === 'reversal' && !taken_back.has(e.key)) taken_back.add(e.ref)
  return once.filter((e) => e.kind !== 'reversal' && !taken_back.has(e.key))
}

export function uses_from_passages(events: readonly PassageEvent[]): Use[] {
  const outings: { use: Use; person: number; key: string }[] = []
  const first_open = (of: (outing: { person: number; key: string }) => boolean) =>
    outings.find((o) => o.use.return_at_ms == null && !o.use.closed_without_return && of(o))?.use
  for (const e of standing_events(events)) {
    const of_person = (o: { person: number }) => o.person === e.person
    if (e.kind === 'exit') {
      const before = e.person !== 0 ? first_open(of_person) : undefined
      if (before) before.closed_without_return = true
      const { at_ms, persons, counted } = e
      const use = { exit_at_ms: at_ms, return_at_ms: null, persons, counted, closed_without_return: false }
      outings.push({ use, person: e.person, key: e.key })
    } else if (e.kind === 'entry') {
      const use =
        e.person === 0 ? first_open(() => true) : (first_open(of_person) ?? first_open((o) => o.person === 0))
      if (use) use.return_at_ms = e.at_ms
    } else {
      const use = first_open((o) => o.key === e.ref)
      if (use) use.closed_without_return = true
    }
  }
  return outings.map((o) => o.use)
}
