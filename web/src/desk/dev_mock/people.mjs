// Invented records of the person's file, the search, duplicates and conflicts.
import { civil, day, hour, now, persons } from './data.mjs'

const person_at = (i) => ({
  ...persons[i],
  compound: '锦绣花园',
  source: i % 2 ? 'import' : 'office',
})
const said = (source, hours) => ({ source, at_ms: now - hours * hour, by: null, import_id: null })

export const person_file = (id) => {
  const person = persons.find((item) => item.id === id) ?? persons[0]
  return {
    ...person,
    document_kind: 'resident_id',
    phones: person.phones_masked.map((masked, i) => ({ id: 1 + i, masked, source: 'import' })),
    presence: 'away',
    presence_source: 'office',
    presence_ms: now,
    away_place: '成都',
    away_since: civil(now - 3 * day),
    flags: ['elder_alone', 'chronic_medicine'],
    residences: [
      ['here', 'here', 'consistent', null, null],
      ['unknown', 'unknown', 'unknown', now - 9 * day, 'moved'],
    ].map(([registered, living, state, valid_until_ms, end_reason], i) => ({
      id: 100 + i,
      household_id: person.household_id,
      dwelling_id: 1,
      label: i === 0 ? person.label : '1-1-102',
      compound_id: 11,
      compound: '锦绣花园',
      relation: person.relation,
      is_primary: true,
      valid_from_ms: now - (i + 9) * day,
      valid_until_ms,
      end_reason,
      registered,
      living,
      state,
      source: 'office',
    })),
    sources: [
      { field: 'name', ...said('import', 90) },
      { field: 'birth_day', ...said('office', 3) },
      { field: 'registered_residence', ...said('neighbour', 2) },
    ],
    aliases: [{ id: 7080, name: '王小明', document_masked: '5105**********0709', merged_ms: now - day }],
    conflicts: 1,
    duplicates: 1,
  }
}
export const person_history = {
  entries: [
    {
      about: 'person',
      label: '',
      added: false,
      ...said('neighbour', 2),
      by: '王主任',
      changes: [
        { field: 'registered_residence', before: '湖北武汉', after: '四川省泸州市' },
        { field: 'flags', before: null, after: 'elder_alone chronic_medicine' },
      ],
    },
    {
      about: 'residence',
      label: '1-1-102',
      added: false,
      ...said('office', 200),
      changes: [{ field: 'end_reason', before: null, after: 'moved' }],
    },
    {
      about: 'person',
      label: '',
      added: true,
      ...said('import', 300),
      changes: [{ field: 'name', before: null, after: '王建国' }],
    },
  ],
}
export const duplicates = [70, 30].map((score, i) => ({
  id: 300 + i,
  a: person_at(i),
  b: person_at(i + 40),
  reasons: i === 0 ? ['same_document', 'same_name_and_birth'] : ['same_dwelling_like_name'],
  score,
  state: 'open',
  found_ms: now - hour,
  settled_ms: null,
}))
export const conflicts = ['registered_residence', 'phone', 'relation'].map((field, i) => ({
  id: 400 + i,
  person_id: 7000 + i,
  name: persons[i].name,
  label: persons[i].label,
  compound: '锦绣花园',
  field,
  known: ['四川省泸州市', '139****0815', 'child'][i],
  said: ['湖北省武汉市', '138****1234', 'grandchild'][i],
  known_source: 'import',
  said_source: 'neighbour',
  known_ms: now - 3 * day,
  said_ms: now - hour,
  import_id: null,
  state: 'open',
  settled_ms: null,
}))
export const found = (q) => {
  const hits = persons.filter((item) => item.name.includes(q) || item.label.startsWith(q))
  return {
    persons: hits.slice(0, 20).map((item, i) => ({
      ...item,
      compound_id: 11,
      compound: '锦绣花园',
      former: i === 1,
      found_by: 'name',
    })),
    dwellings: hits.slice(0, 4).map((item, i) => ({
      dwelling_id: 900 + i,
      label: item.label,
      compound_id: 11,
      compound: '锦绣花园',
      household_id: i === 3 ? null : item.household_id,
      head_name: i === 3 ? null : item.name,
      members: 3,
    })),
    more: hits.length > 20,
  }
}
