// Words for the codes of the server. A code this page has no words for is shown as it is: a fact in
// an unknown word is better than a fact left out.
import { useI18n } from 'vue-i18n'

import type { ApiError, Problem } from '../api/client'

export function use_words() {
  const { t, te } = useI18n()

  function word(
    group: string,
    code: string | null | undefined,
    params: Record<string, unknown> = {},
  ): string {
    if (code === null || code === undefined || code === '') return ''
    const key = `${group}.${code}`
    return te(key) ? t(key, params) : code
  }

  /** Like `word`, but nothing when there are no words. */
  const note = (group: string, code: string): string => (te(`${group}.${code}`) ? t(`${group}.${code}`) : '')

  /** A flag is the gate's own, or a reason that should have stood in the way. */
  const flag_word = (code: string): string => note('flag', code) || word('reason', code)

  const words = (group: string, codes: readonly string[]): string =>
    codes.map((code) => word(group, code)).join(t('list_separator'))

  const problem_text = (problem: Pick<Problem, 'code' | 'params'>): string => {
    const text = word('error', problem.code, problem.params)
    return text === problem.code ? t('error.other', { code: problem.code }) : text
  }

  const failure_text = (error: ApiError): string => {
    const text = problem_text(error)
    return error.request_id && error.status >= 500 ? `${text} (${error.request_id})` : text
  }

  const options = (group: string, codes: readonly string[]) =>
    codes.map((code) => ({ value: code, label: word(group, code) }))

  return { t, word, note, words, flag_word, problem_text, failure_text, options }
}
