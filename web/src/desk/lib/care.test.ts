import { describe, expect, it } from 'vitest'

import { amount_text, clock_of, fen_of, milli_of, minute_of, service_tone, yuan_text } from './care'

describe('amounts (XN-66, XN-67)', () => {
  it('reads what is typed, and says what is none', () => {
    expect(milli_of('2.5')).toBe(2500)
    expect(milli_of(' 30 ')).toBe(30000)
    expect(milli_of('')).toBeNull()
    expect(milli_of('two')).toBeUndefined()
    expect(milli_of('1.2345')).toBeUndefined()
    expect(fen_of('15.8')).toBe(1580)
    expect(fen_of('15,80')).toBe(1580)
    expect(fen_of('0.01')).toBe(1)
    expect(fen_of('1.999')).toBeUndefined()
  })
  it('shows them again', () => {
    expect(amount_text(2500)).toBe('2.5')
    expect(yuan_text(1580)).toBe('15.80')
  })
})

describe('hours and states', () => {
  it('reads an hour and shows it', () => {
    expect(minute_of('10:30')).toBe(630)
    expect(clock_of(720)).toBe('12:00')
  })
  it('shows what waits as waiting', () => {
    expect(service_tone('received')).toBe('warn')
    expect(service_tone('confirmed')).toBe('good')
    expect(service_tone('batched')).toBe('plain')
  })
})
