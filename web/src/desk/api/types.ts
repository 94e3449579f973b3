// The shapes of the API as the desk uses them. Instants are UTC milliseconds (`*_ms`), days are
// "YYYY-MM-DD", ids are integers below 2^53.

import type { components } from '@shared/api_schema'
import type { Policy } from '@shared/decide_types'

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface Grant {
  id: number
  role: string
  role_title: string | null
  place_id: number | null // null: the whole installation
  place_name: string
  place_kind: string
  valid_from_ms: number
  valid_until_ms: number | null
}

export interface Role {
  id: number
  name: string
  title: string | null // null: the page has words for the name
  permissions: string[]
  builtin: boolean
  fixed: boolean // every permission, always
  version: number
}

export interface Session {
  id: number
  created_ms: number
  expires_ms: number
  peer: string
  agent: string
  by_link: boolean
  current: boolean
}

export interface AccountFile {
  account: Account
  sessions: Session[]
  totp: boolean
  has_password: boolean
}

export interface TotpStart {
  secret: string
  uri: string
  qr_svg: string
}

export interface TableCount {
  table: string
  rows: number
}
export interface ErasurePreview {
  person_id: number
  merged: number
  removed: TableCount[]
  kept: TableCount[]
  import_files: number
  households_ended: number
}
export interface Erasure {
  id: number
  person_id: number
  compound: string | null
  erased_ms: number
  cause: string
  actor_name: string | null // null: the program itself
  reason: string
  reference: string | null
  removed: TableCount[]
  proof: string
  proven_ms: number | null
  traces: number
}
export interface RetentionDue {
  kind: string
  days: number | null // null: kept until somebody decides
  count: number
}
export interface RetentionNight {
  day: string
  started_ms: number
  ended_ms: number | null
  removed: { kind: string; rows: number }[]
}
export interface RetentionState {
  due: RetentionDue[]
  runs: RetentionNight[]
}
export interface RetentionDone {
  erased: number
  left: number
}
export interface RevealedNumber {
  id: number
  phone: string | null
}
export interface RecoveryState {
  sheet: string | null // null: none was ever made
  made_ms: number | null
}
/** When a kind of work climbs a tier and is due. */
export interface WorkKind {
  id: number
  code: string
  category: string
  flow: string
  climb_minutes: number | null
  due_minutes: number | null
  by_hand: boolean
  evidence: ('note' | 'photo' | 'signature')[]
}
export interface Seat {
  account_id: number
  staff_id: number | null
  staff_name: string | null
}
/** A card on its holder's phone. */
export interface PassPage {
  url: string
  qr_svg: string
}
export interface PassKeyState {
  signing: number
  earlier: number
}
export interface RecoverySheet {
  sheet: string
  groups: string[]
  made_ms: number
}

export interface Emergency {
  id: number
  compound_id: number
  reason: string
  opened_ms: number
  until_ms: number
}

export interface Revealed {
  person_id: number
  document: string | null
  phones: string[]
}

export interface AuditRow {
  id: number
  at_ms: number
  actor: string
  actor_name: string | null
  action: string
  entity: string
  record_id: number
  subject: string | null
  household_id: number | null
  compound_name: string | null
  detail: string
  reason: string | null
  sealed: boolean
}

export interface Me {
  account_id: number
  username: string
  display_name: string
  must_set_password: boolean
  from_link: boolean // may set a password without the one before
  totp: boolean
  permissions: string[]
  grants: Grant[]
  compounds: { id: number; name: string }[]
  server_ms: number
  zone: string
  utc_offset_minutes: number
  program_version: string
  demo: boolean
}

export interface Program {
  version: string
  demo: boolean
  setup_needed: boolean
}

export interface Account {
  id: number
  username: string
  display_name: string
  disabled: boolean
  grants: Grant[]
  last_login_ms: number | null
}

export interface AccountCreated {
  account: Account
  link: string
}

export const place_kinds = [
  'district',
  'area',
  'subdistrict',
  'community',
  'compound',
  'phase',
  'building',
  'stair',
  'dwelling',
  'premises',
] as const
export type PlaceKind = (typeof place_kinds)[number]

export const compound_kinds = [
  'property_managed',
  'unit_guarded',
  'owners_committee',
  'unmanaged',
  'scattered_cluster',
  'construction_site',
  'market',
] as const

