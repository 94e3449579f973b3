// Invented records for the mock server: enough of each list to see how a page looks and pages.
import { blank_opening } from './data_places.mjs'

export * from './data_places.mjs'

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const now = Date.now()
export const offset_minutes = 480
export const civil = (ms) => new Date(ms + offset_minutes * minute).toISOString().slice(0, 10)

export const compounds = [
  { id: 11, name: '锦绣花园' },
  { id: 12, name: '龙南散楼片' },
]

export const places = [
  { id: 1, kind: 'district', parent_id: null, name: '龙马潭区', code: '510504' },
  { id: 2, kind: 'subdistrict', parent_id: 1, name: '红星街道', code: '510504003' },
  { id: 3, kind: 'community', parent_id: 2, name: '龙南社区', code: null },
  {
    id: 11,
    kind: 'compound',
    parent_id: 3,
    name: '锦绣花园',
    compound_kind: 'property_managed',
    dwellings: 936,
    households: 701,
    persons: 2088,
  },
  {
    id: 12,
    kind: 'compound',
    parent_id: 3,
    name: '龙南散楼片',
    compound_kind: 'scattered_cluster',
    dwellings: 120,
    households: null,
    persons: null,
  },
  ...[1, 2, 3, 4, 5, 6].map((n) => ({
    id: 20 + n,
    kind: 'building',
    parent_id: 11,
    name: `${n}栋`,
    dwellings: 156,
    households: 117,
    persons: 348,
  })),
].map((place) => ({
  code: null,
  compound_kind: null,
  sort: place.name,
  dwellings: null,
  households: null,
  persons: null,
  ...place,
}))

export const dwellings = [1, 2].flatMap((stair) =>
  [1, 2, 3, 4, 5, 6].flatMap((floor) =>
    [1, 2].map((room) => ({
      id: 1000 + stair * 100 + floor * 10 + room,
      building: '1',
      stair: String(stair),
      floor,
      room: `${floor}0${room}`,
      label: `1-${stair}-${floor}0${room}`,
      area_m2: floor === 6 ? null : 89.5 + room,
      fitted_out: floor === 5 ? 'no' : 'yes',
      occupancy: floor === 5 ? 'vacant' : floor === 6 ? 'unknown' : 'lived_in',
      households: floor === 5 ? 0 : 1,
    })),
  ),
)

const surnames = ['曹', '朱', '高', '于', '王', '李', '张', '刘', '陈', '杨']
const given = ['霞欣', '国强', '平', '远勇', '秀兰', '建军', '小红', '志明', '丽华', '子轩']

export const households = Array.from({ length: 130 }, (_, i) => ({
  id: 5000 + i,
  dwelling_id: 1000 + i,
  label: `${1 + (i % 6)}-${1 + (i % 2)}-${1 + (i % 9)}0${1 + (i % 2)}`,
  head_name: i === 7 ? null : surnames[i % 10] + given[(i * 3) % 10],
  members: 1 + (i % 4),
  presence: {
    home: i % 3 === 0 ? 1 + (i % 4) : 0,
    away: i % 5 === 1 ? 1 : 0,
    unknown: i % 3 === 0 ? 0 : 1 + (i % 4),
  },
  pass_state: ['active', 'inactive', 'none', 'active', 'void'][i % 5],
  provisional: i % 17 === 3,
}))

export const persons = Array.from({ length: 90 }, (_, i) => ({
  id: 7000 + i,
  name: surnames[i % 10] + given[(i * 7) % 10],
  relation: ['head', 'spouse', 'child', 'parent'][i % 4],
  sex: ['male', 'female'][i % 2],
  birth_day: i % 9 === 4 ? null : `19${60 + (i % 40)}-0${1 + (i % 9)}-1${i % 10}`,
  document_masked: i % 9 === 4 ? null : '5105**********0708',
  document_state: ['ok', 'ok', 'ok', 'damaged', 'ok', 'bad_checksum', 'fifteen', 'ok', 'missing'][i % 9],
  phones_masked: i % 4 === 3 ? [] : i % 4 === 1 ? ['139****0815', '138****1234'] : ['139****0815'],
  registered_residence: i % 6 === 2 ? null : '四川省泸州市龙马潭区',
  origin: i % 11 === 2 ? '湖北武汉' : null,
  return_day: i % 11 === 2 ? civil(now - 6 * day) : null,
  flags: [
    ...(i % 11 === 2 ? ['returnee'] : []),
    ...(i % 13 === 5 ? ['elder_alone', 'chronic_medicine'] : []),
  ],
  presence: ['home', 'unknown', 'away'][i % 3],
  source: 'roster',
  household_id: 5000 + Math.floor(i / 3),
  label: households[Math.floor(i / 3)].label,
}))

