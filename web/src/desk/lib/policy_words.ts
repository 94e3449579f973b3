// The words of a sentence; a parameter that begins with @ is itself a word.
import { useI18n } from 'vue-i18n'

import type { Sentence } from './policy'

export function use_sentences() {
  const { t } = useI18n()
  const said = ({ key, params }: Sentence): string =>
    t(
      `policy_words.${key}`,
      Object.fromEntries(
        Object.entries(params ?? {}).map(([name, value]) => [
          name,
          typeof value === 'string' && value.startsWith('@') ? t(value.slice(1)) : value,
        ]),
      ),
    )
  return { said }
}
