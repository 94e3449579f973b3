import { describe, expect, it } from 'vitest'

import { day_colours } from './day_colours'

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

// The word changes every day, so a browser test sees one colour only.
describe('colours of the day', () => {
  it.each(Object.entries(day_colours))('%s carries white text (WCAG 2.2 AA)', (_name, colour) => {
    expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5)
  })
})
