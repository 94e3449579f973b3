// Civil days of a fixed offset from UTC, in the integer arithmetic of src/engine/gate/civil.hpp: the
// phone's own zone and clock settings play no part. Instants are UTC milliseconds below 2^53.

const minute_ms = 60_000
const day_ms = 86_400_000

// Exact where Math.floor(a / b) rounds: the remainder of two integers has no error.
export function floor_div(a: number, b: number): number {
  const rest = a % b
  return (a - rest) / b - (rest < 0 ? 1 : 0)
}

// Days since 1970-01-01 of the day that holds the instant.
export function civil_day(at_ms: number, utc_offset_minutes: number): number {
  return floor_div(at_ms + utc_offset_minutes * minute_ms, day_ms)
}

// First instant of that day.
export function start_of_day(day: number, utc_offset_minutes: number): number {
  return day * day_ms - utc_offset_minutes * minute_ms
}

// 0..1439.
export function minute_of_day(at_ms: number, utc_offset_minutes: number): number {
  const since = at_ms - start_of_day(civil_day(at_ms, utc_offset_minutes), utc_offset_minutes)
  return floor_div(since, minute_ms)
}

// 0 Monday .. 6 Sunday; 1970-01-01 was a Thursday.
export function weekday(day: number): number {
  return day + 3 - 7 * floor_div(day + 3, 7)
}

// Month 1..12 and day of the month, for 下次可外出M月D日.
export function month_and_day(day: number): { month: number; day: number } {
  const date = new Date(day * day_ms)
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}
