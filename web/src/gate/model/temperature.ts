// Temperatures as a guard enters them (practice.md 15: the keys 6 5 mean 36.5). Tenths of a degree.

export type KeyedReading = { state: 'more' } | { state: 'wrong' } | { state: 'done'; tenths: number }

/** What the keys pressed so far amount to. A first key of 5 to 9 stands for thirty-something. */
export function read_keys(keys: string): KeyedReading {
  if (!/^[2-9]\d{0,2}$/.test(keys)) return { state: keys === '' ? 'more' : 'wrong' }
  const whole = keys[0]! >= '5' ? `3${keys}` : keys
  if (whole.length > 3) return { state: 'wrong' }
  return whole.length === 3 ? { state: 'done', tenths: Number(whole) } : { state: 'more' }
}

/** A reading that arrives as text, from a thermometer that types or a full keyboard: 36.5, 36,5, 365. */
export function read_text(text: string): number | null {
  const found = /^\s*(\d{2})(?:[.,。,·]?(\d))?\s*(?:℃|°C|C)?\s*$/i.exec(text)
  if (!found) return null
  return Number(found[1]) * 10 + Number(found[2] ?? 0)
}

export const show_tenths = (tenths: number): string => `${Math.floor(tenths / 10)}.${tenths % 10}`
