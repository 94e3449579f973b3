// A building as storeys and stairs, ready to be drawn. What nobody knows has its own mark, never a zero.
import type { DrawnBuilding } from '../api/place_types'

export const cell_width = 26
export const cell_height = 14
const gap = 2
const foot = 18

export type CellState = 'registered' | 'lived_in' | 'vacant' | 'mixed' | 'unknown'

export interface DrawnRect {
  key: string
  x: number
  y: number
  state: CellState
  text: string
  stair: string
  floor: number | null
  dwellings: number
  registered: number
}
export interface DrawnHouse {
  width: number
  height: number
  rects: DrawnRect[]
  stairs: { name: string; x: number }[]
  unknown_storeys: boolean // dwellings whose storey nobody wrote down stand in a row of their own
}

type Cell = DrawnBuilding['cells'][number]

/** All registered, all of one other state, or several at once. */
export function state_of(
  cell: Pick<Cell, 'dwellings' | 'registered' | 'lived_in' | 'vacant' | 'unknown'>,
): CellState {
  if (cell.dwellings === 0) return 'unknown'
  if (cell.registered >= cell.dwellings) return 'registered'
  if (cell.vacant === cell.dwellings) return 'vacant'
  if (cell.unknown === cell.dwellings && cell.registered === 0) return 'unknown'
  if (cell.lived_in === cell.dwellings && cell.registered === 0) return 'lived_in'
  return 'mixed'
}

export function draw_house(building: DrawnBuilding): DrawnHouse {
  const floors = [
    ...new Set(building.cells.flatMap((cell) => (cell.floor === null ? [] : [cell.floor]))),
  ].sort((a, b) => b - a)
  const unknown_storeys = building.cells.some((cell) => cell.floor === null)
  const rows = floors.length + (unknown_storeys ? 1 : 0)
  const rects = building.cells.map((cell) => {
    const row = cell.floor === null ? rows - 1 : floors.indexOf(cell.floor)
    return {
      key: `${cell.stair}/${cell.floor ?? '?'}`,
      x: building.stairs.indexOf(cell.stair) * (cell_width + gap),
      y: row * (cell_height + gap),
      state: state_of(cell),
      text: cell.floor === null ? '?' : String(cell.dwellings),
      stair: cell.stair,
      floor: cell.floor,
      dwellings: cell.dwellings,
      registered: cell.registered,
    }
  })
  return {
    width: Math.max(1, building.stairs.length) * (cell_width + gap),
    height: Math.max(3, rows) * (cell_height + gap) + foot,
    rects,
    stairs: building.stairs.map((name, index) => ({ name, x: index * (cell_width + gap) + cell_width / 2 })),
    unknown_storeys,
  }
}
