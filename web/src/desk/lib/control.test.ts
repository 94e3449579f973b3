import { describe, expect, it } from 'vitest'

import { half_of_hour, tenths_of } from './control'

describe('temperatures as they are typed', () => {
  it('reads 365, 36.5 and 36,5 alike', () => {
    for (const text of ['365', '36.5', '36,5', ' 36.5 ']) expect(tenths_of(text)).toBe(365)
    expect(tenths_of('37')).toBe(370)
  })
  it('knows nothing typed from what is no temperature', () => {
    expect(tenths_of('')).toBeNull()
    for (const text of ['3.65', '3650', '12', '99', 'abc', '36.55']) expect(tenths_of(text)).toBeUndefined()
  })
})

it('asks for the evening after two', () => {
  expect(half_of_hour(8)).toBe('morning')
  expect(half_of_hour(14)).toBe('evening')
})
