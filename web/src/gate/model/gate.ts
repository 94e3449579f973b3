// The gate as the pages see it: one reactive state and the guard's moves. Every move ends in a state that
// can be shown; nothing waits for the network longer than the decision's half second.
import type { GateRecord, ListHousehold, ListDwelling, ListMember } from '@shared/api_types'
import type { Direction, Emergency, Verdict } from '@shared/decide'
import { may_release } from '@shared/decide'
import { reactive, shallowRef } from 'vue'

import type { PassReading } from '@shared/token'
import { read_code, read_scanned, is_foreign, type CardReading } from './card'
import { Directory } from './directory'
import { continued_uses, presence_of } from './own_passages'
import { Recorder, type Draft } from './recorder'
import { ServerError, type GateServer } from './server'
import type { Store } from './store'
import { VehicleGate } from './vehicle_gate'
import { waiting_of, type WaitingVisit } from './waiting'
import {
  decide_request_of,
  judge,
  learn_standing,
  new_visit,
  person_ids,
  record_of,
  use_of_list,
  type Clock,
  type Companion,
  type Passage,
  type Visit,
} from './visit'

export const done_ms = 10_000 // practice.md 15
export const pending_ms = 60_000
const notice_ms = 6_000

export type Judge = 'local' | 'server' | 'asking'
export type DoneKind = 'passed' | 'turned_back' | 'emergency'

export interface Done {
  kind: DoneKind
  direction: Direction
  label: string
  until_ms: number
}

export interface Notice {
  code: string
  params?: Record<string, string | number>
  until_ms?: number
}

export interface GateState {
  lane: Direction
  visit: Visit | null
  verdict: Verdict | null
  judged: Judge
  releasing: boolean
  touched_ms: number
  done: Done | null
  waiting: WaitingVisit[]
  next_text: string | null // a card shown while somebody is being measured
  notice: Notice | null
  now_ms: number
}

export interface GateTools {
  store: Store
  server: Pick<GateServer, 'decide' | 'confirm' | 'confirm_vehicle' | 'activate'>
  now(): number
  offset_ms(): number
  reachable(): boolean // whether asking the server is worth the half second
  open_pass(text: string): Promise<PassReading>
  read_short_code(typed: string): string | null
  recorded(): void // a record was written: upload it
  duty_called(visit: Visit, verdict: Verdict | null): void // tell the office, if it can be reached
  judged(visit: Visit, verdict: Verdict): void
  ended(done: Done): void
}

const emergency_verdict = (vehicle: boolean, policy_version: number): Verdict => ({
  outcome: 'allow',
  need: 'none',
  need_person: 0,
  reasons: [{ code: vehicle ? 'emergency_vehicle' : 'emergency_release', mode: 'record' }],
  alert: 'none',
  next_outing_day: null,
  next_outing_at_ms: null,
  next_hours_at_ms: null,
  second_reading_at_ms: null,
  consumes_outing: false,
  policy_version,
})

export class Gate {
  readonly state: GateState = reactive({
    lane: 'out',
    visit: null,
    verdict: null,
    judged: 'local',
    releasing: false,
    touched_ms: 0,
    done: null,
    waiting: [],
    next_text: null,
    notice: null,
    now_ms: 0,
  })
  readonly directory = shallowRef<Directory | null>(null)
  readonly recorder: Recorder
  readonly vehicles: VehicleGate
  private last_id = 0

  constructor(readonly tools: GateTools) {
    this.state.now_ms = tools.now()
    this.recorder = new Recorder(tools.store)
    this.vehicles = new VehicleGate(this)
  }

  // ---- what comes from outside ----

  async load(): Promise<void> {
    this.state.waiting = (await this.tools.store.get('waiting')) ?? []
    await this.list_changed()
  }

  /** After a new list, and after the records on the phone have changed. */
  async list_changed(): Promise<void> {
    const stored = await this.tools.store.get('list')
    if (!stored) return
    await this.recorder.load(stored.list.generated_ms)
    if (this.directory.value?.list.version !== stored.list.version)
      this.directory.value = new Directory(stored.list)
  }

