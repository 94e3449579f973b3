// Bars of a trajectory (XN-46).
import { describe, expect, it } from 'vitest'

import type { TraceStop } from '../api/trace_types'
import { midnights, timeline } from './timeline'

const stop = (place_id: number, from_ms: number, until_ms: number | null): TraceStop => ({
  kind: 'opening',
  place_id,
  place: `${place_id}`,
  from_ms,
  until_ms,
  certainty: 'observed',
  from_latest_ms: null,
  until_earliest_ms: null,
})

describe('timeline', () => {
  it('puts the bars of a place on one line, in time', () => {
    const lines = timeline([stop(1, 0, 50), stop(2, 10, 20), stop(1, 90, null)], 0, 100, 0.01)
    expect(lines.map((line) => line.place)).toEqual(['1', '2'])
    expect(lines[0]?.bars.map((bar) => [bar.left, bar.width])).toEqual([
      [0, 0.5],
      [0.9, 1 - 0.9],
    ])
  })
  it('keeps a crossing visible and inside, also at the very end', () => {
    const [line] = timeline([stop(1, 100, 100)], 0, 100, 0.02)
    expect(line?.bars[0]).toMatchObject({ left: 0.98, width: 0.02 })
  })
  it('draws what lasts longer than the window to its edges', () => {
    const [line] = timeline([stop(1, -500, 900)], 0, 100, 0.01)
    expect(line?.bars[0]).toMatchObject({ left: 0, width: 1 })
  })
  it('marks what is on record of a stay whose other end is not', () => {
    const [exit] = timeline([{ ...stop(1, 0, 80), from_latest_ms: 80 }], 0, 100, 0.01)
    expect(exit?.bars[0]?.sure?.left).toBeCloseTo(0.79)
    expect(exit?.bars[0]?.sure?.width).toBeCloseTo(0.01)
    const [entry] = timeline([{ ...stop(1, 20, null), until_earliest_ms: 40 }], 0, 100, 0.01)
    expect(entry?.bars[0]?.sure?.left).toBeCloseTo(0.2)
    expect(entry?.bars[0]?.sure?.width).toBeCloseTo(0.2)
    expect(timeline([stop(1, 0, 80)], 0, 100, 0.01)[0]?.bars[0]?.sure).toBeNull()
  })
  it('knows the midnights of the installation, not of the browser', () => {
    const day = 86_400_000
    expect(midnights(0, 2 * day, 480).map((m) => m.ms)).toEqual([
      day - 8 * 3_600_000,
      2 * day - 8 * 3_600_000,
    ])
  })
})
