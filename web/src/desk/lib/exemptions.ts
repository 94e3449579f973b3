// Certificates in the words of the page.
import type { Exemption } from '../api/types'

type Translate = (key: string, params?: Record<string, unknown>) => string

export const clock_of = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** "Mo Tu … 22:00–06:00"; a whole day and every day are said in a word. */
export function exemption_hours(
  row: Pick<Exemption, 'weekdays' | 'from_minute' | 'until_minute'>,
  t: Translate,
): string {
  const days = [0, 1, 2, 3, 4, 5, 6].filter((day) => (row.weekdays >> day) & 1)
  const on =
    days.length === 7 ? t('exemption_field.every_day') : days.map((day) => t(`weekday.${day}`)).join(' ')
  const whole = row.from_minute === 0 && row.until_minute === 1440
  return whole ? on : `${on} ${clock_of(row.from_minute)}–${clock_of(row.until_minute)}`
}

export const exemption_tone = ({ exemption_state }: Pick<Exemption, 'exemption_state'>) =>
  exemption_state === 'valid'
    ? ('good' as const)
    : exemption_state === 'to_confirm'
      ? ('warn' as const)
      : ('plain' as const)

/** "22:00" of a time field; null while it is not filled in. */
export function minute_of(text: string): number | null {
  const found = /^(\d{2}):(\d{2})$/.exec(text)
  return found ? Number(found[1]) * 60 + Number(found[2]) : null
}
