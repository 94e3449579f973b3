import type { Enrolment } from '../api/types'

const minute_ms = 60_000

/** A phone at a gate reports every minute or so; silence is shown before a guard has to call. */
export function contact_tone(device: Enrolment, now_ms: number): 'plain' | 'good' | 'warn' | 'bad' {
  if (device.state !== 'active') return 'plain'
  if (device.last_contact_ms === null) return 'warn'
  const silent = now_ms - device.last_contact_ms
  if (silent > 60 * minute_ms) return 'bad'
  return silent > 10 * minute_ms ? 'warn' : 'good'
}