  tick(): void {
    const { state } = this
    state.now_ms = this.tools.now()
    if (state.notice?.until_ms !== undefined && state.now_ms >= state.notice.until_ms) state.notice = null
    if (state.done && state.now_ms >= state.done.until_ms) state.done = null
    if (state.visit && !state.releasing && state.now_ms >= state.touched_ms + pending_ms) this.leave()
    this.vehicles.tick()
  }

  /** A person whose temperature is taken is not swept away by the card of the next. */
  async scanned(text: string): Promise<void> {
    const { visit } = this.state
    if (visit && visit.readings.length > 0 && visit.card?.text !== text) this.state.next_text = text
    else if (!visit || visit.card?.text !== text) await this.take(text)
  }

  async take_next(): Promise<void> {
    const text = this.state.next_text
    if (text !== null) await this.take(text)
  }

  private async take(text: string): Promise<void> {
    const directory = this.directory.value
    const code = this.tools.read_short_code(text)
    if (code !== null) return this.typed_code(text)
    if (!directory) return this.tell('no_list')
    const reading = await this.tools.open_pass(text)
    if (is_foreign(reading)) return this.tell(reading.code)
    this.show_card(read_scanned(text, reading, directory, this.server_now()))
  }

  typed_code(typed: string): void {
    const code = this.tools.read_short_code(typed)
    if (code === null) return this.tell('short_code_wrong')
    const reading = this.directory.value && read_code(code, this.directory.value, this.server_now())
    if (!reading) return this.tell('short_code_unknown')
    this.show_card(reading)
  }

  // ---- who it is ----

  private show_card({ card, household_id, kind }: CardReading): void {
    const directory = this.directory.value
    const holder = card.pass_id === null ? null : (directory?.holder(card.pass_id) ?? null)
    if (kind === 'vehicle' && holder) return this.vehicles.open(holder.t)
    const visit = this.fresh()
    visit.card = card
    const household = household_id === null ? null : (directory?.household(household_id) ?? null)
    if (household) this.set_household(visit, household)
    if (kind === 'visitor' || kind === 'worker') this.set_guest(visit, kind, holder?.t ?? '')
    const own = household?.m.find((member) => member.id === holder?.p)
    if (own) this.set_member(visit, own)
    // A certificate's card says that it holds; with a server in reach its days and hours are asked.
    visit.exempt = kind === 'exempt' && card.state === 'valid'
    this.show(visit)
  }

  // The office has spoken to the host before it told the code; a worker comes every day.
  private set_guest(visit: Visit, kind: 'visitor' | 'worker', name: string): void {
    visit.holder = kind
    visit.label = name
    if (kind === 'worker' || visit.card?.state !== 'valid') return
    visit.relation = 'guest'
    visit.visit_approved = true
    visit.steps.push('visit_approved')
  }

  choose_household(household: ListHousehold): void {
    const visit = this.fresh()
    const before = this.state.visit
    // A card that names nobody (blank, torn, unknown) stays with the person who shows it.
    if (before?.card && before.household_id === null) visit.card = before.card
    this.set_household(visit, household)
    this.show(visit)
  }

  /** Somebody who is not on the list: lives here by their own word, visits, or is not known at all. */
  register(
    kind: 'resident' | 'visitor' | 'unknown',
    dwelling: ListDwelling | null,
    claim: NonNullable<Visit['claim']>,
    address: string,
  ): void {
    const visit = this.fresh()
    const before = this.state.visit
    if (before?.card && before.household_id === null) visit.card = before.card
    visit.holder =
      kind === 'resident' ? 'resident_provisional' : kind === 'visitor' ? 'visitor' : 'unknown_person'
    visit.dwelling_id = dwelling?.id ?? null
    visit.label = dwelling ? this.directory.value!.label(dwelling.id) : address
    visit.claim = claim
    visit.steps = ['registered']
    this.show(visit)
  }

