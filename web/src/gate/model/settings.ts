export type Language = 'zh-CN' | 'en'
export type Theme = 'auto' | 'light' | 'dark'

export interface Settings {
  language: Language
  theme: Theme
  volume: number // 0 silent .. 3 loud
  speech: boolean
  vibration: boolean
}

export const default_settings = (browser_language: string): Settings => ({
  language: browser_language.toLowerCase().startsWith('en') ? 'en' : 'zh-CN',
  theme: 'auto',
  volume: 2,
  speech: true,
  vibration: true,
})

/** At night a bright page blinds the guard and those who queue, whatever the phone's own setting. */
export function is_dark(theme: Theme, prefers_dark: boolean, hour: number): boolean {
  if (theme !== 'auto') return theme === 'dark'
  return prefers_dark || hour >= 19 || hour < 6
}
