import 'fake-indexeddb/auto'

import { describe, expect, it } from 'vitest'

import { done_ms, pending_ms } from './gate'
import { Bench, day_ms, hour_ms, noon_ms, small_list } from './testing'

const normal = 365

describe('a household card (practice.md 15, 16)', () => {
  it('asks who it is, then the temperature, and turns green only after the release', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 1')
    expect(bench.visit.label).toBe('1-1-101')
    expect(bench.verdict).toMatchObject({ outcome: 'allow', need: 'choose_member' })
    bench.gate.choose_member(102)
    expect(bench.verdict.need).toBe('temperature')
    await bench.gate.release()
    expect(bench.gate.state.done).toBeNull()
    bench.gate.add_reading(0, normal)
    expect(bench.verdict.need).toBe('none')
    expect(bench.gate.state.done).toBeNull()
    await bench.gate.release()
    expect(bench.gate.state.done).toMatchObject({ kind: 'passed', label: '1-1-101' })
    expect(await bench.records()).toMatchObject([
      {
        seq: 1,
        direction: 'out',
        result: 'passed',
        holder_kind: 'resident_member',
        pass_id: 1,
        household_id: 1,
        person_ids: [102],
        persons: 1,
        readings: [{ person: 0, tenths: normal }],
        offline: true,
        policy_version: 3,
        list_age_s: 3600,
      },
    ])
  })

  it('chooses the only member by itself, so that a release is two moves', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    expect(await bench.records()).toMatchObject([{ person_ids: [201], steps: ['temperature'] }])
  })

  it('never takes an unknown holder for the head of the household', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 1')
    bench.gate.choose_other('unknown')
    expect(bench.visit).toMatchObject({ holder: 'unknown_person', person_id: null })
    bench.gate.choose_other('guest')
    expect(bench.visit).toMatchObject({ holder: 'resident_provisional', relation: 'guest' })
    expect(bench.reasons()).toContain('identity_unconfirmed')
  })

  it('refers a child alone and counts it no more beside an adult', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 1')
    bench.gate.choose_member(103)
    expect(bench.verdict.outcome).toBe('refer')
    expect(bench.reasons()).toContain('child_alone')
    bench.gate.add_companion({ person_id: 101, child: false })
    expect(bench.verdict.outcome).toBe('allow')
    bench.gate.add_reading(0, normal)
    bench.gate.add_reading(1, normal)
    await bench.gate.release()
    expect(await bench.records()).toMatchObject([{ person_ids: [103, 101], persons: 1, companions: 1 }])
  })

  it('holds the second adult to the persons of an outing (LZ-28)', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 1')
    bench.gate.choose_member(101)
    bench.gate.add_companion({ person_id: 102, child: false })
    expect(bench.verdict.outcome).toBe('deny')
    expect(bench.reasons()).toContain('persons_over_limit')
    bench.gate.clear_companions()
    expect(bench.verdict.outcome).toBe('allow')
  })
})

describe('other cards', () => {
  it.each([
    ['FORGED', 'pass_bad_signature'],
    ['NEW KEY', 'pass_unknown'], // signed after this list was made
    ['PASS 1 of 8', 'pass_other_compound'],
    ['PASS 3', 'pass_void'],
    ['PASS 4', 'pass_expired'],
    ['PASS 1 until 1500000000', 'pass_expired'],
    ['PASS 40', 'pass_unknown'],
    ['PASS 9', 'pass_inactive'],
  ])('%s is %s', async (text, reason) => {
    const bench = await Bench.open()
    await bench.gate.scanned(text)
    expect(bench.reasons()).toContain(reason)
  })

  it('believes the signature of a card younger than the list', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 50')
    expect(bench.visit).toMatchObject({ household_id: 2, card: { state: 'valid' } })
  })

  it('never stops an entry by a void card (practice.md 1)', async () => {
    const bench = await Bench.open()
    bench.gate.set_lane('in')
    await bench.gate.scanned('PASS 3')
    expect(bench.verdict.outcome).toBe('allow')
  })

  it('says that a foreign code is not a pass, and opens no visit', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('https://example.org')
    expect(bench.gate.state.notice).toMatchObject({ code: 'not_a_pass' })
    expect(bench.gate.state.visit).toBeNull()
  })

  it('finds a torn card by its short code', async () => {
    const bench = await Bench.open()
    bench.gate.typed_code('CODE2')
    expect(bench.visit).toMatchObject({ household_id: 2, card: { pass_id: 2, text: null } })
  })

  it('keeps a blank card with the household that is chosen for it, and binds it online', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 9')
    bench.gate.choose_household(bench.gate.directory.value!.household(2)!)
    expect(bench.visit.card).toMatchObject({ pass_id: 9, blank: true })
    await bench.gate.activate_card()
    expect(bench.visit.card).toMatchObject({ state: 'valid', blank: false })
    bench.server.up = false
    await bench.gate.activate_card()
    expect(bench.gate.state.notice?.code).toBe('card_needs_network')
  })
})

