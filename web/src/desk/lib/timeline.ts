// A trajectory as bars: one line per place, in the order of first being there.
import type { TraceStop } from '../api/trace_types'

export interface Bar {
  left: number // share of the width, 0 to 1
  width: number
  sure: { left: number; width: number } | null // what is on record of it; null: all of it
  stop: TraceStop
}
export interface Line {
  key: string
  kind: TraceStop['kind']
  place: string
  bars: Bar[]
}

/** Bars no thinner than `least`, so that a crossing can be seen. */
export function timeline(
  stops: readonly TraceStop[],
  from_ms: number,
  until_ms: number,
  least: number,
): Line[] {
  const span = Math.max(1, until_ms - from_ms)
  const share = (at: number): number => Math.min(1, Math.max(0, (at - from_ms) / span))
  const sure = (stop: TraceStop, left: number, width: number): Bar['sure'] => {
    if (stop.from_latest_ms === null && stop.until_earliest_ms === null) return null
    const begin = Math.min(share(stop.from_latest_ms ?? stop.from_ms), left + width - least)
    const end = Math.max(share(stop.until_earliest_ms ?? stop.until_ms ?? until_ms), begin + least)
    return { left: begin, width: end - begin }
  }
  const lines = new Map<string, Line>()
  for (const stop of stops) {
    const key = `${stop.kind}/${stop.place_id}`
    const line = lines.get(key) ?? { key, kind: stop.kind, place: stop.place, bars: [] }
    const begin = share(stop.from_ms)
    const width = Math.max(least, share(stop.until_ms ?? until_ms) - begin)
    const left = Math.min(begin, 1 - width)
    line.bars.push({ left, width, sure: sure(stop, left, width), stop })
    lines.set(key, line)
  }
  return [...lines.values()]
}

/** Midnights within the time, as shares of the width. */
export function midnights(
  from_ms: number,
  until_ms: number,
  offset_minutes: number,
): { at: number; ms: number }[] {
  const day_ms = 86_400_000
  const shift = offset_minutes * 60_000
  const out: { at: number; ms: number }[] = []
  for (let ms = Math.ceil((from_ms + shift) / day_ms) * day_ms - shift; ms <= until_ms; ms += day_ms)
    out.push({ at: (ms - from_ms) / Math.max(1, until_ms - from_ms), ms })
  return out
}
