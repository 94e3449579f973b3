// A form and its answers in words.
import type { Question, QuestionAnswer, QuestionStep } from '../api/questionnaire_types'

export const in_language = (words: { zh: string; en: string }, locale: string): string =>
  locale === 'en' ? words.en : words.zh

const signs: Partial<Record<QuestionStep['op'], string>> = {
  and: 'and',
  or: 'or',
  equal: '=',
  unequal: '!=',
  less: '<',
  at_most: '<=',
  more: '>',
  at_least: '>=',
  plus: '+',
  minus: '-',
  times: '*',
  divided: 'div',
  remainder: 'mod',
}

/** A rule as somebody would write it in the spreadsheet. */
export function rule_text(rule: readonly QuestionStep[]): string {
  const stack: { text: string; whole: boolean }[] = []
  const put = (text: string, whole = true): void => void stack.push({ text, whole })
  const closed = (): string => {
    const { text, whole } = stack.pop() ?? { text: '', whole: true }
    return whole ? text : `(${text})`
  }
  for (const { op, text, number } of rule) {
    if (op === 'text') put(`'${text}'`)
    else if (op === 'number') put(String(number))
    else if (op === 'day') put(`'${new Date(number * 86_400_000).toISOString().slice(0, 10)}'`)
    else if (op === 'boolean') put(number === 0 ? 'false()' : 'true()')
    else if (op === 'answer') put('${' + text + '}')
    else if (op === 'self') put('.')
    else if (op === 'today') put('today()')
    else if (op === 'negative') put(`-${closed()}`)
    else if (op === 'not') put(`not(${stack.pop()?.text ?? ''})`)
    else if (op === 'count_selected') put(`count-selected(${stack.pop()?.text ?? ''})`)
    else if (op === 'string_length') put(`string-length(${stack.pop()?.text ?? ''})`)
    else {
      const right = op === 'selected' ? (stack.pop()?.text ?? '') : closed()
      if (op === 'selected') put(`selected(${stack.pop()?.text ?? ''}, ${right})`)
      else put(`${closed()} ${signs[op]} ${right}`, false)
    }
  }
  return stack[0]?.text ?? ''
}

/** Null: asked and not answered. */
export function answer_text(
  question: Question | undefined,
  answer: QuestionAnswer,
  locale: string,
): string | null {
  const label = (name: string): string => {
    const choice = question?.choices.find((each) => each.name === name)
    return choice ? in_language(choice.label, locale) : name
  }
  const { text = null, number = null, choices = null } = answer
  if (number !== null) return String(number)
  if (choices !== null) return choices.map(label).join(', ')
  return text !== null && question?.kind === 'select_one' ? label(text) : text
}