describe('what stays on the screen', () => {
  it('keeps nothing of the person before on a deny screen', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 1')
    bench.gate.choose_member(101)
    await bench.gate.scanned('PASS 3')
    expect(bench.verdict.outcome).toBe('deny')
    expect(JSON.stringify(bench.visit)).not.toContain('1-1-101')
    expect(bench.visit).toMatchObject({ household_id: 3, readings: [], companions: [] })
  })

  it('clears the green 10 s after the release and a pending person after 60 s of nothing', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.pass(pending_ms - 1)
    expect(bench.gate.state.visit).not.toBeNull()
    bench.gate.add_reading(0, normal)
    bench.pass(pending_ms - 1)
    expect(bench.gate.state.visit).not.toBeNull()
    await bench.gate.release()
    bench.pass(done_ms - 1)
    expect(bench.gate.state.done).not.toBeNull()
    bench.pass(1)
    expect(bench.gate.state.done).toBeNull()
  })

  it('does not sweep away somebody who is being measured', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    await bench.gate.scanned('PASS 1')
    expect(bench.visit.household_id).toBe(2)
    await bench.gate.take_next()
    expect(bench.visit.household_id).toBe(1)
  })

  it('speaks the verdict and the end, never a name', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    expect(bench.said).toEqual(['allow', 'allow', 'passed'])
  })
})

describe('the quota without a network', () => {
  it('counts what this phone has let out itself, until the entry', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    bench.now_ms += 3_600_000
    await bench.gate.scanned('PASS 2')
    expect(bench.verdict).toMatchObject({ outcome: 'deny', next_outing_day: 18_306 }) // 14 February
    expect(bench.reasons()).toEqual(expect.arrayContaining(['quota_used', 'already_outside']))
    bench.gate.set_lane('in')
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    bench.gate.set_lane('out')
    bench.now_ms += 3 * day_ms
    await bench.gate.scanned('PASS 2')
    expect(bench.verdict.outcome).toBe('allow')
  })

  it('still knows after the page was loaded anew', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    await bench.gate.load()
    await bench.gate.scanned('PASS 2')
    expect(bench.verdict.outcome).toBe('deny')
  })

  it('refunds a return within ten minutes (practice.md 6)', async () => {
    const bench = await Bench.open()
    for (const lane of ['out', 'in'] as const) {
      bench.gate.set_lane(lane)
      await bench.gate.scanned('PASS 2')
      bench.gate.add_reading(0, normal)
      await bench.gate.release()
      bench.now_ms += 5 * 60_000
    }
    bench.gate.set_lane('out')
    await bench.gate.scanned('PASS 2')
    expect(bench.verdict.outcome).toBe('allow')
  })
})

