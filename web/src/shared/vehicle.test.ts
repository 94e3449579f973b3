// The phone's side of tests/vectors/vehicle.json; src/engine/gate/vehicle_test.cpp is the server's.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import type { Policy } from './decide.ts'
import { facts_of, policy_of } from './testing.ts'
import { decide_vehicle, may_release_vehicle, type VehicleFacts } from './vehicle.ts'

interface Case {
  name: string
  policy: Partial<Policy>
  rules?: Policy['vehicles']
  facts: Partial<VehicleFacts>
  verdict: Record<string, unknown>
}
const file = fileURLToPath(new URL('../../../tests/vectors/vehicle.json', import.meta.url))
const vectors = JSON.parse(readFileSync(file, 'utf8')) as { named: Case[]; generated: Case[] }

function run(c: Case) {
  const policy: Policy = { ...policy_of(c.policy), vehicles: c.rules ?? null }
  const facts: VehicleFacts = {
    direction: 'out',
    now_ms: 0,
    vehicle_class: 'outside',
    kind: 'car',
    plate: 'legal',
    listed: false,
    ...c.facts,
    parties: (c.facts.parties ?? []).map(facts_of),
  }
  const verdict = decide_vehicle(facts, policy)
  return { ...verdict, may_release: may_release_vehicle(verdict) }
}

describe('decide_vehicle', () => {
  it.each(vectors.named.map((c) => [c.name, c] as const))('%s', (_name, c) => {
    expect(run(c)).toMatchObject(c.verdict)
  })

  it('answers as the server does', () => {
    expect(vectors.generated.length).toBeGreaterThan(100)
    for (const c of vectors.generated) expect(run(c), c.name).toMatchObject(c.verdict)
  })
})
