// The part of the API that the gate phone uses, in the names of the API document. Instants are UTC
// milliseconds, days "YYYY-MM-DD", ids integers below 2^53.
import type { Direction, Emergency, Holder, Outcome, PassState, Policy, Verdict } from './decide.ts'

export interface Problem {
  path: string
  code: string
  params?: Record<string, string | number>
}

export interface ProblemDocument {
  type: string
  status: number
  code: string
  params?: Record<string, string | number>
  problems?: Problem[]
  request_id?: string
}

export interface CompoundName {
  id: number
  name: string
}

export interface Opening {
  id: number
  compound_id: number
  name: string
  kind: string
  state: string
  direction: 'both' | Direction
}

export interface EnrolRequest {
  secret: string
  client_ms: number
}

export interface EnrolAnswer {
  enrolment_id: number
  device_token: string
  opening: Opening
  compound: CompoundName
  server_ms: number
}

export interface ListMember {
  id: number
  n: string // surname
  r: string // relation
  c: boolean // child
}

export interface ListHousehold {
  id: number
  d: number // dwelling
  m: ListMember[]
}

export interface ListDwelling {
  id: number
  b: string // building
  s: string // stair
  f: string // floor
  r: string // room
  h: number[] // households
}

export interface ListPass {
  id: number
  h: number // household, 0 none
  k: string // pass class
  n: string // serial
  s: 'inactive' | 'active' | 'void' | 'replaced' | 'blank'
  c: string // short code
  u: string // last valid day
}

export interface ListUse {
  h: number // household
  exit_at_ms: number
  return_at_ms: number | null
  persons: number
  counted: boolean
  closed_by_staff: boolean
}

export interface DayWord {
  day: string
  word: string
  word_en: string
  colour: string
}

export interface GateList {
  version: string
  generated_ms: number
  utc_offset_minutes: number
  compound: CompoundName
  opening: { id: number; name: string; direction: 'both' | Direction }
  policy: Policy
  keys: { kid: string; public_key: string }[]
  duty: { name: string; phone: string } | null
  days: DayWord[]
  dwellings: ListDwelling[]
  households: ListHousehold[]
  passes: ListPass[]
  uses: ListUse[]
  inside_unknown: boolean
}

export interface GateReading {
  person: number // 0 the holder, 1.. the companions
  tenths: number | null // null: below the threshold, no reading
  at_ms: number
}

export interface Claim {
  name: string
  phone: string | null
  note: string | null
}

export interface GateRecord {
  seq: number
  happened_ms: number
  direction: Direction
  result: 'passed' | 'turned_back'
  holder_kind: Holder
  pass_id: number | null
  pass_text: string | null
  household_id: number | null
  dwelling_id: number | null
  person_ids: number[]
  persons: number // that count
  companions: number // that cross with them and do not count: accompanied children
  relation: string | null
  claim: Claim | null
  readings: GateReading[]
  emergency_reason: Emergency | null
  steps: string[]
  reason: string | null
  note: string | null
  outcome: Outcome
  reasons: string[]
  policy_version: number
  offline: boolean
  list_age_s: number
}

export interface DecideRequest {
  direction: Direction
  holder_kind: Holder
  pass_text?: string
  pass_id?: number
  household_id?: number
  person_ids: number[]
  persons: number
  companions: number
  readings: GateReading[]
  child_alone: boolean
  emergency_reason?: Emergency
  now_ms: number
}

export interface DecideAnswer {
  verdict: Verdict
  uses: ListUse[]
  pass_state: PassState
  server_ms: number
}

export interface ConfirmAnswer {
  status: 'stored' | 'duplicate' | 'refused'
  passage_id: number | null
  verdict: Verdict
  flags: string[]
  server_ms: number
}

export interface PassagesRequest {
  records: GateRecord[]
  client_ms: number
  queue: number
}

export interface PassageResult {
  seq: number
  status: 'stored' | 'duplicate' | 'flagged' | 'conflict' | 'invalid'
  passage_id: number | null
  flags: string[]
  problems?: Problem[]
}

export interface PassagesAnswer {
  results: PassageResult[]
  server_ms: number
}

export interface PingRequest {
  client_ms: number
  queue: number
  list_version: string | null
  list_generated_ms: number | null
}

export interface PingAnswer {
  server_ms: number
  list_version: string
  revoked: boolean
}

export interface ActivateRequest {
  pass_text?: string
  short_code?: string
  household_id?: number
}

export interface ActivateAnswer {
  id: number
  state: string
}