describe('fever (practice.md 17)', () => {
  it('puts the person aside at the threshold and lets the next one through', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, 373)
    expect(bench.verdict.need).toBe('second_reading')
    bench.gate.leave()
    expect(bench.gate.state.waiting).toMatchObject([
      { kind: 'second_reading', due_ms: bench.now_ms + 600_000 },
    ])
    await bench.gate.scanned('PASS 1')
    bench.gate.choose_member(101)
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    bench.now_ms += 600_000
    bench.gate.resume(bench.gate.state.waiting[0]!.visit.id)
    bench.gate.add_reading(0, 368)
    expect(bench.verdict.need).toBe('none')
    await bench.gate.release()
    expect(bench.gate.state.waiting).toEqual([])
    expect(await bench.records()).toMatchObject([
      { person_ids: [101] },
      { person_ids: [201], readings: [{ tenths: 373 }, { tenths: 368 }] },
    ])
  })

  it('alerts after a second high reading only, and the duty officer decides', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, 376)
    expect(bench.verdict.alert).toBe('none')
    bench.now_ms += 600_000
    bench.gate.add_reading(0, 378)
    expect(bench.verdict).toMatchObject({ outcome: 'refer', alert: 'fever' })
    await bench.gate.release()
    expect(bench.gate.state.done).toBeNull()
    bench.gate.call_duty()
    bench.gate.call_duty()
    // The office hears of one call (practice.md 1).
    expect(bench.said.filter((word) => word.startsWith('duty_called'))).toHaveLength(1)
    await bench.gate.release_agreed('fever_clinic')
    expect(await bench.records()).toMatchObject([
      { outcome: 'refer', result: 'passed', steps: ['temperature', 'duty_called', 'fever_clinic'] },
    ])
  })

  it('remembers who waits when the page is loaded anew', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, 373)
    bench.gate.leave()
    bench.gate.state.waiting = []
    await bench.gate.load()
    expect(bench.gate.state.waiting).toHaveLength(1)
  })

  it('keeps a mistyped reading out of the record and says that one was retaken', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, 395)
    bench.gate.retake_reading(0)
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    expect(await bench.records()).toMatchObject([
      { readings: [{ tenths: normal }], steps: ['temperature', 'retaken'] },
    ])
  })
})

describe('people the list does not know (practice.md 11)', () => {
  const claim = { name: '孙立', phone: null, note: null }

  it('passes a claimed dwelling as provisional in a compound that only warns', async () => {
    const bench = await Bench.open(small_list({}, { warn_until_day: 20_000 }))
    bench.gate.register('resident', bench.gate.directory.value!.dwelling(13), claim, '')
    expect(bench.verdict.outcome).toBe('allow')
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    expect(await bench.records()).toMatchObject([
      { holder_kind: 'resident_provisional', dwelling_id: 13, household_id: null, claim, person_ids: [] },
    ])
  })

  it('refers an entry, never denies it, and a visitor passes when host and office agree', async () => {
    const bench = await Bench.open()
    bench.gate.set_lane('in')
    bench.gate.register('visitor', null, claim, '3栋')
    expect(bench.verdict.outcome).toBe('refer')
    bench.gate.approve_visit()
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    expect(await bench.records()).toMatchObject([
      { holder_kind: 'visitor', result: 'passed', outcome: 'allow' },
    ])
  })

  it('starts a clock of 15 minutes with the call to the duty officer', async () => {
    const bench = await Bench.open()
    bench.gate.set_lane('in')
    bench.gate.register('unknown', null, claim, '')
    bench.gate.call_duty()
    bench.gate.leave()
    expect(bench.gate.state.waiting).toMatchObject([{ kind: 'duty', due_ms: bench.now_ms + 15 * 60_000 }])
  })

  it('records who was turned back', async () => {
    const bench = await Bench.open()
    bench.gate.set_lane('in')
    bench.gate.register('visitor', null, claim, '')
    await bench.gate.turn_back()
    expect(bench.gate.state.done?.kind).toBe('turned_back')
    expect(await bench.records()).toMatchObject([{ result: 'turned_back', steps: ['registered', 'advised'] }])
  })
})