export interface Place {
  id: number
  kind: PlaceKind
  parent_id: number | null
  name: string
  code: string | null
  compound_kind: string | null
  sort: string
  dwellings: number | null
  households: number | null
  persons: number | null
  zone: 'none' | 'yellow' | 'red' | null
}

export interface PlaceDetail {
  place: Place
  ancestors: Place[]
}

export interface BuildingPattern {
  compound_id: number
  name: string
  stairs: number
  first_floor: number
  floors: number
  rooms_per_floor: number
  skip_floors: string[] // "4", "13"; "13=12A" gives the floor another name
  shops_below: number
  rooms_run_on: boolean // 101 102, 103 104 over the stairs of a floor
}

export interface PatternCell {
  stair: string
  floor: number
  room: string
  label: string
}

export interface PatternPreview {
  dwellings: number
  sample: PatternCell[]
}

export interface Dwelling {
  id: number
  building: string
  stair: string
  floor: number | null
  room: string
  label: string
  area_m2: number | null
  fitted_out: 'yes' | 'no' | 'unknown'
  occupancy: 'lived_in' | 'rented' | 'vacant' | 'unknown'
  households: number
}

export const opening_kinds = [
  'pedestrian',
  'vehicle',
  'both',
  'garage_ramp',
  'garage_lift',
  'shop_door',
  'neighbour',
] as const
export const opening_states = ['sealed', 'guarded', 'unguarded'] as const
export const opening_directions = ['both', 'in', 'out'] as const

export interface Opening {
  id: number
  compound_id: number
  name: string
  kind: (typeof opening_kinds)[number]
  state: (typeof opening_states)[number]
  direction: (typeof opening_directions)[number]
  key_holder: string | null
  key_phone: string | null
  opens_from_inside: boolean | null
  open_minute: number | null
  close_minute: number | null
  seal_method: string | null
  minutes_to_open: number | null
  fire_exit: boolean | null
  checked_ms: number | null
  exception_reason: string | null
  exception_until_ms: number | null
}

export interface PresenceCount {
  home: number
  away: number
  unknown: number
}

export interface HouseholdRow {
  id: number
  dwelling_id: number
  label: string
  head_name: string | null
  members: number
  presence: PresenceCount
  pass_state: 'none' | 'inactive' | 'active' | 'void'
  provisional: boolean
  since_ms: number
}

export const document_states = ['ok', 'damaged', 'bad_checksum', 'fifteen', 'missing', 'other'] as const

export interface Person {
  id: number
  name: string
  relation: string
  sex: 'male' | 'female' | 'unknown'
  birth_day: string | null
  document_masked: string | null
  document_state: (typeof document_states)[number]
  phones_masked: string[]
  registered_residence: string | null
  origin: string | null
  return_day: string | null
  flags: string[]
  presence: 'home' | 'away' | 'unknown'
  source: string
}

export interface PersonRow {
  person: Person
  household_id: number
  label: string
}

export interface HouseholdFile {
  id: number
  dwelling_id: number
  label: string
  compound_id: number
  provisional: boolean
  members: Person[]
  matches: Match[]
}

export interface NewMember {
  name: string
  relation: string
  sex?: Person['sex']
  phone?: string
  document?: string
}

export interface Vehicle {
  id: number
  plate: string
  plate_doubtful: boolean
  owner_name: string | null
  label: string | null
  household_id: number | null
  vehicle_kind: string
  colour: string | null
  phone_masked: string | null
}

export interface StaffRow {
  id: number
  name: string
  organisation: string | null
  post: string | null
  rank: string
  tier: number
  scope_label: string
  phone_masked: string | null
}

export const import_kinds = ['dwellings', 'roster', 'vehicles', 'stewardship', 'meters', 'unknown'] as const
export const row_statuses = ['new', 'changed', 'doubtful', 'wrong', 'duplicate', 'unchanged'] as const
export type RowStatus = (typeof row_statuses)[number]

export interface ImportColumn {
  index: number
  header: string
  field: string | null
  sample: string[]
}

export interface ImportIssue {
  column: number | null
  code: string
  params?: Record<string, unknown>
}

export type ImportState =
  'analysed' | 'committing' | 'committed' | 'discarded' | 'failed' | 'undoing' | 'undone'

