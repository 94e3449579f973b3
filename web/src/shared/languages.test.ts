import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../../../i18n/', import.meta.url))
const areas = readdirSync(folder).flatMap((file) => /^(.+)\.zh-CN\.json$/.exec(file)?.[1] ?? [])
const load = (area: string, language: string): Record<string, string> =>
  JSON.parse(readFileSync(`${folder}${area}.${language}.json`, 'utf8'))
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe.each(areas)('words of %s', (area) => {
  const chinese = load(area, 'zh-CN')
  const english = load(area, 'en')

  it('has the same keys in both languages', () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort())
  })

  it('has the same placeholders in both languages', () => {
    for (const [key, text] of Object.entries(chinese)) {
      expect([key, placeholders(english[key] ?? '')]).toEqual([key, placeholders(text)])
    }
  })

  it('has no empty text and nothing the message compiler would read as its own syntax', () => {
    for (const [key, text] of [...Object.entries(chinese), ...Object.entries(english)]) {
      expect(text.trim(), key).not.toBe('')
      expect(text, key).not.toMatch(/[@|]/)
    }
  })
})

it('finds the areas of words', () => expect(areas).toContain('gate'))
