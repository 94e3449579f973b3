// Instants are UTC milliseconds; what people read is civil time of the installation's one zone.
// The offset comes from the server, never from the browser: an office PC may stand in any zone.

const minute_ms = 60_000
const day_ms = 86_400_000

const two = (n: number): string => String(n).padStart(2, '0')

export interface CivilTime {
  day: string // YYYY-MM-DD
  hour: number
  minute: number
  second: number
}

export function civil_time(instant_ms: number, offset_minutes: number): CivilTime {
  const shifted = new Date(instant_ms + offset_minutes * minute_ms)
  return {
    day: shifted.toISOString().slice(0, 10),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
  }
}

export const civil_day = (instant_ms: number, offset_minutes: number): string =>
  civil_time(instant_ms, offset_minutes).day

/** First instant of a civil day. */
export const day_start_ms = (day: string, offset_minutes: number): number =>
  Date.parse(`${day}T00:00:00Z`) - offset_minutes * minute_ms

export const add_days = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * day_ms).toISOString().slice(0, 10)

/** "16:05" */
export function clock_text(instant_ms: number, offset_minutes: number): string {
  const at = civil_time(instant_ms, offset_minutes)
  return `${two(at.hour)}:${two(at.minute)}`
}

/** "2020-02-11 16:05", with seconds on request. */
export function instant_text(instant_ms: number, offset_minutes: number, with_seconds = false): string {
  const at = civil_time(instant_ms, offset_minutes)
  const seconds = with_seconds ? `:${two(at.second)}` : ''
  return `${at.day} ${two(at.hour)}:${two(at.minute)}${seconds}`
}

/** "16:05" on the same civil day, "02-11 16:05" in the same year, else the full date. */
export function short_instant_text(instant_ms: number, now_ms: number, offset_minutes: number): string {
  const full = instant_text(instant_ms, offset_minutes)
  const today = civil_day(now_ms, offset_minutes)
  if (full.startsWith(today)) return full.slice(11)
  return full.slice(0, 4) === today.slice(0, 4) ? full.slice(5) : full
}

/** Value of an `<input type="datetime-local">`, read as civil time; null when empty or not a time. */
export function instant_of_input(text: string, offset_minutes: number): number | null {
  const utc = Date.parse(`${text}Z`)
  return text === '' || Number.isNaN(utc) ? null : utc - offset_minutes * minute_ms
}

export const input_of_instant = (instant_ms: number, offset_minutes: number): string =>
  instant_text(instant_ms, offset_minutes).replace(' ', 'T')

/** 125 s as "2:05"; never negative. */
export function countdown_text(remaining_ms: number): string {
  const seconds = Math.max(0, Math.ceil(remaining_ms / 1000))
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
}