export type Import = Record<RowStatus, number> & {
  id: number
  compound_id: number
  filename: string
  state: ImportState
  kind: (typeof import_kinds)[number]
  confidence: number
  sheets: { name: string; rows: number }[]
  sheet: number
  header_row: number // from 1, the last of the header; 0: there is none
  header_rows: number
  columns: ImportColumn[]
  fields: string[]
  counts: { code: string; count: number }[]
  issues: ImportIssue[] // of the sheet as a whole
  created_ms: number
  committed_ms: number | null
  remembered: boolean // read as somebody said of this form before
  done: number
  total: number
  stopped: boolean // by a person, before it was done
  undone_ms: number | null
  undo: { removed: number; restored: number; kept: number; kept_rooms: string[] } | null
}

export interface ImportProgress {
  state: ImportState
  done: number
  total: number
  stopped: boolean
}

export interface ImportRow {
  row: number
  status: RowStatus
  cells: string[]
  issues: ImportIssue[]
}

export const pass_states = ['blank', 'inactive', 'active', 'void', 'replaced'] as const
export const void_reasons = ['lost', 'moved', 'misuse', 'other'] as const

export interface Pass {
  id: number
  compound_id: number
  household_id: number | null
  label: string | null
  pass_class: string
  state: (typeof pass_states)[number]
  serial: number // how many cards the household has had
  short_code_masked: string
  issued_ms: number
  activated_ms: number | null
  void_ms: number | null
  void_reason: string | null
  valid_until: string
  batch: string
  holder: string | null // of a card that is no household's: masked name, or plate
}

export interface IssueResult {
  batch: string
  issued: number
  skipped: number
}

export interface Enrolment {
  id: number
  label: string
  opening_id: number
  opening_name: string
  state: 'waiting' | 'active' | 'revoked'
  last_contact_ms: number | null
  list_version: string | null
  queue: number | null
  clock_offset_ms: number | null
}

export interface EnrolmentTicket {
  id: number
  qr_svg: string
  text: string
  expires_ms: number
  url: string
}

export type VehiclePassage = Schemas['VehiclePassage']
export type Exemption = Schemas['Exemption']
export type IssuedPass = Schemas['IssuedPass']

export interface PassageRow {
  id: number
  happened_ms: number
  recorded_ms: number
  opening_id: number
  opening_name: string
  direction: 'in' | 'out'
  result: 'passed' | 'turned_back' | 'reversed' | 'closed'
  kind: 'person' | 'emergency' | 'visitor' | 'vehicle'
  label: string | null
  household_id: number | null
  person_names: string
  persons: number
  companions: number
  temperature_tenths: number | null
  temperature_note: 'reading' | 'below_threshold_no_reading' | 'none'
  outcome: 'allow' | 'refer' | 'deny'
  reasons: string[]
  flags: string[]
  policy_version: number
  offline: boolean
  device_label: string
  corrected: 'passed' | 'turned_back' | 'reversed' | 'closed' | null // by a later record: reversed or closed
  reverses_id: number | null // of a correction, the record it speaks of
  emergency_reason: string | null
  note: string | null
  masked: boolean // one household's movements: the day only
}

export interface Figure {
  code: string
  value: number | null
  denominator: number | null
  denominator_code: string | null
}

export interface Overview {
  compound: { id: number; name: string }
  as_of_ms: number
  figures: Figure[]
  message: string
}

export interface OverviewItem {
  title: string
  subtitle: string
  at_ms: number | null
  household_id: number | null
  passage_id: number | null
}

export interface Change {
  kind:
    | 'passage'
    | 'place'
    | 'organisation'
    | 'household'
    | 'pass'
    | 'import'
    | 'policy'
    | 'device'
    | 'figures'
    | 'survey'
    | 'work'
    | 'arrival'
  compound_id: number
  id: number
  at_ms: number
}

// Version 0: built in, nobody has made a rule yet.
export type PolicyVersion = Omit<Schemas['Policy'], 'params'> & { params: Policy }
export type PolicyPreview = Schemas['PolicyPreview']
export type PolicyReplay = Schemas['PolicyReplay']
export type PolicyTemplate = Omit<Schemas['PolicyTemplate'], 'params'> & { params: Policy }
export type PolicyExplained = Schemas['PolicyExplained']
export type ControlLevels = Schemas['ObservationList']

export interface Guest {
  id: number
  name: string
  dwelling_id: number | null
  label: string | null
  phone_masked: string | null
  note: string | null
  state: 'waiting' | 'registered' | 'dismissed'
  created_ms: number
}

