// A stair as it is built, and how each of its doors stands with what this phone recorded since the doors were
// taken along.
import type { Door, FieldRecord, NewAttempt } from './store'

/** later: nobody answered, it comes back by itself; all the rest as the words say. */
export type Look = 'todo' | 'done' | 'empty' | 'unfitted' | 'later' | 'call' | 'register'

export interface Cell {
  door: Door
  look: Look
  unanswered: number
  unsent: boolean
}
/** As built, or the doors first behind which somebody is likely to live. */
export type Order = 'built' | 'likely'
export interface Floor {
  floor: number | null
  cells: Cell[]
}
export interface Stair {
  key: string
  name: string
  floors: Floor[] // as they are seen from outside: the highest first
  left: number
  total: number
}
export interface Building {
  name: string
  stairs: Stair[]
  left: number
  total: number
}

function look_of(door: Door, now_ms: number): Look {
  if (door.state === 'resolved')
    return door.outcome === 'not_fitted_out' ? 'unfitted' : door.outcome === 'vacant' ? 'empty' : 'done'
  if (door.state === 'registered' || door.state === 'handed_over') return 'register'
  if (door.not_before_ms !== null && door.not_before_ms > now_ms) return 'later'
  return door.next_contact === null || door.next_contact === 'knock' ? 'todo' : 'call'
}

function look_after(attempt: NewAttempt, before: Look): Look {
  if (attempt.fitted_out === 'no') return 'unfitted'
  if (attempt.occupied === 'no') return 'empty'
  if (attempt.occupied === 'yes' && attempt.persons !== null && attempt.persons !== undefined) return 'done'
  return attempt.answered ? before : 'later'
}

export function cell_of(door: Door, own: readonly FieldRecord[], now_ms: number): Cell {
  const cell: Cell = { door, look: look_of(door, now_ms), unanswered: door.unanswered_knocks, unsent: false }
  for (const { body } of own) {
    if (body.kind !== 'attempt') continue
    const { attempt } = body
    if (attempt.round_id !== door.round_id || attempt.dwelling_id !== door.dwelling_id) continue
    cell.unsent = true
    // Taken back: as it was before, until the server says how it stands.
    cell.look = attempt.retracts ? 'todo' : look_after(attempt, cell.look)
    if (!attempt.answered && attempt.contact === 'knock' && !attempt.retracts) cell.unanswered += 1
  }
  return cell
}

export const is_open = (cell: Cell): boolean => cell.look === 'todo' || cell.look === 'call'

/** Doors in walking order, drawn building by building, stair by stair. */
export function buildings_of(
  doors: readonly Door[],
  own: readonly FieldRecord[],
  now_ms: number,
): Building[] {
  const buildings = new Map<string, Map<string, Cell[]>>()
  for (const door of doors) {
    const stairs = buildings.get(door.building) ?? new Map<string, Cell[]>()
    buildings.set(door.building, stairs)
    const cells = stairs.get(door.stair) ?? []
    stairs.set(door.stair, cells)
    cells.push(cell_of(door, own, now_ms))
  }
  return [...buildings].map(([name, stairs]) => {
    const drawn = [...stairs].map(([stair, cells]) => stair_of(name, stair, cells))
    return {
      name,
      stairs: drawn,
      left: drawn.reduce((sum, stair) => sum + stair.left, 0),
      total: drawn.reduce((sum, stair) => sum + stair.total, 0),
    }
  })
}

function stair_of(building: string, name: string, cells: Cell[]): Stair {
  const floors = new Map<number | null, Cell[]>()
  for (const cell of cells) floors.set(cell.door.floor, [...(floors.get(cell.door.floor) ?? []), cell])
  return {
    key: `${building}/${name}`,
    name,
    floors: [...floors]
      .map(([floor, row]) => ({
        floor,
        cells: row.sort((a, b) => a.door.room.localeCompare(b.door.room, 'zh', { numeric: true })),
      }))
      .sort((a, b) => (b.floor ?? 0) - (a.floor ?? 0)),
    left: cells.filter(is_open).length,
    total: cells.length,
  }
}

const likely_percent = 80
/** Its meters say that somebody lives there; none: nothing to go by. */
export const likely = (door: Door): boolean => (door.lived_in_percent ?? 0) >= likely_percent

/** Doors still to do, the likeliest first; those nothing is known of between likely and unlikely ones. */
export function likely_first(stairs: readonly Stair[]): Cell[] {
  const unknown = 50
  return stairs
    .flatMap((stair) => [...stair.floors].reverse().flatMap((floor) => floor.cells))
    .filter(is_open)
    .map((cell, at) => ({ cell, at, percent: cell.door.lived_in_percent ?? unknown }))
    .sort((a, b) => b.percent - a.percent || a.at - b.at)
    .map(({ cell }) => cell)
}

/** "All well": those on file are met and everything is as it stands. Only for a door with people on file. */
export function all_well(
  door: Door,
): Pick<NewAttempt, 'answered' | 'fitted_out' | 'occupied' | 'persons'> | null {
  if (door.on_file === 0) return null
  return { answered: true, fitted_out: 'yes', occupied: 'yes', persons: door.on_file }
}