  choose_member(person_id: number): void {
    this.change((visit) => {
      const member = this.directory.value
        ?.household(visit.household_id ?? 0)
        ?.m.find((m) => m.id === person_id)
      if (!member) return
      this.set_member(visit, member)
      visit.relation = null
      visit.companions = visit.companions.filter((companion) => companion.person_id !== member.id)
      visit.readings = []
    })
  }

  /** Another person with the household's card; an unknown one is nobody's head of household. */
  choose_other(relation: string): void {
    this.change((visit) => {
      visit.holder = relation === 'unknown' ? 'unknown_person' : 'resident_provisional'
      visit.person_id = null
      visit.child = false
      visit.relation = relation
      visit.readings = []
      visit.presence = 'unknown'
      visit.standing = this.directory.value?.standing(visit.household_id ?? 0, null) ?? 'may_leave'
    })
  }

  add_companion(companion: Companion): void {
    this.change((visit) => void visit.companions.push(companion))
  }

  clear_companions(): void {
    this.change((visit) => {
      visit.companions = []
      visit.readings = visit.readings.filter((reading) => reading.person === 0)
    })
  }

  // ---- steps ----

  add_reading(person: number, tenths: number | null): void {
    this.change((visit) => {
      if (!visit.steps.includes('temperature')) visit.steps.push('temperature')
      visit.readings.push({ person, tenths, at_ms: this.tools.now() })
    })
  }

  /** A slip of the finger: the last reading of a person was not one. */
  retake_reading(person: number): void {
    this.change((visit) => {
      const last = visit.readings.findLastIndex((reading) => reading.person === person)
      if (last < 0) return
      visit.readings.splice(last, 1)
      if (!visit.steps.includes('retaken')) visit.steps.push('retaken')
    })
  }

  set_disinfected(): void {
    this.change((visit) => {
      visit.disinfected = true
      visit.steps.push('disinfected')
    })
  }

  /** A step that is told by its name alone: registered, code shown, test seen, filing done. */
  step(name: string): void {
    this.change((visit) => void visit.steps.push(name))
  }

  approve_visit(): void {
    this.change((visit) => {
      visit.visit_approved = true
      visit.steps.push('visit_approved')
    })
  }

  /** The duty officer is being called: the clock runs, and the lane is free for the next. */
  call_duty(): void {
    const { visit: called, verdict } = this.state
    if (called && called.referred_ms === null) this.tools.duty_called(called, verdict)
    this.change((visit) => {
      visit.referred_ms ??= this.tools.now()
      if (!visit.steps.includes('duty_called')) visit.steps.push('duty_called')
    })
  }

  touch(): void {
    this.state.now_ms = this.state.touched_ms = this.tools.now()
  }

  // ---- how it ends ----

  async release(): Promise<void> {
    const { visit, verdict } = this.state
    if (!visit || !verdict || !may_release(verdict) || this.state.releasing) return
    await this.ending(visit, async () => {
      const passage = this.passage(visit, verdict, 'passed')
      if (!this.tools.reachable()) {
        await this.recorder.write(passage)
        return this.finish(visit, 'passed')
      }
      const answer = await this.recorder.write_confirmed(passage, (record) =>
        this.tools.server.confirm(record),
      )
      if (answer?.status === 'refused') return this.refused(visit, answer.verdict)
      this.finish(visit, 'passed')
    })
  }

  /** The duty officer or the guardian has decided that a referred person passes. */
  async release_agreed(step: string): Promise<void> {
    const { visit, verdict } = this.state
    if (!visit || verdict?.outcome !== 'refer') return
    await this.ending(visit, async () => {
      visit.steps.push(step)
      await this.recorder.write(this.passage(visit, verdict, 'passed'))
      this.finish(visit, 'passed')
    })
  }

