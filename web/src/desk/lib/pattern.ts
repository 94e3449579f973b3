// A building as it is drawn before it is created: rows are floors, columns are rooms, a block per stair.
import type { PatternCell } from '../api/types'

export interface DrawnFloor {
  floor: number
  cells: PatternCell[]
}

export interface DrawnStair {
  stair: string
  floors: DrawnFloor[] // the highest first, as one looks at the house
}

/** Stairs and rooms keep the order in which the server walks. */
export function draw_pattern(cells: readonly PatternCell[]): DrawnStair[] {
  const stairs = new Map<string, Map<number, PatternCell[]>>()
  for (const cell of cells) {
    const floors = stairs.get(cell.stair) ?? new Map<number, PatternCell[]>()
    stairs.set(cell.stair, floors)
    floors.set(cell.floor, [...(floors.get(cell.floor) ?? []), cell])
  }
  return [...stairs].map(([stair, floors]) => ({
    stair,
    floors: [...floors].sort(([a], [b]) => b - a).map(([floor, row]) => ({ floor, cells: row })),
  }))
}

/** "4, 13、14 13=12A" as its parts: people write lists in every way. */
export const split_list = (text: string): string[] => [
  ...new Set(text.split(/[\s,;、，；]+/).filter((part) => part !== '')),
]
