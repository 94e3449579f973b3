// The guard's moves with a vehicle: plate, class, who sits in it, their temperatures, release.
import type { Claim, ListHousehold, ListMember, VehicleRecord } from '@shared/api_types'
import { decide_vehicle, is_emergency, may_release_vehicle } from '@shared/vehicle'
import type { VehicleClass, VehicleKind, VehicleVerdict } from '@shared/vehicle'
import { reactive } from 'vue'

import type { DoneKind, Gate } from './gate'
import { continued_uses } from './own_passages'
import { class_of_plate } from './plate'
import type { Draft } from './recorder'
import { new_ride, parties_of, record_of_ride, vehicle_facts, type Ride, type Rider } from './ride'
import { learn_standing, use_of_list } from './visit'

export interface VehicleState {
  ride: Ride | null
  aside: Ride[] // wait for a second reading or the duty officer while the lane goes on
  verdict: VehicleVerdict | null
  by_server: boolean // the verdict is the server's
  releasing: boolean
}

export class VehicleGate {
  readonly state: VehicleState = reactive({
    ride: null,
    aside: [],
    verdict: null,
    by_server: false,
    releasing: false,
  })
  private last_id = 0

  constructor(private readonly gate: Gate) {}

  /** A vehicle with this plate, or with none. */
  open(plate: string, kind: VehicleKind = 'car'): void {
    const ride = new_ride(++this.last_id, this.gate.state.lane)
    const known = this.gate.directory.value?.vehicle(plate) ?? null
    ride.plate = plate
    ride.no_plate = plate === ''
    ride.kind = kind
    ride.listed = known !== null
    ride.vehicle_class = class_of_plate(plate, ride.listed)
    this.gate.leave()
    this.leave()
    this.state.ride = ride
    this.judge()
  }

  set_class(vehicle_class: VehicleClass): void {
    this.change((ride) => void (ride.vehicle_class = vehicle_class))
  }

  /** Households whose car it is: their members are one tap away. */
  households(): ListHousehold[] {
    const directory = this.gate.directory.value
    const ids = directory?.vehicle(this.state.ride?.plate ?? '')?.h ?? []
    return ids.flatMap((id) => directory?.household(id) ?? [])
  }

  // ---- who sits in it ----

  add_member(household: ListHousehold, member: ListMember, name: string): void {
    this.add({
      household_id: household.id,
      dwelling_id: household.d,
      person_id: member.id,
      name,
      label: this.gate.directory.value!.label(household.d),
      child: member.c,
      claim: null,
    })
  }

  /** Somebody from outside is registered; of a child without papers the household of the car answers. */
  add_outsider(claim: Claim): void {
    const at = this.households()[0]
    this.add({
      household_id: null,
      dwelling_id: at?.d ?? null,
      person_id: null,
      name: claim.name,
      label: '',
      child: false,
      claim,
    })
  }

  remove(rider_id: number): void {
    this.change((ride) => void (ride.riders = ride.riders.filter((rider) => rider.id !== rider_id)))
  }

  /** Whose temperature is asked now. */
  asked(): Rider | null {
    const { ride, verdict } = this.state
    if (!ride || verdict?.need !== 'party') return null
    const need = verdict.parties[verdict.need_party]!
    const rider = parties_of(ride)[verdict.need_party]?.[need.need_person] ?? null
    return rider && (need.need === 'temperature' || need.need === 'second_reading') ? rider : null
  }

  add_reading(rider_id: number, tenths: number | null): void {
    this.change((ride) => {
      const at_ms = this.gate.tools.now()
      ride.riders.find((rider) => rider.id === rider_id)?.readings.push({ tenths, at_ms })
    })
  }

  retake_reading(rider_id: number): void {
    this.change((ride) => {
      ride.riders.find((rider) => rider.id === rider_id)?.readings.pop()
      if (!ride.steps.includes('retaken')) ride.steps.push('retaken')
    })
  }

  approve_visit(): void {
    this.change((ride) => {
      ride.visit_approved = true
      ride.steps.push('visit_approved')
    })
  }

  call_duty(): void {
    this.change((ride) => {
      ride.referred_ms ??= this.gate.tools.now()
      if (!ride.steps.includes('duty_called')) ride.steps.push('duty_called')
    })
  }

  // ---- how it ends ----

