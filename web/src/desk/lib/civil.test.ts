import { describe, expect, it } from 'vitest'

import {
  add_days,
  civil_day,
  clock_text,
  countdown_text,
  day_start_ms,
  input_of_instant,
  instant_of_input,
  instant_text,
  short_instant_text,
} from './civil'

const china = 480
// 2020-02-11 16:05:09 in China
const at = Date.UTC(2020, 1, 11, 8, 5, 9)

describe('civil time of the installation', () => {
  it('reads instants by the offset of the server, not of the browser', () => {
    expect(instant_text(at, china)).toBe('2020-02-11 16:05')
    expect(instant_text(at, china, true)).toBe('2020-02-11 16:05:09')
    expect(clock_text(at, 0)).toBe('08:05')
  })

  it('changes the day at civil midnight', () => {
    const midnight = day_start_ms('2020-02-12', china)
    expect(civil_day(midnight - 1, china)).toBe('2020-02-11')
    expect(civil_day(midnight, china)).toBe('2020-02-12')
    expect(add_days('2020-02-28', 2)).toBe('2020-03-01')
    expect(add_days('2020-01-01', -1)).toBe('2019-12-31')
  })

  it('shortens what is near', () => {
    expect(short_instant_text(at, at + 60_000, china)).toBe('16:05')
    expect(short_instant_text(at, at + 86_400_000, china)).toBe('02-11 16:05')
    expect(short_instant_text(at, Date.UTC(2021, 1, 11), china)).toBe('2020-02-11 16:05')
  })

  it('reads and writes the value of a datetime field', () => {
    expect(instant_of_input('2020-02-11T16:05', china)).toBe(Date.UTC(2020, 1, 11, 8, 5))
    expect(input_of_instant(Date.UTC(2020, 1, 11, 8, 5), china)).toBe('2020-02-11T16:05')
    expect(instant_of_input('', china)).toBeNull()
    expect(instant_of_input('tomorrow', china)).toBeNull()
  })

  it('counts down to zero and not below', () => {
    expect(countdown_text(600_000)).toBe('10:00')
    expect(countdown_text(59_001)).toBe('1:00')
    expect(countdown_text(-5)).toBe('0:00')
  })
})
