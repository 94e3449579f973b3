// What of a questionnaire is asked, what of the answers is kept, what is wrong with them: the twin of
// src/engine/questionnaire/evaluate.cpp, held together by tests/vectors/questionnaire.json. The server reads the
// rules of a form once; here they are steps, operands before what is done with them.
import type { components } from './api_schema'

type Schemas = components['schemas']
export type Form = Schemas['QuestionForm']
export type Question = Schemas['Question']
export type Answer = Schemas['QuestionAnswer']
type Choice = Schemas['QuestionChoice']
type Step = Schemas['QuestionStep']

export interface Complaint {
  name: string
  wrong: 'missing' | 'constraint' | 'unfit' | 'unknown'
}
export interface AnswerSheet {
  asked: string[] // in order, notes too
  kept: Answer[] // one for each question asked; what is not asked is not kept
  complaints: Complaint[]
}

interface Day {
  day: number // since 1970-01-01
}
// null: nothing said, a value of its own that equals itself alone.
type Value = null | string | number | boolean | Day | string[]

const day_ms = 86_400_000
const day_number_max = 10_000_000
const chars_max = 1000
const number_max = 1e15

const is_day = (v: Value): v is Day => typeof v === 'object' && v !== null && !Array.isArray(v)
const finite = (n: number): Value => (Number.isFinite(n) ? n : null)
const day_value = (n: number): Value =>
  Number.isFinite(n) && Math.abs(n) <= day_number_max ? { day: Math.floor(n) } : null
const number_of = (v: Value): number | null => (typeof v === 'number' ? v : is_day(v) ? v.day : null)

export function parse_day(text: string): number | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!found) return null
  const at = new Date(0)
  at.setUTCFullYear(Number(found[1]), Number(found[2]) - 1, Number(found[3]))
  return at.toISOString().slice(0, 10) === text ? at.getTime() / day_ms : null
}

function truth(v: Value): boolean {
  if (v === null) return false
  if (typeof v === 'object') return is_day(v) || v.length > 0
  return typeof v === 'boolean' ? v : v !== '' && v !== 0
}

function same(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.join('\n') === b.join('\n')
  if (is_day(a) && is_day(b)) return a.day === b.day
  return a === b
}

function calculated(op: Step['op'], a: Value, b: Value): Value {
  const x = number_of(a)
  const y = number_of(b)
  if (x === null || y === null) return null
  if (op === 'plus') return is_day(a) ? day_value(x + y) : finite(x + y)
  if (op === 'minus') return is_day(a) && !is_day(b) ? day_value(x - y) : finite(x - y)
  if (op === 'times') return finite(x * y)
  return finite(op === 'divided' ? x / y : x % y)
}

function compared(op: Step['op'], a: Value, b: Value): boolean {
  if (op === 'equal') return same(a, b)
  if (op === 'unequal') return !same(a, b)
  const x = number_of(a)
  const y = number_of(b)
  if (x === null || y === null) return false
  if (op === 'less') return x < y
  if (op === 'at_most') return x <= y
  return op === 'more' ? x > y : x >= y
}

function two_operands(op: Step['op'], a: Value, b: Value): Value {
  switch (op) {
    case 'and':
      return truth(a) && truth(b)
    case 'or':
      return truth(a) || truth(b)
    case 'selected':
      return typeof b === 'string' && (Array.isArray(a) ? a.includes(b) : a === b)
    case 'plus':
    case 'minus':
    case 'times':
    case 'divided':
    case 'remainder':
      return calculated(op, a, b)
    default:
      return compared(op, a, b)
  }
}

function one_operand(op: Step['op'], a: Value): Value {
  if (op === 'not') return !truth(a)
  if (op === 'count_selected') return Array.isArray(a) ? a.length : 0
  if (op === 'string_length') return typeof a === 'string' ? [...a].length : 0
  const number = number_of(a)
  return number === null ? null : finite(-number)
}

function holds(
  rule: readonly Step[],
  values: ReadonlyMap<string, Value>,
  self: Value,
  today: number,
): boolean {
  const stack: Value[] = []
  for (const { op, text, number } of rule) {
    if (op === 'text') stack.push(text === '' ? null : text)
    else if (op === 'number') stack.push(finite(number))
    else if (op === 'day') stack.push(day_value(number))
    else if (op === 'boolean') stack.push(number !== 0)
    else if (op === 'answer') stack.push(values.get(text) ?? null)
    else if (op === 'self') stack.push(self)
    else if (op === 'today') stack.push({ day: today })
    else if (op === 'not' || op === 'negative' || op === 'count_selected' || op === 'string_length') {
      if (stack.length < 1) return false
      stack.push(one_operand(op, stack.pop()!))
    } else {
      if (stack.length < 2) return false
      const right = stack.pop()!
      stack.push(two_operands(op, stack.pop()!, right))
    }
  }
  return stack.length === 1 && truth(stack[0]!)
}