export const guests = ['waiting', 'waiting', 'registered', 'dismissed'].map((state, i) => ({
  id: 9500 + i,
  name: surnames[i + 2] + given[i],
  dwelling_id: i === 1 ? null : 1111,
  label: i === 1 ? null : '1-1-101',
  phone_masked: i === 1 ? null : '139****0815',
  note: i === 1 ? '说住在亲戚家' : null,
  state,
  created_ms: now - (i + 1) * hour,
}))

export const vehicles = Array.from({ length: 60 }, (_, i) => ({
  id: 8000 + i,
  plate: i % 9 === 4 ? '川E·6336' : `川E${24939 + i}`,
  plate_doubtful: i % 9 === 4,
  owner_name: surnames[i % 10] + given[i % 10],
  label: i % 7 === 6 ? null : households[i].label,
  household_id: i % 7 === 6 ? null : households[i].id,
  vehicle_kind: ['car', 'suv', 'van', 'tricycle'][i % 4],
  colour: i % 5 === 0 ? null : '白',
  phone_masked: '137****7620',
}))

export const staff = Array.from({ length: 12 }, (_, i) => ({
  id: 8500 + i,
  name: surnames[i % 10] + given[(i * 7) % 10],
  organisation: i % 5 === 4 ? null : '龙南社区',
  post: i % 3 ? '网格员' : '社区干部',
  rank: i > 8 ? 'section_head' : 'unknown',
  party: ['member', 'none', 'probationary', 'unknown'][i % 4],
  tier: 1 + Math.floor(i / 4),
  scope_label: i < 4 ? `${i + 1}栋、${i + 2}栋` : '全小区',
  phone_masked: '138****1234',
}))

export const openings = [
  {
    ...blank_opening,
    id: 31,
    name: '东门',
    kind: 'pedestrian',
    state: 'guarded',
  },
  {
    ...blank_opening,
    id: 32,
    name: '北门车行',
    kind: 'vehicle',
    state: 'guarded',
  },
  {
    ...blank_opening,
    id: 33,
    name: '西侧小门',
    kind: 'pedestrian',
    state: 'sealed',
    key_holder: '刘保安',
    key_phone: '13900000001',
    opens_from_inside: true,
  },
  {
    ...blank_opening,
    id: 34,
    name: '车库坡道',
    kind: 'garage_ramp',
    state: 'sealed',
    direction: 'out',
    key_holder: null,
    key_phone: null,
    opens_from_inside: false,
  },
  {
    ...blank_opening,
    id: 35,
    name: '5栋商铺后门',
    kind: 'shop_door',
    state: 'unguarded',
  },
].map((opening) => ({ compound_id: 11, ...opening }))

const reasons = [[], [], ['quota_used'], [], ['temperature_high_twice'], [], ['outing_exempt'], []]
export function passage(i, at = now - i * 7 * minute) {
  const emergency = i % 29 === 11
  const turned_back = i % 13 === 6
  return {
    id: 90_000 - i,
    happened_ms: at,
    recorded_ms: at + (i % 9 === 4 ? 45 * minute : 2000),
    opening_id: 31 + (i % 2),
    opening_name: i % 2 ? '北门车行' : '东门',
    direction: i % 3 ? 'out' : 'in',
    result: i === 3 ? 'reversed' : turned_back ? 'turned_back' : 'passed',
    kind: emergency ? 'emergency' : turned_back ? 'visitor' : 'person',
    label: turned_back ? null : households[i % 130].label,
    household_id: turned_back ? null : households[i % 130].id,
    person_names: i % 10 === 9 ? '' : `${surnames[i % 10]}*`,
    persons: 1,
    companions: i % 8 === 2 ? 1 : 0,
    temperature_tenths: i % 6 === 5 ? null : i % 19 === 8 ? 376 : 362 + (i % 7),
    temperature_note: i % 6 === 5 ? (emergency ? 'none' : 'below_threshold_no_reading') : 'reading',
    outcome: turned_back ? 'refer' : 'allow',
    reasons: turned_back ? ['outsider'] : emergency ? ['emergency_release'] : reasons[i % 8],
    flags: i % 15 === 7 ? ['quota_used', 'list_old'] : i % 17 === 3 ? ['provisional'] : [],
    policy_version: 3,
    offline: i % 9 === 4,
    device_label: i % 2 ? '北门 1 号机' : '东门 1 号机',
    corrected: i === 5 ? 'reversed' : null,
    reverses_id: i === 3 ? 89_995 : null,
    emergency_reason: emergency ? 'medical' : null,
    note: i === 3 ? '扫错了人' : null,
  }
}
export const passages = Array.from({ length: 140 }, (_, i) => passage(i))

