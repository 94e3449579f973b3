// What the figures of a round mean together.
import type { SurveyCoverage } from '../api/survey_types'

export const resolved_of = (count: SurveyCoverage): number =>
  count.not_fitted_out + count.vacant + count.occupied

/** Doors that nobody tried yet. */
export const untried_of = (count: SurveyCoverage): number =>
  count.dwellings - resolved_of(count) - count.tried - count.registered - count.handed_over

/** Whole per cent, rounded down: 100 % is said only when nothing is left. */
export const percent_of = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.floor((part * 100) / whole)

export const contacts = ['knock', 'phone', 'sms', 'wechat'] as const
export interface Step {
  contact: string
  times: number
}
/** "knock:3 phone:1" and back. */
export const steps_of = (ladder: string): Step[] =>
  ladder.split(' ').map((word) => {
    const [contact = '', times = '1'] = word.split(':')
    return { contact, times: Number(times) }
  })
export const ladder_of = (steps: readonly Step[]): string =>
  steps
    .filter((step) => step.times > 0)
    .map((step) => `${step.contact}:${step.times}`)
    .join(' ')