  async turn_back(step = 'advised'): Promise<void> {
    const { visit, verdict } = this.state
    if (!visit || !verdict) return
    await this.ending(visit, async () => {
      visit.steps.push(step)
      await this.recorder.write(this.passage(visit, verdict, 'turned_back'))
      this.finish(visit, 'turned_back')
    })
  }

  /** Nothing is asked and nobody can refuse it (practice.md 2); works from every screen. */
  async emergency(reason: Emergency, vehicle = false): Promise<void> {
    const shown = vehicle ? null : this.state.visit
    const visit = shown ?? this.fresh()
    if (vehicle) visit.holder = 'vehicle_emergency'
    await this.ending(visit, async () => {
      const policy_version = this.directory.value?.list.policy.version ?? 0
      const verdict = emergency_verdict(vehicle, policy_version)
      await this.recorder.write(this.passage(visit, verdict, 'passed', reason))
      this.finish(visit, 'emergency')
    })
  }

  /** Leaves the screen: whoever waits for a reading or the duty officer keeps their place. */
  leave(): void {
    const { visit, verdict } = this.state
    const waiting = visit && verdict && waiting_of(visit, verdict, this.tools.offset_ms())
    if (waiting) this.keep_waiting([...this.others_waiting(visit), waiting])
    this.clear()
  }

  resume(visit_id: number): void {
    const found = this.state.waiting.find((waiting) => waiting.visit.id === visit_id)
    if (found) this.show(found.visit)
  }

  next(): void {
    this.state.done = null
  }

  set_lane(direction: Direction): void {
    this.state.lane = direction
    this.vehicles.leave()
    this.clear()
    void this.tools.store.set('lane', direction)
  }

  /** Hands the card of the visit over, and binds a blank one to the household that was chosen. */
  async activate_card(): Promise<void> {
    const visit = this.state.visit
    if (!visit?.card) return
    try {
      await this.tools.server.activate({
        ...(visit.card.text ? { pass_text: visit.card.text } : { short_code: visit.card.code ?? '' }),
        ...(visit.card.blank && visit.household_id !== null ? { household_id: visit.household_id } : {}),
      })
      this.change((shown) => {
        if (shown.id === visit.id && shown.card) Object.assign(shown.card, { state: 'valid', blank: false })
      })
      this.tell('card_activated')
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      this.tell(error.status === 0 ? 'card_needs_network' : error.cause_code, error.params)
    }
  }

  tell(code: string, params?: Notice['params']): void {
    this.state.notice = { code, until_ms: this.tools.now() + notice_ms, ...(params ? { params } : {}) }
  }

  // ---- inside ----

  clock(): Clock {
    return { now_ms: this.tools.now(), offset_ms: this.tools.offset_ms() }
  }

  private server_now(): number {
    return this.tools.now() + this.tools.offset_ms()
  }

  private fresh(): Visit {
    const now = this.tools.now()
    // Told apart from those that wait since before the page was loaded.
    this.last_id = Math.max(this.last_id + 1, now)
    return new_visit(this.last_id, this.state.lane, now)
  }

  private set_household(visit: Visit, household: ListHousehold): void {
    visit.holder = 'household'
    visit.household_id = household.id
    visit.dwelling_id = household.d
    visit.label = this.directory.value!.label(household.d)
    const listed = this.directory.value!.uses(household.id).map(use_of_list)
    visit.standing = this.directory.value!.standing(household.id, null)
    visit.uses = continued_uses(listed, household.id, this.recorder.own, this.tools.offset_ms())
    const only = household.m.length === 1 ? household.m[0] : undefined
    if (only) this.set_member(visit, only)
  }

  private set_member(visit: Visit, member: ListMember): void {
    visit.holder = 'resident_member'
    visit.person_id = member.id
    visit.child = member.c
    visit.presence = presence_of(member.id, this.recorder.own)
    visit.standing = this.directory.value!.standing(visit.household_id!, member.id)
  }