describe('emergency release (practice.md 2)', () => {
  it('works with nobody on the screen, without list, card or network', async () => {
    const bench = await Bench.open()
    bench.gate.directory.value = null
    await bench.gate.emergency('medical')
    expect(bench.gate.state.done?.kind).toBe('emergency')
    expect(await bench.records()).toMatchObject([
      { emergency_reason: 'medical', holder_kind: 'unknown_person', result: 'passed', outcome: 'allow' },
    ])
  })

  it('lets out whom a quota denies, and knows whom', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 3')
    expect(bench.verdict.outcome).toBe('deny')
    await bench.gate.emergency('childbirth')
    expect(await bench.records()).toMatchObject([{ household_id: 3, emergency_reason: 'childbirth' }])
  })

  it('does not cost the household an outing', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    await bench.gate.emergency('fire')
    await bench.gate.scanned('PASS 2')
    expect(bench.reasons()).not.toContain('quota_used')
  })

  it('asks an emergency vehicle nothing', async () => {
    const bench = await Bench.open()
    await bench.gate.scanned('PASS 2')
    await bench.gate.emergency('other', true)
    expect(await bench.records()).toMatchObject([{ holder_kind: 'vehicle_emergency', household_id: null }])
  })

  it('asks the server nothing first', async () => {
    const bench = await Bench.open()
    bench.reachable = true
    await bench.gate.emergency('police')
    expect(bench.server.calls).toEqual([])
  })
})

describe('with a server (practice.md 18)', () => {
  it('decides by itself first and takes what the server knows more', async () => {
    const bench = await Bench.open()
    bench.reachable = true
    const use = { h: 2, exit_at_ms: bench.now_ms - 3_600_000, return_at_ms: null, persons: 1, counted: true }
    bench.server.decide_answer = {
      uses: [{ ...use, closed_by_staff: false }],
      pass_state: 'valid',
      reasons: [],
    }
    await bench.gate.scanned('PASS 2')
    await expect.poll(() => bench.gate.state.judged).toBe('server')
    expect(bench.said).toEqual(['allow', 'deny'])
    expect(bench.verdict.outcome).toBe('deny')
  })

  it.each([
    ['may_not_leave', 'deny'],
    ['ask_community', 'refer'],
  ] as const)('learns from the server that it is %s', async (code, outcome) => {
    const bench = await Bench.open()
    bench.reachable = true
    bench.server.decide_answer = { uses: [], pass_state: 'valid', reasons: [code] }
    await bench.gate.scanned('PASS 2')
    await expect.poll(() => bench.verdict.outcome).toBe(outcome)
    expect(bench.reasons()).toContain(code)
  })

  it('learns that an outing is exempt, so that a used quota does not stop it (practice.md 7)', async () => {
    const bench = await Bench.open()
    bench.reachable = true
    const use = { h: 2, exit_at_ms: bench.now_ms - day_ms, return_at_ms: bench.now_ms - 3_600_000 }
    bench.server.decide_answer = {
      uses: [{ ...use, persons: 1, counted: true, closed_by_staff: false }],
      pass_state: 'valid',
      reasons: ['outing_exempt'],
    }
    await bench.gate.scanned('PASS 2')
    await expect.poll(() => bench.gate.state.judged).toBe('server')
    expect(bench.verdict.outcome).toBe('allow')
    expect(bench.reasons()).toContain('outing_exempt')
  })

  it('stays with its own verdict when the server is busy', async () => {
    const bench = await Bench.open()
    bench.reachable = true
    await bench.gate.scanned('PASS 2')
    await expect.poll(() => bench.gate.state.judged).toBe('local')
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    expect(bench.gate.state.done?.kind).toBe('passed')
    expect(bench.server.records.get(1)).toMatchObject({ seq: 1, offline: true })
  })

  it('releases on the phone alone when the server falls silent at the confirmation', async () => {
    const bench = await Bench.open()
    bench.reachable = true
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    bench.server.up = false
    await bench.gate.release()
    expect(bench.gate.state.done?.kind).toBe('passed')
    expect(await bench.store.records()).toMatchObject([{ seq: 1, state: 'waiting' }])
  })

  it('does not turn green when the server refuses, and nothing is recorded', async () => {
    const bench = await Bench.open()
    bench.reachable = true
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    bench.server.refusal = {
      ...bench.verdict,
      outcome: 'deny',
      reasons: [{ code: 'quota_used', mode: 'enforce' }],
    }
    await bench.gate.release()
    expect(bench.gate.state.done).toBeNull()
    expect(bench.verdict.outcome).toBe('deny')
    expect(await bench.records()).toEqual([])
    bench.server.refusal = null
    bench.gate.leave()
    await bench.gate.scanned('PASS 1')
    bench.gate.choose_member(101)
    bench.gate.add_reading(0, normal)
    await bench.gate.release()
    expect((await bench.records()).map((record) => record.seq)).toEqual([1])
  })
})

