// The gate list, indexed for look-up: who belongs to a card, a short code or a door.
import type {
  GateList,
  ListDwelling,
  ListHolder,
  ListHousehold,
  ListPass,
  ListUse,
  ListVehicle,
} from '@shared/api_types'
import { default_policy, type Filing, type Policy, type Standing } from '@shared/decide'

const natural = new Intl.Collator('zh-CN', { numeric: true })

export class Directory {
  private readonly passes_by_id = new Map<number, ListPass>()
  private readonly passes_by_code = new Map<string, ListPass>()
  private readonly households_by_id = new Map<number, ListHousehold>()
  private readonly dwellings_by_id = new Map<number, ListDwelling>()
  private readonly uses_by_household = new Map<number, ListUse[]>()
  private readonly policies_by_dwelling = new Map<number, Policy>()
  private readonly words = new Map<string, Standing>()
  private readonly holders_by_pass = new Map<number, ListHolder>()
  private readonly vehicles_by_plate = new Map<string, ListVehicle>()
  private readonly stairs_by_building = new Map<string, Map<string, ListDwelling[]>>()

  readonly list: GateList

  // A list that was kept before the program was renewed lacks what has come since: it has the defaults.
  constructor(kept: GateList) {
    const plain = default_policy()
    const modes = { ...plain.modes, ...kept.policy.modes }
    const { rules = [], words = [], filings = [] }: Partial<GateList> = kept
    const list: GateList = { ...kept, rules, words, filings, policy: { ...plain, ...kept.policy, modes } }
    this.list = list
    for (const pass of list.passes) {
      this.passes_by_id.set(pass.id, pass)
      if (pass.c) this.passes_by_code.set(pass.c, pass)
    }
    for (const household of list.households) this.households_by_id.set(household.id, household)
    for (const use of list.uses) {
      const uses = this.uses_by_household.get(use.h)
      if (uses) uses.push(use)
      else this.uses_by_household.set(use.h, [use])
    }
    for (const holder of (list.holders as ListHolder[] | undefined) ?? [])
      this.holders_by_pass.set(holder.id, holder)
    // A list kept from before vehicles were on it has none.
    for (const vehicle of this.vehicles()) this.vehicles_by_plate.set(vehicle.p, vehicle)
    for (const dwelling of list.dwellings) this.add_dwelling(dwelling)
    for (const rule of list.rules)
      for (const id of rule.dwellings) this.policies_by_dwelling.set(id, rule.policy)
    for (const word of list.words) this.words.set(`${word.h}/${word.m ?? ''}`, word.w)
  }

  /** The rules of a door: its own building's or level's, else the compound's. */
  policy(dwelling_id: number | null): Policy {
    return (dwelling_id === null ? undefined : this.policies_by_dwelling.get(dwelling_id)) ?? this.list.policy
  }

  /** 可出, 不可出 or 请联系社区, and no why (practice.md 24). */
  standing(household_id: number, person_id: number | null): Standing {
    const all = this.words.get(`${household_id}/`) ?? 'may_leave'
    return person_id === null ? all : (this.words.get(`${household_id}/${person_id}`) ?? all)
  }

  /** Of who comes from elsewhere; nobody chosen: of the whole household (filings.cpp). */
  filing(household_id: number, persons: readonly number[]): Filing {
    const concerned = this.list.filings.filter(
      ({ h, m }) => h === household_id && (persons.length === 0 || (m !== null && persons.includes(m))),
    )
    if (concerned.some(({ f }) => !f)) return persons.length === 0 ? 'not_needed' : 'missing'
    return concerned.length > 0 ? 'filed' : 'not_needed'
  }

  private add_dwelling(dwelling: ListDwelling): void {
    this.dwellings_by_id.set(dwelling.id, dwelling)
    const stairs = this.stairs_by_building.get(dwelling.b) ?? new Map<string, ListDwelling[]>()
    this.stairs_by_building.set(dwelling.b, stairs)
    const doors = stairs.get(dwelling.s)
    if (doors) doors.push(dwelling)
    else stairs.set(dwelling.s, [dwelling])
  }

  pass(id: number): ListPass | null {
    return this.passes_by_id.get(id) ?? null
  }

  pass_by_code(code: string): ListPass | null {
    return this.passes_by_code.get(code) ?? null
  }

  /** Whose a card is that is no household's. */
  holder(pass_id: number): ListHolder | null {
    return this.holders_by_pass.get(pass_id) ?? null
  }

  household(id: number): ListHousehold | null {
    return this.households_by_id.get(id) ?? null
  }

  dwelling(id: number): ListDwelling | null {
    return this.dwellings_by_id.get(id) ?? null
  }

  private vehicles(): readonly ListVehicle[] {
    return (this.list.vehicles as ListVehicle[] | undefined) ?? []
  }

  vehicle(plate: string): ListVehicle | null {
    return this.vehicles_by_plate.get(plate) ?? null
  }

  /** Plates that hold what was typed, those that begin with it first. */
  plates_like(typed: string, limit: number): string[] {
    const found = this.vehicles()
      .map((vehicle) => vehicle.p)
      .filter((plate) => plate.includes(typed))
    return found.sort((a, b) => a.indexOf(typed) - b.indexOf(typed)).slice(0, limit)
  }

  /** Province and office of most plates here: the keys need not be pressed again and again. */
  usual_prefix(): string {
    const counts = new Map<string, number>()
    for (const { p } of this.vehicles()) counts.set(p.slice(0, 2), (counts.get(p.slice(0, 2)) ?? 0) + 1)
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ''
  }

  uses(household_id: number): ListUse[] {
    return this.uses_by_household.get(household_id) ?? []
  }

  buildings(): string[] {
    return [...this.stairs_by_building.keys()].sort(natural.compare)
  }

  stairs(building: string): string[] {
    return [...(this.stairs_by_building.get(building)?.keys() ?? [])].sort(natural.compare)
  }

  /** The doors of a stair by floor, lowest floor first. */
  floors(building: string, stair: string): { floor: string; doors: ListDwelling[] }[] {
    const floors = new Map<string, ListDwelling[]>()
    for (const door of this.stairs_by_building.get(building)?.get(stair) ?? []) {
      const doors = floors.get(door.f)
      if (doors) doors.push(door)
      else floors.set(door.f, [door])
    }
    return [...floors]
      .map(([floor, doors]) => ({ floor, doors: doors.sort((a, b) => natural.compare(a.r, b.r)) }))
      .sort((a, b) => floor_order(a.floor) - floor_order(b.floor) || natural.compare(a.floor, b.floor))
  }

  /** "1-1-101"; without a stair "1-101". */
  label(dwelling_id: number): string {
    const dwelling = this.dwelling(dwelling_id)
    return dwelling ? [dwelling.b, dwelling.s, dwelling.r].filter((part) => part !== '').join('-') : ''
  }
}

const floor_order = (floor: string): number => {
  const number = Number.parseInt(floor, 10)
  return Number.isNaN(number) ? 0 : number
}