  private show(visit: Visit): void {
    // Whoever stood there before and waits for something is not lost by the next card.
    if (this.state.visit && this.state.visit.id !== visit.id) this.leave()
    this.vehicles.leave()
    this.state.done = null
    this.state.notice = null
    this.state.next_text = null
    this.state.visit = visit
    this.touch()
    this.judge_shown()
    this.tools.judged(visit, this.state.verdict!)
    void this.ask_server(visit.id)
  }

  private change(edit: (visit: Visit) => void): void {
    const { visit } = this.state
    if (!visit || this.state.releasing) return
    edit(visit)
    this.touch()
    const before = this.state.verdict
    this.judge_shown()
    const after = this.state.verdict!
    if (before?.outcome !== after.outcome || before.need !== after.need) this.tools.judged(visit, after)
  }

  private judge_shown(): void {
    const { visit } = this.state
    const policy = this.directory.value?.policy(visit?.dwelling_id ?? null)
    if (!visit || !policy) return
    visit.filing = this.directory.value!.filing(visit.household_id ?? 0, person_ids(visit))
    this.state.verdict = judge(visit, policy, this.clock())
  }

  // The phone has decided; the server may know more of the household and the card.
  private async ask_server(visit_id: number): Promise<void> {
    const asked = this.state.visit
    this.state.judged = 'local'
    if (!asked || !this.tools.reachable()) return
    this.state.judged = 'asking'
    try {
      const answer = await this.tools.server.decide(decide_request_of(asked, this.tools.now()))
      if (this.state.visit?.id !== visit_id || this.state.releasing) return
      this.state.judged = 'server'
      this.change((visit) => {
        if (visit.household_id !== null) visit.uses = answer.uses.map(use_of_list)
        if (visit.card) visit.card.state = answer.pass_state
        const codes = answer.verdict.reasons.map((reason) => reason.code)
        Object.assign(visit, learn_standing(codes))
      })
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      if (this.state.visit?.id === visit_id) this.state.judged = 'local'
    }
  }

  private passage(
    visit: Visit,
    verdict: Verdict,
    result: 'passed' | 'turned_back',
    emergency: Emergency | null = null,
  ): Draft<GateRecord> {
    const passage: Passage = {
      visit,
      verdict,
      result,
      emergency,
      offline: this.state.judged !== 'server',
      list_generated_ms: this.directory.value?.list.generated_ms ?? null,
      clock: this.clock(),
    }
    return { record: (seq) => record_of(passage, seq), consumes_outing: verdict.consumes_outing }
  }

  // The server knew better, and nobody has passed.
  private refused(visit: Visit, verdict: Verdict): void {
    this.state.verdict = verdict
    this.state.judged = 'server'
    this.touch()
    this.tools.judged(visit, verdict)
  }

  private async ending(visit: Visit, work: () => Promise<void>): Promise<void> {
    if (this.state.releasing) return
    this.state.releasing = true
    try {
      await work()
    } catch (error) {
      this.tell('not_recorded')
      throw error
    } finally {
      this.state.releasing = false
    }
    this.tools.recorded()
    if (this.state.done) this.keep_waiting(this.others_waiting(visit))
  }

  finish({ direction, label }: Pick<Done, 'direction' | 'label'>, kind: DoneKind): void {
    this.state.now_ms = this.tools.now()
    const done: Done = { kind, direction, label, until_ms: this.state.now_ms + done_ms }
    this.clear()
    this.state.done = done
    this.tools.ended(done)
  }

  private clear(): void {
    this.state.visit = null
    this.state.verdict = null
    this.state.judged = 'local'
    this.state.next_text = null
    this.state.notice = null
    this.state.done = null
  }

  private others_waiting(visit: Visit): WaitingVisit[] {
    return this.state.waiting.filter((waiting) => waiting.visit.id !== visit.id)
  }

  private keep_waiting(waiting: WaitingVisit[]): void {
    if (waiting.length === 0 && this.state.waiting.length === 0) return
    this.state.waiting = waiting
    void this.tools.store.set('waiting', JSON.parse(JSON.stringify(waiting)) as WaitingVisit[])
  }
}