export const passes = Array.from({ length: 75 }, (_, i) => {
  const state = ['active', 'inactive', 'active', 'void', 'blank', 'replaced'][i % 6]
  return {
    id: 6000 + i,
    compound_id: 11,
    household_id: state === 'blank' ? null : households[i].id,
    label: state === 'blank' ? null : households[i].label,
    pass_class: 'household',
    state,
    serial: i % 7 === 3 ? 2 : 1,
    short_code_masked: `K7${'*'.repeat(4)}Q${i % 10}`,
    issued_ms: now - 3 * day,
    activated_ms: state === 'active' ? now - 2 * day : null,
    void_ms: state === 'void' ? now - day : null,
    void_reason: state === 'void' ? 'lost' : null,
    valid_until: civil(now + 30 * day),
    batch: '2020-02-A',
  }
})

export const enrolments = [
  {
    id: 41,
    label: '东门 1 号机',
    opening_id: 31,
    opening_name: '东门',
    state: 'active',
    last_contact_ms: now - minute,
    list_version: '17',
    queue: 0,
    clock_offset_ms: -1200,
  },
  {
    id: 42,
    label: '北门 1 号机',
    opening_id: 32,
    opening_name: '北门车行',
    state: 'active',
    last_contact_ms: now - 3 * hour,
    list_version: '15',
    queue: 23,
    clock_offset_ms: 65_000,
  },
  {
    id: 43,
    label: '备用机',
    opening_id: 31,
    opening_name: '东门',
    state: 'waiting',
    last_contact_ms: null,
    list_version: null,
    queue: null,
    clock_offset_ms: null,
  },
  {
    id: 44,
    label: '旧手机',
    opening_id: 31,
    opening_name: '东门',
    state: 'revoked',
    last_contact_ms: now - 9 * day,
    list_version: '3',
    queue: 0,
    clock_offset_ms: 0,
  },
]

const params = {
  version: 3,
  effective_from_ms: now - 5 * day,
  utc_offset_minutes: 480,
  window_kind: 'calendar',
  window_days: 3,
  outings_per_window: 1,
  persons_per_outing: 1,
  refund_minutes: 10,
  max_minutes_outside: 120,
  overrun_costs_outing: false,
  exemption_kinds: ['medical', 'official', 'livelihood', 'chronic_care', 'court'],
  lookup_satisfies_pass: true,
  temperature_required_out: true,
  temperature_required_in: true,
  normal_without_reading_allowed: false,
  fever_threshold_tenths: 373,
  fever_at_or_above: true,
  low_threshold_tenths: 350,
  highest_plausible_tenths: 429,
  second_reading_wait_minutes: 10,
  disinfection_required: false,
  warn_until_day: Math.floor((now + offset_minutes * minute) / day) + 2,
  modes: { quota: 'enforce', pass: 'warn', residency: 'enforce', steps: 'enforce', standing: 'record' },
}
export const policy = {
  id: 51,
  place_id: 11,
  place_name: '锦绣花园',
  version: 3,
  effective_from_ms: now - 5 * day,
  created_by_name: '王主任',
  note: '龙南社防〔2020〕7 号',
  params,
}
export const policies = [
  policy,
  { ...policy, id: 50, version: 2, effective_from_ms: now - 9 * day, note: null },
  {
    ...policy,
    id: 49,
    version: 1,
    effective_from_ms: now - 20 * day,
    place_name: '龙马潭区',
    created_by_name: '',
    note: null,
  },
]

