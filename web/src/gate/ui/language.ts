// Words by key in the language of the settings. Both languages are on the phone; nothing is loaded later.
import common_en from '@i18n/common.en.json'
import common_zh from '@i18n/common.zh-CN.json'
import gate_en from '@i18n/gate.en.json'
import gate_zh from '@i18n/gate.zh-CN.json'
import { ref } from 'vue'

import type { Language } from '../model/settings'

type Words = Record<string, string>

const languages: Record<Language, Words> = {
  'zh-CN': { ...common_zh, ...gate_zh },
  en: { ...common_en, ...gate_en },
}

export const language = ref<Language>('zh-CN')

export const has_words = (key: string): boolean => key in languages[language.value]

/** The key itself where there are no words: seen at once in a test. */
export const t = (key: string, params: Record<string, unknown> = {}): string =>
  (languages[language.value][key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) =>
    String(params[name] ?? ''),
  )
