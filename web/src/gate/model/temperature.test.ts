import { describe, expect, it } from 'vitest'

import { read_keys, read_text, show_tenths } from './temperature'

describe('the temperature keys (practice.md 15)', () => {
  it.each([
    ['65', 365],
    ['365', 365],
    ['73', 373],
    ['373', 373],
    ['402', 402],
    ['345', 345],
    ['289', 289],
    ['59', 359],
  ])('%s is %i tenths', (keys, tenths) => {
    expect(read_keys(keys)).toEqual({ state: 'done', tenths })
  })

  it.each(['', '3', '36', '6', '4', '40'])('waits for more after "%s"', (keys) => {
    expect(read_keys(keys)).toEqual({ state: 'more' })
  })

  it.each(['0', '1', '36a', '655', '3655'])('refuses "%s"', (keys) => {
    expect(read_keys(keys)).toEqual({ state: 'wrong' })
  })
})

describe('a reading that arrives as text', () => {
  it.each([
    ['36.5', 365],
    ['36,5', 365],
    ['365', 365],
    ['36.5℃', 365],
    ['43', 430],
    ['32', 320],
  ])('%s is %i tenths', (text, tenths) => expect(read_text(text)).toBe(tenths))

  it.each(['3.65', '3655', 'Lo', '', '36.55'])('refuses "%s"', (text) => expect(read_text(text)).toBeNull())
})

it('shows tenths with one decimal', () =>
  expect([show_tenths(365), show_tenths(400)]).toEqual(['36.5', '40.0']))