const columns = [
  ['序号', 'serial', ['1', '2', '3']],
  ['房号', 'room', ['1-1-101', '1幢1单元102室', '叁栋-2-301']],
  ['姓名', 'name', ['曹霞欣', '朱国', '高平']],
  ['与户主关系', 'relation', ['户主', '妻子', '儿']],
  ['身份证号', 'document_number', ['510502196003120708', '5.10502E+17', '']],
  ['联系电话', 'phone', ['13900000815', '139.../138...', '']],
  ['从何地返回', 'origin', ['', '湖北武汉', '']],
  ['备注信息', null, ['', '', '独居']],
].map(([header, field, sample], index) => ({ index, header, field, sample }))
export const imports = [
  {
    id: 61,
    compound_id: 11,
    filename: '住户花名册_锦绣花园.xlsx',
    state: 'analysed',
    kind: 'roster',
    confidence: 0.97,
    sheets: [
      { name: '花名册', rows: 2092 },
      { name: '说明', rows: 6 },
    ],
    sheet: 0,
    header_row: 3,
    header_rows: 2,
    columns,
    fields: [
      'room',
      'name',
      'relation',
      'sex',
      'document_number',
      'phone',
      'registered_residence',
      'origin',
      'return_day',
      'remark',
      'serial',
    ],
    counts: [
      ['households', 701],
      ['persons', 2088],
      ['damaged_ids', 38],
      ['bad_checksum', 21],
      ['missing_id', 31],
      ['returnees', 31],
      ['elder_alone', 44],
    ].map(([code, count]) => ({ code, count })),
    issues: [{ column: null, code: 'hidden_rows', params: { count: '3' } }],
    new: 1998,
    changed: 12,
    doubtful: 74,
    wrong: 4,
    duplicate: 4,
    unchanged: 0,
    created_ms: now - 20 * minute,
    committed_ms: null,
    remembered: false,
    done: 0,
    total: 0,
    stopped: false,
    undone_ms: null,
    undo: null,
  },
  {
    id: 60,
    compound_id: 11,
    filename: '楼盘表_锦绣花园.xlsx',
    state: 'committed',
    kind: 'dwellings',
    confidence: 1,
    sheets: [{ name: 'Sheet1', rows: 938 }],
    sheet: 0,
    header_row: 2,
    header_rows: 1,
    columns: columns.slice(0, 2),
    fields: ['room', 'serial', 'area'],
    counts: [
      { code: 'dwellings', count: 936 },
      { code: 'fitted', count: 814 },
    ],
    issues: [],
    new: 936,
    changed: 0,
    doubtful: 0,
    wrong: 0,
    duplicate: 0,
    unchanged: 0,
    created_ms: now - day,
    committed_ms: now - day + hour,
    remembered: false,
    done: 0,
    total: 0,
    stopped: false,
    undone_ms: null,
    undo: null,
  },
]
const row_issues = {
  wrong: [
    { column: 1, code: 'room_unknown' },
    { column: null, code: 'name_missing' },
  ],
  doubtful: [
    { column: 4, code: 'id_damaged' },
    { column: 5, code: 'phone_doubtful' },
  ],
  duplicate: [{ column: null, code: 'duplicate_row', params: { row: 17 } }],
}
export const import_rows = (status) =>
  Array.from({ length: 8 }, (_, i) => ({
    row: 12 + i * 31,
    status,
    issues: row_issues[status] ?? [],
    cells: [
      String(i + 1),
      `1-1-${i + 1}01`,
      surnames[i] + given[i],
      '户主',
      status === 'doubtful' ? '5.10502E+17' : '510502196003120708',
      '1390000081',
      i % 3 ? '' : '湖北武汉',
      '',
    ],
  }))

