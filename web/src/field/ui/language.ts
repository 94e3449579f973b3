// Words by key; both languages are on the phone.
import common_en from '@i18n/common.en.json'
import common_zh from '@i18n/common.zh-CN.json'
import field_en from '@i18n/field.en.json'
import field_zh from '@i18n/field.zh-CN.json'
import { ref } from 'vue'

export type Language = 'zh-CN' | 'en'
type Words = Record<string, string>
const languages: Record<Language, Words> = {
  'zh-CN': { ...common_zh, ...field_zh },
  en: { ...common_en, ...field_en },
}

export const language = ref<Language>('zh-CN')
export const has_words = (key: string): boolean => key in languages[language.value]
export const t = (key: string, params: Record<string, unknown> = {}): string =>
  (languages[language.value][key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) =>
    String(params[name] ?? ''),
  )
/** A code without words is shown as it is. */
export const word = (group: string, code: string): string =>
  has_words(`${group}.${code}`) ? t(`${group}.${code}`) : code
