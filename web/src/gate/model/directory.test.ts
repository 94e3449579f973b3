import { describe, expect, it } from 'vitest'

import { Directory } from './directory'
import { small_list } from './testing'

const directory = new Directory(small_list())

describe('the doors of the list', () => {
  it('come in the order people count', () => {
    expect(directory.buildings()).toEqual(['1', '2', '10'])
    expect(
      directory.floors('1', '1').map(({ floor, doors }) => [floor, doors.map((door) => door.r)]),
    ).toEqual([
      ['1', ['101', '102']],
      ['10', ['1001']],
    ])
  })

  it('are named with the stair where there is one', () => {
    expect([directory.label(11), directory.label(14), directory.label(99)]).toEqual(['1-1-101', '2-201', ''])
  })
})

describe('filings of who comes from elsewhere (XN-50)', () => {
  const filed = new Directory(
    small_list({
      filings: [
        { h: 1, m: 101, f: false },
        { h: 1, m: 102, f: true },
        { h: 2, m: null, f: false },
        { h: 3, m: 301, f: true },
      ],
    }),
  )
  it('are missing for whom they are missing and nobody else of the home', () => {
    expect(filed.filing(1, [101])).toBe('missing')
    expect(filed.filing(1, [103, 101])).toBe('missing')
    expect(filed.filing(1, [102])).toBe('filed')
    expect(filed.filing(1, [103])).toBe('not_needed')
    expect(filed.filing(9, [901])).toBe('not_needed')
  })
  it('are asked of nobody before somebody is chosen', () => {
    expect(filed.filing(1, [])).toBe('not_needed')
    expect(filed.filing(2, [])).toBe('not_needed')
    expect(filed.filing(3, [])).toBe('filed')
  })
})