const grant = (id, role, place_id, place_name, place_kind) => ({
  id,
  role,
  role_title: null,
  place_id,
  place_name,
  place_kind,
  valid_from_ms: now - 30 * day,
  valid_until_ms: id === 83 ? now + 5 * day : null,
})
export const accounts = [
  {
    id: 71,
    username: 'admin',
    display_name: '系统管理员',
    disabled: false,
    grants: [grant(81, 'administrator', null, '', '')],
    last_login_ms: now - hour,
  },
  {
    id: 72,
    username: 'longnan',
    display_name: '王主任',
    disabled: false,
    grants: [grant(82, 'community_office', 3, '龙南社区', 'community')],
    last_login_ms: now - 2 * day,
  },
  {
    id: 73,
    username: 'gate1',
    display_name: '刘保安',
    disabled: true,
    grants: [grant(83, 'gate_guard', 11, '锦绣花园', 'compound')],
    last_login_ms: null,
  },
]

const figure = (code, value, denominator = null, denominator_code = null) => ({
  code,
  value,
  denominator,
  denominator_code,
})
export const overview = {
  compound: compounds[0],
  figures: [
    figure('living', 1893, 2088, 'registered_persons'),
    figure('out_now', 214),
    figure('visitors_inside', 7),
    figure('exits_today', 302),
    figure('entries_today', 268),
    figure('abnormal_temperature', 2),
    figure('turned_back', 11),
    figure('unregistered_households', 35, 736, 'lived_in_dwellings'),
    figure('provisional_waiting', 6),
    figure('emergencies_today', 1),
    figure('position_unknown', null, 2088, 'registered_persons'),
  ],
  message:
    '【锦绣花园】截至16时:实住1893人,在外未归214人,在内访客7人;今日外出302人次,进入268人次;体温异常2人,劝返11人,紧急放行1起;未登记35户,待核实6人。位置未知人数:未知。',
}

export const me = {
  account_id: 71,
  username: 'admin',
  display_name: '系统管理员',
  must_set_password: false,
  from_link: false,
  totp: false,
  permissions: [
    'place_read',
    'place_write',
    'household_read',
    'household_write',
    'import_write',
    'pass_read',
    'pass_write',
    'policy_read',
    'policy_write',
    'passage_read',
    'passage_write',
    'passage_export',
    'enrolment_write',
    'account_write',
    'audit_read',
    'figure_read',
    'role_write',
    'sensitive_read',
    'break_glass',
  ],
  grants: accounts[0].grants,
  compounds,
  zone: 'Asia/Shanghai',
  utc_offset_minutes: offset_minutes,
  program_version: '0.1.0',
  demo: true,
}

const role = (id, name, permissions, title = null) => ({
  id,
  name,
  title,
  permissions,
  builtin: title === null,
  fixed: name === 'administrator',
  version: 1,
})
export const roles = [
  role(1, 'administrator', me.permissions),
  role(4, 'community_office', me.permissions.slice(0, 13)),
  role(6, 'gate_guard', ['place_read']),
  role(90, 'custom_90', ['place_read', 'account_write'], '账号员'),
]
const session = (id, current, by_link) => ({
  id,
  created_ms: now - id * hour,
  expires_ms: now + 12 * hour - id * hour,
  peer: `192.0.2.${id}`,
  agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  by_link,
  current,
})
export const sessions = [session(1, true, false), session(5, false, true)]
const entry = (id, actor, actor_name, action, entity, more) => ({
  id,
  at_ms: now - id * hour,
  actor,
  actor_name,
  action,
  entity,
  record_id: 5000,
  subject: null,
  household_id: null,
  compound_name: '锦绣花园',
  detail: '',
  reason: null,
  sealed: id > 1,
  ...more,
})
export const audit = [
  entry(1, 'account:72', '王主任', 'person.reveal', 'person', {
    subject: '1-1-101',
    household_id: 5000,
    detail: 'document phones',
    reason: '老人走失，联系家属',
  }),
  entry(2, 'account:72', '王主任', 'emergency.open', 'emergency', { reason: '老人走失' }),
  entry(3, 'account:71', '系统管理员', 'grant.add', 'account', { detail: 'gate_guard', compound_name: null }),
  entry(4, 'account:71', '系统管理员', 'role.change', 'role', {
    detail: 'place_read account_write',
    compound_name: null,
  }),
  entry(5, 'account:72', '王主任', 'passage.export', 'place'),
  entry(6, 'enrolment:7', null, 'guest.register', 'guest'),
]