/** undefined: what was said is not of the question's kind. What says nothing is no answer. */
function value_of(question: Question, said: Answer): Value | undefined {
  const { kind, choices } = question
  const { text = null, number = null } = said
  const chosen = said.choices ?? null
  const forms = [text, number, chosen].filter((each) => each !== null).length
  if (forms === 0) return null
  if (forms > 1) return undefined
  if (kind === 'integer' || kind === 'decimal') {
    if (number === null || !(Math.abs(number) <= number_max)) return undefined
    return kind === 'integer' && !Number.isInteger(number) ? undefined : number
  }
  const known = choices.map((choice) => choice.name)
  if (kind === 'select_multiple') {
    if (chosen === null || !chosen.every((name) => known.includes(name))) return undefined
    // As the form lists them, each once.
    return chosen.length === 0 ? null : known.filter((name) => chosen.includes(name))
  }
  if (text === null) return undefined
  if (/^[ \t\r\n]*$/.test(text)) return null
  if (kind === 'select_one') return known.includes(text) ? text : undefined
  if (kind === 'date') {
    const day = parse_day(text)
    return day === null ? undefined : { day }
  }
  return kind === 'text' && [...text].length <= chars_max ? text : undefined
}

function kept_as(name: string, value: Value): Answer {
  const kept: Answer = { name, text: null, number: null, choices: null }
  if (Array.isArray(value)) kept.choices = value
  else if (is_day(value)) kept.text = new Date(value.day * day_ms).toISOString().slice(0, 10)
  else if (typeof value === 'number') kept.number = value
  else if (typeof value === 'string') kept.text = value
  return kept
}

function unknown_ones(form: Form, answers: readonly Answer[]): Complaint[] {
  const open = new Set(form.questions.filter((q) => q.kind !== 'note').map((q) => q.name))
  return answers.filter(({ name }) => !open.delete(name)).map(({ name }) => ({ name, wrong: 'unknown' }))
}

const is_offered = (choice: Choice, values: ReadonlyMap<string, Value>, day: number): boolean =>
  !choice.relevant || holds(choice.relevant, values, null, day)

/** A choice that is not offered counts as not chosen, as the answer to a question that is not asked. */
function offered_of({ kind, choices }: Question, value: Value, offered: (choice: Choice) => boolean): Value {
  const stays = (name: string): boolean => choices.some((choice) => choice.name === name && offered(choice))
  if (kind === 'select_one' && typeof value === 'string') return stays(value) ? value : null
  if (!Array.isArray(value)) return value
  const left = value.filter(stays)
  return left.length === 0 ? null : left
}

/** The choices of a question that the answers before it leave, in order. */
export function choices_offered(
  form: Form,
  question: Question,
  answers: readonly Answer[],
  today: string,
): Choice[] {
  if (question.choices.every(({ relevant }) => !relevant)) return question.choices
  const { values } = judge(form, answers, today)
  return question.choices.filter((choice) => is_offered(choice, values, parse_day(today) ?? 0))
}

/** `today` is the day on which the answers are given, "2020-02-11". */
export function evaluate(form: Form, answers: readonly Answer[], today: string): AnswerSheet {
  return judge(form, answers, today).sheet
}

function judge(
  form: Form,
  answers: readonly Answer[],
  today: string,
): { sheet: AnswerSheet; values: Map<string, Value> } {
  const sheet: AnswerSheet = { asked: [], kept: [], complaints: [] }
  const values = new Map<string, Value>()
  const day = parse_day(today) ?? 0
  for (const question of form.questions) {
    const { name, kind, relevant, constraint, required } = question
    if (relevant.length > 0 && !holds(relevant, values, null, day)) continue
    sheet.asked.push(name)
    if (kind === 'note') continue
    const said = answers.find((answer) => answer.name === name)
    const fit = said ? value_of(question, said) : null
    const value =
      fit === undefined ? fit : offered_of(question, fit, (choice) => is_offered(choice, values, day))
    if (value === undefined) sheet.complaints.push({ name, wrong: 'unfit' })
    else if (value === null && required) sheet.complaints.push({ name, wrong: 'missing' })
    else if (value !== null && constraint.length > 0 && !holds(constraint, values, value, day))
      sheet.complaints.push({ name, wrong: 'constraint' })
    sheet.kept.push(kept_as(name, value ?? null))
    values.set(name, value ?? null)
  }
  sheet.complaints.push(...unknown_ones(form, answers))
  return { sheet, values }
}