// Newer shapes are the server's own.
export type AreaFigures = Schemas['AreaFigures']
export type AreaSum = Schemas['AreaSum']
export type PersonFile = Schemas['PersonFile']
export type ResidenceShown = Schemas['ResidenceShown']
export type FieldSource = Schemas['FieldSource']
export type PersonHistory = Schemas['History']
export type HistoryEntry = Schemas['HistoryEntry']
export type SearchAnswer = Schemas['SearchAnswer']
export type PersonHit = Schemas['PersonHit']
export type DwellingHit = Schemas['DwellingHit']
export type DuplicatePair = Schemas['DuplicatePair']
export type PairSide = Schemas['PairSide']
export type DuplicatesChecked = Schemas['DuplicatesChecked']
export type Conflict = Schemas['Conflict']
export type Match = Schemas['Match']
export type GatesBoard = Schemas['GatesBoard']
export type GateWatch = Schemas['GateWatch']
export type LedgerPage = Schemas['LedgerPage']
export type LedgerLine = Schemas['LedgerRow']
export type Webhook = Schemas['Webhook']
export type ControlCase = Schemas['ControlCase']
export type ControlFile = Schemas['ControlFile']
export type ControlSummary = Schemas['ControlSummary']
export type SealBoard = Schemas['SealBoard']
export type SealProposal = Schemas['SealProposal']
export type CommunityBoard = Schemas['CommunityBoard']
export type CommunityFile = Schemas['CommunityFile']
export type ControlRules = Schemas['ControlRules']
export type ControlRulesShown = Schemas['ControlRulesShown']
export type ControlRegimeList = Schemas['ControlRegimeList']
export type ControlRulesPreview = Schemas['ControlRulesPreview']
export type FollowUpRound = Schemas['FollowUpRound']
export type FollowUpRoundLine = Schemas['FollowUpRoundLine']
export type FollowUpsDone = Schemas['FollowUpsDone']
export type WorkItem = Schemas['WorkItem']
export type WorkItemFile = Schemas['WorkItemFile']
export type WorkSummary = Schemas['WorkSummary']
export type WorkReach = Schemas['WorkReach']
export type WorkCreated = Schemas['WorkCreated']

// These names must fit what the server says it sends: a line fails to compile when the generated type
// (npm run api) no longer fits.
type Schemas = components['schemas']
type Fits<Sent extends Read, Read> = Sent

export type Checked = [
  Fits<Schemas['Me'], Me>,
  Fits<Schemas['ProgramInfo'], Program>,
  Fits<Schemas['Account'], Account>,
  Fits<Schemas['AccountCreated'], AccountCreated>,
  Fits<Schemas['AccountFile'], AccountFile>,
  Fits<Schemas['Role'], Role>,
  Fits<Schemas['TotpStart'], TotpStart>,
  Fits<Schemas['Emergency'], Emergency>,
  Fits<Schemas['ErasurePreview'], ErasurePreview>,
  Fits<Schemas['Erasure'], Erasure>,
  Fits<Schemas['RetentionState'], RetentionState>,
  Fits<Schemas['RetentionDone'], RetentionDone>,
  Fits<Schemas['RevealedNumber'], RevealedNumber>,
  Fits<Schemas['RecoveryState'], RecoveryState>,
  Fits<Schemas['RecoverySheet'], RecoverySheet>,
  Fits<Schemas['PassPage'], PassPage>,
  Fits<Schemas['PassKeyState'], PassKeyState>,
  Fits<Schemas['Revealed'], Revealed>,
  Fits<Schemas['AuditRow'], AuditRow>,
  Fits<Schemas['Place'], Place>,
  Fits<Schemas['PlaceDetail'], PlaceDetail>,
  Fits<Schemas['PatternPreview'], PatternPreview>,
  Fits<Schemas['Dwelling'], Dwelling>,
  Fits<Schemas['Opening'], Opening>,
  Fits<Schemas['HouseholdRow'], HouseholdRow>,
  Fits<Schemas['Person'], Person>,
  Fits<Schemas['PersonRow'], PersonRow>,
  Fits<Schemas['Vehicle'], Vehicle>,
  Fits<Schemas['StaffRow'], StaffRow>,
  Fits<Schemas['Pass'], Pass>,
  Fits<Schemas['Enrolment'], Enrolment>,
  Fits<Schemas['EnrolmentCode'], EnrolmentTicket>,
  Fits<Schemas['PassageRow'], PassageRow>,
  Fits<Schemas['Overview'], Overview>,
  Fits<Schemas['Policy'], PolicyVersion>,
  Fits<Schemas['Guest'], Guest>,
]
