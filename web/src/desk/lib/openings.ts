// The openings of the chosen compound, and what the server finds wrong with them (practice.md 3 and 10).
import { shallowRef } from 'vue'

import { api } from '../api/client'
import type { Violation } from '../api/place_types'
import type { Opening, Page } from '../api/types'
import { use_session } from '../state/session'

/** What concerns one opening, and what concerns the compound as a whole. */
export function violations_of(all: readonly Violation[], opening_id: number | null): Violation[] {
  return all.filter((violation) => violation.opening_id === opening_id)
}

/** "06:00" for 360; the end of the day is 24:00. */
export const clock_text = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Minutes of "6:00" or "24:00"; null when it is no time of day. */
export function clock_minutes(text: string): number | null {
  const match = /^\s*(\d{1,2})[:：](\d{2})\s*$/.exec(text)
  if (!match) return null
  const minutes = Number(match[1]) * 60 + Number(match[2])
  return Number(match[2]) < 60 && minutes <= 1440 ? minutes : null
}

export const always_open = (opening: Pick<Opening, 'open_minute' | 'close_minute'>): boolean =>
  opening.open_minute === null || (opening.open_minute === 0 && opening.close_minute === 1440)

export async function read_openings(compound_id: number | null): Promise<Opening[]> {
  return (await api.get<Page<Opening>>('/api/openings', { compound_id })).items
}

export function use_openings() {
  const session = use_session()
  const openings = shallowRef<Opening[]>([])
  async function load(): Promise<void> {
    openings.value = await read_openings(session.compound_id)
  }
  return { openings, load }
}
