// One language is loaded at a time; the choice is kept in the browser.
import { createI18n } from 'vue-i18n'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

const storage_key = 'shouwang.language'

type Messages = Record<string, string>
type Loader = () => Promise<{ default: Messages }>

const loaders: Record<Language, readonly Loader[]> = {
  'zh-CN': [() => import('@i18n/common.zh-CN.json'), () => import('@i18n/desk.zh-CN.json')],
  en: [() => import('@i18n/common.en.json'), () => import('@i18n/desk.en.json')],
}

async function load(language: Language): Promise<Messages> {
  const parts = await Promise.all(loaders[language].map((loader) => loader()))
  return Object.assign({}, ...parts.map((part) => part.default)) as Messages
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as string,
  fallbackLocale: false,
  flatJson: true,
  missingWarn: false,
  fallbackWarn: false,
  messages: {},
})

export const is_language = (value: unknown): value is Language =>
  typeof value === 'string' && (languages as readonly string[]).includes(value)

/** The stored choice; otherwise Chinese unless the browser asks for English first. */
export function preferred_language(stored: string | null, browser: readonly string[]): Language {
  if (is_language(stored)) return stored
  return browser[0]?.toLowerCase().startsWith('en') ? 'en' : 'zh-CN'
}

export function initial_language(): Language {
  return preferred_language(localStorage.getItem(storage_key), navigator.languages)
}

export async function set_language(language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language))
    i18n.global.setLocaleMessage(language, await load(language))
  i18n.global.locale.value = language
  document.documentElement.lang = language
  localStorage.setItem(storage_key, language)
}
