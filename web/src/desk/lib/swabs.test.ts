import { describe, expect, it } from 'vitest'

import { entries_after, form_of, outcome_unknown, problems_of, swabs_at_once, type SwabEntry } from './swabs'

const entry = (person_id: number): SwabEntry => ({
  person_id,
  label: `${person_id}`,
  tube: 'T1',
  taken_ms: 5,
})

describe('swabs of a queue (XN-46)', () => {
  it('keeps who was added while an answer was awaited', () => {
    const sent = form_of([entry(1), entry(2)], 'a')
    expect(sent).toEqual({
      client_id: 'a',
      items: [
        { person_id: 1, tube: 'T1', taken_ms: 5 },
        { person_id: 2, tube: 'T1', taken_ms: 5 },
      ],
    })
    expect(entries_after([entry(1), entry(2), entry(3)], sent)).toEqual([entry(3)])
  })
  it('sends no more at once than the server takes', () => {
    const many = Array.from({ length: swabs_at_once + 3 }, (_, n) => entry(n))
    const sent = form_of(many, 'a')
    expect(sent.items.length).toBe(swabs_at_once)
    expect(entries_after(many, sent).length).toBe(3)
  })
  it('knows a refusal from an answer that was lost', () => {
    expect(outcome_unknown({ status: 0, code: 'no_answer' })).toBe(true)
    expect(outcome_unknown({ status: 503, code: 'busy' })).toBe(true)
    expect(outcome_unknown({ status: 200, code: 'unexpected_answer' })).toBe(true)
    expect(outcome_unknown({ status: 422, code: 'invalid' })).toBe(false)
  })
  it('puts a problem beside whom it belongs to', () => {
    const sent = form_of([entry(7), entry(8)], 'a')
    const found = problems_of(sent, [
      { path: '/items/1/person_id', code: 'already_swabbed' },
      { path: '/items/1/taken_ms', code: 'outside_session' },
      { path: '/items', code: 'too_many' },
    ])
    expect([...found]).toEqual([[8, { path: '/items/1/person_id', code: 'already_swabbed' }]])
  })
})
