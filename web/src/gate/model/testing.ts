// A small compound and a server of a few lines, for the tests of the model.
import type { AnyRecord, GateList, GateRecord, PassageResult, VehicleRecord } from '@shared/api_types'
import { decide, default_facts, default_policy, type Policy, type ReasonCode } from '@shared/decide'
import type { PassReading } from '@shared/token'
import type { VehicleVerdict } from '@shared/vehicle'

import { Gate, type GateTools } from './gate'
import { ServerError } from './server'
import { Store } from './store'

export const noon_ms = Date.UTC(2020, 1, 11, 4) // 2020-02-11 12:00 in Shanghai
export const hour_ms = 3_600_000
export const day_ms = 24 * hour_ms

export function small_list(change: Partial<GateList> = {}, policy: Partial<Policy> = {}): GateList {
  return {
    version: 'v1',
    generated_ms: noon_ms - hour_ms,
    utc_offset_minutes: 480,
    compound: { id: 7, name: '龙南小区' },
    opening: { id: 3, name: '东门', direction: 'both' },
    policy: { ...default_policy(), version: 3, ...policy },
    rules: [],
    words: [],
    filings: [],
    keys: [],
    duty: { name: '周明', phone: '13900000815' },
    days: [],
    dwellings: [
      { id: 11, b: '1', s: '1', f: '1', r: '101', h: [1] },
      { id: 12, b: '1', s: '1', f: '1', r: '102', h: [2] },
      { id: 13, b: '1', s: '1', f: '10', r: '1001', h: [] },
      { id: 14, b: '2', s: '', f: '2', r: '201', h: [3, 4] },
      { id: 15, b: '10', s: '1', f: '1', r: '101', h: [] },
    ],
    households: [
      {
        id: 1,
        d: 11,
        m: [
          { id: 101, n: '王', r: 'head', c: false },
          { id: 102, n: '李', r: 'spouse', c: false },
          { id: 103, n: '王', r: 'child', c: true },
        ],
      },
      { id: 2, d: 12, m: [{ id: 201, n: '赵', r: 'head', c: false }] },
      { id: 3, d: 14, m: [{ id: 301, n: '孙', r: 'tenant', c: false }] },
      { id: 4, d: 14, m: [{ id: 401, n: '周', r: 'tenant', c: false }] },
    ],
    passes: [
      { id: 1, h: 1, k: 'household', n: 1, s: 'active', c: 'CODE1', u: '2020-12-31' },
      { id: 2, h: 2, k: 'household', n: 2, s: 'active', c: 'CODE2', u: '2020-12-31' },
      { id: 3, h: 3, k: 'household', n: 3, s: 'void', c: 'CODE3', u: '2020-12-31' },
      { id: 4, h: 4, k: 'household', n: 4, s: 'active', c: 'CODE4', u: '2020-02-10' },
      { id: 9, h: 0, k: 'household', n: 9, s: 'blank', c: 'CODE9', u: '2020-12-31' },
    ],
    uses: [],
    holders: [],
    vehicles: [
      { p: '川E63361', h: [1] },
      { p: '川E9H969', h: [3, 4] },
    ],
    inside_unknown: true,
    ...change,
  }
}

/** "PASS 1" opens as pass 1 of the compound, "PASS 1 of 8" as one of compound 8. */
export function open_pass(text: string, list: GateList, now_ms: number): PassReading {
  const found = /^PASS (\d+)(?: of (\d+))?(?: until (\d+))?$/.exec(text)
  if (text === 'FORGED') return { code: 'bad_signature' }
  if (text === 'NEW KEY') return { code: 'unknown_key' }
  if (!found) return { code: 'not_a_pass' }
  const expires_s = Number(found[3] ?? 4_000_000_000)
  const pass_id = Number(found[1])
  const claims = {
    pass_id,
    household_id: list.passes.find((pass) => pass.id === pass_id)?.h ?? 2,
    compound_id: Number(found[2] ?? list.compound.id),
    pass_class: 'household' as const,
    generation: 1,
    issued_day: pass_id >= 50 ? 18_303 : 18_290, // 50 and above are made on 2020-02-11
    expires_s,
  }
  return { code: now_ms >= expires_s * 1000 ? 'expired' : 'ok', claims }
}

