// People who wait beside the gate while others pass: for a second reading or for the duty officer.
import type { Verdict } from '@shared/decide'

import type { Visit } from './visit'

export const duty_answer_ms = 15 * 60_000

export interface WaitingVisit {
  visit: Visit
  kind: 'second_reading' | 'duty'
  due_ms: number // phone time: when the reading may be taken, or the duty officer must have answered
}

/** How a visit waits, if its verdict is one to wait for. */
export function waiting_of(visit: Visit, verdict: Verdict, offset_ms: number): WaitingVisit | null {
  if (verdict.need === 'second_reading' && verdict.second_reading_at_ms !== null)
    return { visit, kind: 'second_reading', due_ms: verdict.second_reading_at_ms - offset_ms }
  if (visit.referred_ms !== null) return { visit, kind: 'duty', due_ms: visit.referred_ms + duty_answer_ms }
  return null
}

/** "9:05"; never negative. */
export function countdown(due_ms: number, now_ms: number): string {
  const seconds = Math.max(0, Math.ceil((due_ms - now_ms) / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
