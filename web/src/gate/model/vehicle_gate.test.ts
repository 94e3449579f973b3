// A vehicle at the gate: LZ-35, 36; XN-42; practice.md 1, 2, 4; 10 s for a listed plate (web.md).
import 'fake-indexeddb/auto'

import type { VehicleRecord } from '@shared/api_types'
import { default_vehicle_rules } from '@shared/vehicle'
import { beforeEach, describe, expect, it } from 'vitest'

import { class_of_plate, plate_state } from './plate'
import { Bench, small_list } from './testing'

const enforced = { vehicles: default_vehicle_rules() }
let bench: Bench

beforeEach(async () => (bench = await Bench.open(small_list({}, enforced))))

const lane = () => bench.gate.vehicles
const verdict = () => lane().state.verdict!
const codes = () => verdict().reasons.map((reason) => reason.code)
const vehicles = async () =>
  (await bench.any_records()).filter((record): record is VehicleRecord => 'parties' in record)
function seat(household_id: number, person_id: number): void {
  const household = bench.gate.directory.value!.household(household_id)!
  lane().add_member(
    household,
    household.m.find((each) => each.id === person_id)!,
    `家人${person_id}`,
  )
}
function measure(tenths = 365): void {
  lane().add_reading(lane().asked()!.id, tenths)
}

describe('a car of the list', () => {
  it('is a resident’s, and its people are one tap away', () => {
    lane().open('川E9H969')
    expect(lane().state.ride).toMatchObject({ vehicle_class: 'resident', listed: true })
    expect(
      lane()
        .households()
        .map((household) => household.id),
    ).toEqual([3, 4])
    expect(verdict().need).toBe('occupants')
  })

  it('is released when everybody in it is measured, and the record says who sat where', async () => {
    lane().open('川E9H969')
    seat(3, 301)
    seat(4, 401)
    expect(lane().asked()?.person_id).toBe(301)
    measure(365)
    expect(lane().asked()?.person_id).toBe(401)
    measure(366)
    expect(codes()).toContain('cannot_return') // practice.md 4: said before it leaves
    await lane().release()
    expect(bench.gate.state.done).toMatchObject({ kind: 'passed', label: '川E9H969' })
    const [record] = await vehicles()
    expect(record).toMatchObject({ seq: 1, plate: '川E9H969', vehicle_class: 'resident', offline: true })
    expect(
      record!.parties.map((party) => [party.household_id, party.person_ids, party.readings.length]),
    ).toEqual([
      [3, [301], 1],
      [4, [401], 1],
    ])
  })

  it('uses the outing of each household, on foot as well', async () => {
    lane().open('川E9H969')
    seat(3, 301)
    measure()
    await lane().release()
    bench.gate.choose_household(bench.gate.directory.value!.household(3)!)
    expect(bench.reasons()).toContain('quota_used')
    lane().open('川E9H969')
    seat(3, 301)
    expect(verdict().outcome).toBe('deny')
  })

  it('takes those of one household as one outing, its children not counted', () => {
    bench.gate.directory.value!.list.policy.persons_per_outing = 1
    lane().open('川E63361')
    seat(1, 103)
    expect(verdict().parties).toHaveLength(1)
    expect(verdict().outcome).toBe('refer') // a child alone
    seat(1, 101)
    expect(verdict().outcome).toBe('allow')
    seat(1, 102)
    expect(verdict().outcome).toBe('deny') // two adults
    lane().remove(lane().state.ride!.riders.at(-1)!.id)
    expect(verdict().outcome).toBe('allow')
  })
})

describe('on the way in', () => {
  beforeEach(() => bench.gate.set_lane('in'))

  it('refers a car that may only leave, never denies it, and keeps what was decided', async () => {
    lane().open('川A00001')
    expect(verdict().outcome).toBe('refer')
    lane().add_outsider({ name: '来访者', phone: null, note: null })
    measure()
    lane().call_duty()
    await lane().turn_back()
    expect(bench.gate.state.done?.kind).toBe('turned_back')
    expect((await vehicles())[0]).toMatchObject({ result: 'turned_back', steps: ['duty_called', 'advised'] })
  })

  it('refers an outsider in a resident’s car, registered, until host and community agree', async () => {
    bench.gate.directory.value!.list.policy.vehicles!.entry_classes.push('resident')
    lane().open('川E63361')
    seat(1, 101)
    measure()
    expect(verdict().outcome).toBe('allow')
    lane().add_outsider({ name: '来访者', phone: '13900000001', note: null })
    measure()
    expect(verdict().outcome).toBe('refer')
    expect(codes()).toContain('outsider_in_car')
    lane().approve_visit()
    expect(verdict().outcome).toBe('allow')
    await lane().release()
    expect((await vehicles())[0]!.parties[1]).toMatchObject({
      holder_kind: 'visitor',
      claim: { name: '来访者' },
      visit_approved: true,
    })
  })

  it('lets an emergency vehicle in at once', async () => {
    lane().open('川E1234警')
    expect(lane().state.ride!.vehicle_class).toBe('police')
    await lane().release()
    expect(bench.gate.state.done?.kind).toBe('emergency')
  })
})

it('asks for a second reading later, and the car waits aside meanwhile (practice.md 17)', () => {
  lane().open('川E9H969')
  seat(3, 301)
  measure(378)
  expect(lane().asked()?.person_id).toBe(301)
  lane().leave()
  expect(lane().state.ride).toBeNull()
  bench.pass(11 * 60_000)
  lane().resume(lane().state.aside[0]!.id)
  expect(lane().state.aside).toEqual([])
  measure(366)
  expect(verdict().outcome).toBe('allow')
})

it('takes the server’s word when it knows better, and nobody has passed', async () => {
  bench.reachable = true
  lane().open('川E9H969')
  seat(3, 301)
  measure()
  const refusal = JSON.parse(JSON.stringify(verdict())) as NonNullable<typeof bench.server.vehicle_refusal>
  refusal.outcome = 'deny'
  refusal.parties[0]!.outcome = 'deny'
  refusal.parties[0]!.reasons = [{ code: 'may_not_leave', mode: 'enforce' }]
  bench.server.vehicle_refusal = refusal
  await lane().release()
  expect(await bench.any_records()).toEqual([])
  expect(verdict().outcome).toBe('deny')
  // It is remembered with the person when somebody else gets in.
  seat(4, 401)
  expect(verdict().outcome).toBe('deny')
})

describe('plates', () => {
  it.each([
    '川E63361',
    '川ED58961',
    '川E12345D',
    '川E1234警',
    '川E1234学',
    '粤Z1234港',
    '粤ZF123澳',
    '川E1234挂',
  ])('%s has a legal form', (plate) => expect(plate_state(plate)).toBe('legal'))
  it.each(['使014578', '沪A0023领', '川X0001应急', '川E12345临', 'WJ川12345'])('%s as well', (plate) =>
    expect(plate_state(plate)).toBe('legal'),
  )
  it.each(['E12345', '川E1234', '川123456', '川EDAB123', '川EI2345'])('%s is kept as it is', (plate) =>
    expect(plate_state(plate)).toBe('odd'),
  )
  it('say themselves what some vehicles are', () => {
    expect(class_of_plate('川E1234警', false)).toBe('police')
    expect(class_of_plate('川X0001应急', false)).toBe('rescue')
    expect(class_of_plate('川E63361', true)).toBe('resident')
  })
})
