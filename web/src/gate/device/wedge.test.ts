import { beforeEach, describe, expect, it } from 'vitest'

import { Wedge } from './wedge'

let bursts: string[]
let keys: string[]
let pending: (() => void) | null
let wedge: Wedge

beforeEach(() => {
  bursts = []
  keys = []
  pending = null
  wedge = new Wedge({ burst: (text) => bursts.push(text), key: (key) => keys.push(key) }, (call) => {
    pending = call
    return () => (pending = null)
  })
})

const type = (text: string, from_ms: number, step_ms: number) =>
  [...text].forEach((key, i) => wedge.press(key, from_ms + i * step_ms))

describe('keys of a scanner gun', () => {
  it('makes one text of a burst that ends with Enter', () => {
    type('SW1:6BF+70790', 0, 5)
    wedge.press('Enter', 70)
    expect(bursts).toEqual(['SW1:6BF+70790'])
    expect(keys).toEqual([])
  })

  it('makes one text of a burst without Enter once the gun pauses', () => {
    type('SW1:6BF+70790', 0, 5)
    expect(bursts).toEqual([])
    pending!()
    expect(bursts).toEqual(['SW1:6BF+70790'])
  })

  it('takes a thermometer that types 36.5 as a burst', () => {
    type('36.5', 0, 8)
    wedge.press('Enter', 40)
    expect(bursts).toEqual(['36.5'])
  })

  it('takes slow digits as fingers on the temperature keys', () => {
    type('65', 0, 300)
    pending!()
    expect(keys).toEqual(['6', '5'])
    expect(bursts).toEqual([])
  })

  it('does not mix the end of one burst with the next', () => {
    type('SW1:AAAA', 0, 5)
    type('SW1:BBBB', 2_000, 5)
    pending!()
    expect(bursts).toEqual(['SW1:AAAA', 'SW1:BBBB'])
  })
})
