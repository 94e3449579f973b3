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