export class FakeServer {
  up = true
  decide_answer: { uses: GateList['uses']; pass_state: 'valid' | 'void'; reasons: ReasonCode[] } | null = null
  refusal: Parameters<GateTools['judged']>[1] | null = null
  bad_seqs = new Set<number>()
  /** Refuses the whole batch when one of these is in it, as a server does that reads all or nothing. */
  poison_seqs = new Set<number>()
  vehicle_refusal: VehicleVerdict | null = null
  records = new Map<number, AnyRecord>()
  calls: string[] = []

  private call(name: string): void {
    this.calls.push(name)
    if (!this.up) throw new ServerError(0, 'no_answer')
  }

  async decide() {
    this.call('decide')
    if (!this.decide_answer) throw new ServerError(503, 'busy')
    const { uses, pass_state, reasons } = this.decide_answer
    const verdict = decide(default_facts(), default_policy())
    verdict.reasons = reasons.map((code) => ({ code, mode: 'enforce' }))
    return { verdict, uses, pass_state, server_ms: noon_ms }
  }

  async confirm(record: GateRecord) {
    this.call('confirm')
    const answer = { passage_id: null, flags: [], server_ms: noon_ms }
    if (this.refusal) return { ...answer, status: 'refused' as const, verdict: this.refusal }
    return { ...answer, status: this.take(record), verdict: null as never }
  }

  async confirm_vehicle(record: VehicleRecord) {
    this.call('confirm_vehicle')
    const answer = { passage_id: null, flags: [], server_ms: noon_ms }
    if (this.vehicle_refusal) return { ...answer, status: 'refused' as const, verdict: this.vehicle_refusal }
    return { ...answer, status: this.take(record), verdict: null as never }
  }

  async activate() {
    this.call('activate')
    return { id: 9, state: 'active' as const }
  }

  async passages({ records }: { records: AnyRecord[] }) {
    this.call('passages')
    if (records.some((record) => this.poison_seqs.has(record.seq))) throw new ServerError(422, 'invalid')
    const results = records.map((record): PassageResult => {
      const bad = this.bad_seqs.has(record.seq)
      return {
        seq: record.seq,
        status: bad ? 'invalid' : this.take(record),
        passage_id: null,
        flags: [],
        problems: [],
      }
    })
    return { results, server_ms: noon_ms }
  }

  private take(record: AnyRecord): 'stored' | 'duplicate' {
    if (this.records.has(record.seq)) return 'duplicate'
    this.records.set(record.seq, record)
    return 'stored'
  }
}

export class Bench {
  now_ms = noon_ms
  reachable = false
  said: string[] = []
  readonly server = new FakeServer()

  private constructor(
    readonly store: Store,
    readonly gate: Gate,
  ) {}

  static async open(list: GateList = small_list()): Promise<Bench> {
    const store = await Store.open(`test-${Math.random()}`)
    await store.set('list', { etag: null, list })
    let bench: Bench
    const gate = new Gate({
      store,
      server: {
        decide: () => bench.server.decide(),
        confirm: (record) => bench.server.confirm(record),
        confirm_vehicle: (record) => bench.server.confirm_vehicle(record),
        activate: () => bench.server.activate(),
      },
      now: () => bench?.now_ms ?? noon_ms,
      offset_ms: () => 0,
      reachable: () => bench.reachable,
      open_pass: async (text) => open_pass(text, list, bench.now_ms),
      read_short_code: (typed) => (/^CODE\d$/.test(typed) ? typed : null),
      recorded: () => undefined,
      duty_called: (visit) => bench.said.push(`duty_called ${visit.household_id}`),
      judged: (_visit, verdict) => bench.said.push(verdict.outcome),
      ended: (done) => bench.said.push(done.kind),
    })
    bench = new Bench(store, gate)
    await gate.load()
    return bench
  }

  get verdict() {
    return this.gate.state.verdict!
  }

  get visit() {
    return this.gate.state.visit!
  }

  reasons(): string[] {
    return this.verdict.reasons.map((reason) => reason.code)
  }

  pass(ms: number): void {
    this.now_ms += ms
    this.gate.tick()
  }

  /** Those of persons on foot. */
  async records(): Promise<GateRecord[]> {
    return (await this.any_records()).filter((record): record is GateRecord => !('parties' in record))
  }

  async any_records(): Promise<AnyRecord[]> {
    return (await this.store.records()).map((row) => row.record)
  }
}
