// Invented openings, zones, sets and responsibilities.
export const blank_opening = {
  direction: 'both',
  key_holder: null,
  key_phone: null,
  opens_from_inside: null,
  open_minute: null,
  close_minute: null,
  seal_method: null,
  minutes_to_open: null,
  fire_exit: null,
  checked_ms: null,
  exception_reason: null,
  exception_until_ms: null,
}
const violation = (code, opening_id, have = null, limit = null) => ({
  code,
  opening_id,
  unit_id: null,
  have,
  limit,
})
const opening_board = (compound_id, name, violations) => ({
  compound_id,
  name,
  compound_kind: 'property_managed',
  people_max: 1,
  vehicles_max: 1,
  tally: { sealed: 2, guarded_people: 1, guarded_vehicles: 1, unguarded: 0, excepted: 0 },
  violations,
  served: [{ opening_id: 31, unit_id: 91, name: '东围合' }],
})
export const opening_boards = {
  as_of_ms: 1581379200000,
  compounds: 2,
  compounds_in_order: 1,
  items: [
    opening_board(11, '锦绣花园', [
      violation('too_many_people', null, 2, 1),
      violation('no_key_holder', 33),
      violation('check_overdue', 33, 9, 7),
    ]),
    opening_board(12, '滨河小区', []),
  ],
}
const zone = (id, place_id, place_name, level, place_kind) => ({
  id,
  place_id,
  place_name,
  place_kind,
  level,
  reason: null,
  valid_from_ms: 1581379200000,
  valid_until_ms: null,
  dwellings: 88,
})
export const zones = {
  as_of_ms: 1581379200001,
  own: zone(82, 11, '锦绣花园', 'yellow', 'compound'),
  items: [zone(81, 21, '锦绣花园 1', 'red', 'building'), zone(82, 11, '锦绣花园', 'yellow', 'compound')],
}
const place_set = (id, kind, name, members) => ({
  id,
  kind,
  place_id: kind === 'sealed_unit' ? 11 : 3,
  place_name: kind === 'sealed_unit' ? '锦绣花园' : '龙南社区',
  name,
  code: null,
  note: null,
  valid_from_ms: 1581379200000,
  valid_until_ms: null,
  members,
  compounds: 1,
  dwellings: 176,
  dwellings_of: 936,
})
export const place_sets = [
  place_set(90, 'grid', '一网格', 2),
  place_set(91, 'sealed_unit', '东围合', 2),
  place_set(92, 'scope_list', '归口管理', 203),
  place_set(93, 'scope_list', '已进驻', 161),
]
export const uncovered = {
  uncovered: 760,
  dwellings: 936,
  compounds: [{ compound_id: 11, name: '锦绣花园', uncovered: 760, dwellings: 936 }],
}
const drawn = (stair, floor, registered, unknown = 0) => ({
  stair,
  floor,
  dwellings: 4,
  lived_in: registered,
  vacant: 4 - registered - unknown,
  unknown,
  registered,
})
export const drawing = {
  dwellings: 28,
  registered: 17,
  occupancy_unknown: 6,
  buildings: [
    {
      id: 21,
      name: '1',
      zone: 'red',
      grid: '一网格',
      stairs: ['1', '2'],
      cells: [drawn('1', 1, 4), drawn('1', 2, 3), drawn('2', 1, 0), drawn('2', 2, 0, 4), drawn('2', null, 1)],
    },
    { id: 22, name: '2', zone: 'yellow', grid: null, stairs: [], cells: [] },
  ],
}
export const place_history = {
  items: [
    {
      name: '锦绣花园',
      code: null,
      parent_name: '龙南社区',
      compound_kind: 'property_managed',
      valid_from_ms: 1581379200000,
      valid_until_ms: null,
    },
  ],
}
const gap = (code, name, tier, have, want_min) => ({
  code,
  place_id: 3,
  grid_id: 90,
  name,
  tier,
  zone: null,
  have,
  want_min,
  want_max: null,
})
export const responsibility = {
  place_id: 3,
  place_name: '龙南社区',
  as_of_ms: 1581379200000,
  rules_version: 0,
  tiers: [1, 2, 3, 4].map((number) => ({ number, name: null })),
  checks: [
    { code: 'grid_tiers', total: 4, in_order: 3, gaps: [gap('nobody', '一网格', 3, 0, 176)] },
    { code: 'zone_rank', total: 0, in_order: 0, gaps: [] },
    { code: 'volunteers', total: 2, in_order: 2, gaps: [] },
  ],
  compounds: [
    {
      compound_id: 11,
      name: '锦绣花园',
      property_level: 'unknown',
      persons: 2088,
      observed_households: null,
      planned: null,
      volunteers: 1,
      suggested: 2,
    },
  ],
  suggestions: [
    {
      key: 'volunteers:11:2',
      kind: 'volunteers',
      place_id: 11,
      name: '锦绣花园',
      grid_id: null,
      staff_id: null,
      staff_name: null,
      tier: null,
      count: 2,
      reasons: ['persons_many', 'property_unknown'],
    },
  ],
}
