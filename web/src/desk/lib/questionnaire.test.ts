import { describe, expect, it } from 'vitest'

import type { Question, QuestionAnswer, QuestionStep } from '../api/questionnaire_types'
import { answer_text, rule_text } from './questionnaire'

const step = (op: QuestionStep['op'], text = '', number = 0): QuestionStep => ({ op, text, number })
const answer = (what: Partial<QuestionAnswer>): QuestionAnswer => ({
  name: 'a',
  text: null,
  number: null,
  choices: null,
  ...what,
})

describe('a rule in words', () => {
  it('reads as it was written', () => {
    expect(rule_text([])).toBe('')
    expect(rule_text([step('answer', 'fever'), step('text', 'yes'), step('equal')])).toBe("${fever} = 'yes'")
    expect(
      rule_text([
        step('self'),
        step('text', 'none'),
        step('selected'),
        step('self'),
        step('count_selected'),
        step('number', '', 1),
        step('more'),
        step('and'),
        step('not'),
      ]),
    ).toBe("not(selected(., 'none') and (count-selected(.) > 1))")
    expect(
      rule_text([step('today'), step('day', '', 18303), step('minus'), step('number', '', 14), step('less')]),
    ).toBe("(today() - '2020-02-11') < 14")
  })
})

describe('an answer in words', () => {
  const question = {
    kind: 'select_one',
    choices: [{ name: 'yes', label: { zh: '是', en: 'Yes' } }],
  } as Question
  it('is what was chosen, in the language of the office', () => {
    expect(answer_text(question, answer({ text: 'yes' }), 'zh-CN')).toBe('是')
    expect(answer_text(question, answer({ text: 'gone' }), 'en')).toBe('gone')
    expect(
      answer_text({ ...question, kind: 'select_multiple' }, answer({ choices: ['yes', 'x'] }), 'en'),
    ).toBe('Yes, x')
    expect(answer_text(undefined, answer({ number: 0 }), 'en')).toBe('0')
  })
  it('is nothing where nothing was said', () => {
    expect(answer_text(question, answer({}), 'en')).toBeNull()
  })
})
