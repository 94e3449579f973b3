// The phone's side of tests/vectors/questionnaire.json; src/feature/questionnaire/vectors_test.cpp is the server's.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { evaluate, parse_day, type Answer, type AnswerSheet, type Form } from './questions.ts'

interface Case extends AnswerSheet {
  form: string
  name?: string
  today: string
  answers: Partial<Answer>[]
}
interface Vectors {
  forms: { name: string; form: Form }[]
  named: Case[]
  generated: Case[]
}
const file = fileURLToPath(new URL('../../../tests/vectors/questionnaire.json', import.meta.url))
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors
const forms = new Map(vectors.forms.map(({ name, form }) => [name, form]))
const cases = [...vectors.named, ...vectors.generated].map(
  (each, at) => [each.name ?? `case ${at}`, each] as const,
)

describe('questions are asked and judged as by the server', () => {
  it.each(cases)('%s', (_, { form, today, answers, asked, kept, complaints }) => {
    expect(evaluate(forms.get(form)!, answers as Answer[], today)).toEqual({ asked, kept, complaints })
  })
  it('has cases of each kind', () => {
    const wrong = new Set(cases.flatMap(([, each]) => each.complaints.map((one) => one.wrong)))
    expect([...wrong].sort()).toEqual(['constraint', 'missing', 'unfit', 'unknown'])
    expect(cases.some(([, each]) => each.complaints.length === 0)).toBe(true)
  })
})

describe('a day', () => {
  it('is one that exists', () => {
    expect(parse_day('1970-01-02')).toBe(1)
    expect(parse_day('2020-02-29')).toBe(18321)
    for (const none of ['2020-02-30', '2020-2-9', '', '2020-02-11 08:00']) expect(parse_day(none)).toBeNull()
  })
})