describe('cards that are no household’s', () => {
  const passes = (bench_list: ReturnType<typeof small_list>) => [
    ...bench_list.passes,
    { id: 20, h: 1, k: 'exempt' as const, n: 1, s: 'active' as const, c: '', u: '2020-12-31' },
    { id: 21, h: 0, k: 'visitor' as const, n: 1, s: 'active' as const, c: 'CODE5', u: '2020-02-11' },
    { id: 22, h: 0, k: 'worker' as const, n: 1, s: 'active' as const, c: '', u: '2020-12-31' },
    { id: 23, h: 1, k: 'vehicle' as const, n: 1, s: 'active' as const, c: '', u: '2020-12-31' },
  ]
  const holders = [
    { id: 20, p: 102, t: '' },
    { id: 21, p: null, t: '来**' },
    { id: 22, p: null, t: '快**' },
    { id: 23, p: null, t: '川E63361' },
  ]
  const open = () => Bench.open(small_list({ passes: passes(small_list()), holders }))

  it('choose the person and draw on no quota with a certificate (XN-41, practice 7)', async () => {
    const bench = await open()
    const now = noon_ms - 3 * hour_ms
    await bench.gate.scanned('PASS 20')
    expect(bench.visit).toMatchObject({ holder: 'resident_member', person_id: 102, exempt: true })
    bench.visit.uses.push({
      exit_at_ms: now,
      return_at_ms: now + hour_ms,
      persons: 1,
      counted: true,
      closed_without_return: false,
    })
    bench.gate.add_reading(0, 365)
    expect(bench.verdict).toMatchObject({ outcome: 'allow', consumes_outing: false })
  })

  it('let in a visitor whose host has confirmed, by card or code, and a worker by their own', async () => {
    const bench = await open()
    bench.gate.set_lane('in')
    bench.gate.typed_code('CODE5')
    bench.gate.add_reading(0, 365)
    expect(bench.visit).toMatchObject({
      holder: 'visitor',
      label: '来**',
      steps: ['visit_approved', 'temperature'],
    })
    expect(bench.verdict.outcome).toBe('allow')
    await bench.gate.scanned('PASS 22')
    await bench.gate.take_next()
    bench.gate.add_reading(0, 365)
    expect(bench.visit.holder).toBe('worker')
    expect(bench.verdict.outcome).toBe('allow')
  })

  it('open the vehicle that a card is for', async () => {
    const bench = await open()
    await bench.gate.scanned('PASS 23')
    expect(bench.gate.vehicles.state.ride).toMatchObject({ plate: '川E63361', vehicle_class: 'resident' })
  })
})

describe('somebody who comes from elsewhere (XN-50, practice 1)', () => {
  const waiting = () =>
    Bench.open(small_list({ filings: [{ h: 2, m: 201, f: false }] }, { filing_required: true }))

  it('is referred until the filing is there, offline too, and the guard can complete it', async () => {
    const bench = await waiting()
    bench.gate.set_lane('in')
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    expect(bench.verdict).toMatchObject({ outcome: 'refer', need: 'filing' })
    bench.gate.step('filed')
    expect(bench.verdict).toMatchObject({ outcome: 'allow', need: 'none' })
  })

  it('goes out without being asked', async () => {
    const bench = await waiting()
    await bench.gate.scanned('PASS 2')
    bench.gate.add_reading(0, normal)
    expect(bench.verdict.need).toBe('none')
  })
})