  async release(): Promise<void> {
    const { ride, verdict } = this.state
    if (!ride || !verdict || !may_release_vehicle(verdict)) return
    await this.ending(async () => {
      const { tools, recorder } = this.gate
      const draft = this.draft(ride, verdict, 'passed', !tools.reachable())
      if (!tools.reachable()) await recorder.write(draft)
      else {
        const answer = await recorder.write_confirmed(draft, (record) => tools.server.confirm_vehicle(record))
        if (answer?.status === 'refused') return this.refused(ride, answer.verdict)
      }
      this.finish(ride, 'passed')
    })
  }

  /** The duty officer has decided that a referred vehicle passes. */
  async release_agreed(): Promise<void> {
    await this.end_with('duty_agreed', 'passed')
  }

  async turn_back(): Promise<void> {
    await this.end_with('advised', 'turned_back')
  }

  /** Whoever sits in it keeps what was asked and measured. */
  leave(): void {
    const { ride } = this.state
    if (ride && ride.riders.length > 0) this.state.aside = [...this.others(ride), ride]
    this.close()
  }

  resume(ride_id: number): void {
    const ride = this.state.aside.find((each) => each.id === ride_id)
    if (!ride) return
    this.state.aside = this.others(ride)
    this.leave()
    this.state.ride = ride
    this.judge()
  }

  /** Time passes: a second reading becomes due. */
  tick(): void {
    if (this.state.ride && !this.state.by_server && !this.state.releasing) this.judge()
  }

  // ---- inside ----

  private others(ride: Ride): Ride[] {
    return this.state.aside.filter((each) => each.id !== ride.id)
  }

  private close(): void {
    this.state.ride = null
    this.state.verdict = null
  }

  private add(rider: Omit<Rider, 'id' | 'readings' | 'standing' | 'exempt'>): void {
    this.change((ride) => {
      const known = rider.person_id !== null && ride.riders.some((each) => each.person_id === rider.person_id)
      if (known) return
      ride.riders.push({ ...rider, id: ++this.last_id, readings: [], standing: 'may_leave', exempt: false })
    })
  }

  private change(edit: (ride: Ride) => void): void {
    const { ride } = this.state
    if (!ride || this.state.releasing) return
    edit(ride)
    this.judge()
  }

  private judge(): void {
    const { ride } = this.state
    const directory = this.gate.directory.value
    if (!ride || !directory) return
    const uses_of = (household_id: number) =>
      continued_uses(
        directory.uses(household_id).map(use_of_list),
        household_id,
        this.gate.recorder.own,
        this.gate.clock().offset_ms,
      )
    const { policy } = directory.list
    this.state.verdict = decide_vehicle(vehicle_facts(ride, uses_of, policy, this.gate.clock()), policy)
    this.state.by_server = false
  }

  private draft(
    ride: Ride,
    verdict: VehicleVerdict,
    result: 'passed' | 'turned_back',
    offline: boolean,
  ): Draft<VehicleRecord> {
    const clock = this.gate.clock()
    const list_generated_ms = this.gate.directory.value?.list.generated_ms ?? null
    return {
      record: (seq) => record_of_ride({ ride, verdict, result, offline, list_generated_ms, clock }, seq),
      consumes_outing: parties_of(ride).map((_, i) => verdict.parties[i]?.consumes_outing ?? false),
    }
  }

  // The server knew better, and nobody has passed. What it knows of somebody stays with them.
  private refused(ride: Ride, verdict: VehicleVerdict): void {
    parties_of(ride).forEach((party, i) => {
      const codes = verdict.parties[i]?.reasons.map((reason) => reason.code) ?? []
      for (const rider of party) Object.assign(rider, learn_standing(codes))
    })
    this.state.verdict = verdict
    this.state.by_server = true
  }

  private async end_with(step: string, result: 'passed' | 'turned_back'): Promise<void> {
    const { ride, verdict } = this.state
    if (!ride || !verdict) return
    await this.ending(async () => {
      ride.steps.push(step)
      await this.gate.recorder.write(this.draft(ride, verdict, result, !this.state.by_server))
      this.finish(ride, result)
    })
  }

  private async ending(work: () => Promise<void>): Promise<void> {
    if (this.state.releasing) return
    this.state.releasing = true
    try {
      await work()
    } catch (error) {
      this.gate.tell('not_recorded')
      throw error
    } finally {
      this.state.releasing = false
    }
    this.gate.tools.recorded()
  }

  private finish(ride: Ride, kind: DoneKind): void {
    this.close()
    const done = is_emergency(ride.vehicle_class) && kind === 'passed' ? 'emergency' : kind
    this.gate.finish({ direction: ride.direction, label: ride.plate }, done)
  }
}
