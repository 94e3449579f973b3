// People under control, in the words of the page.

export const categories = [
  'confirmed',
  'suspected',
  'fever',
  'close_contact',
  'secondary_contact',
  'general_contact',
  'arrival',
] as const
export const attentions = ['release_due', 'test_due', 'held', 'positive', 'follow_up_missing'] as const
export const endings = ['released', 'transferred_out', 'deceased', 'mistaken_record'] as const
export const dependants = [
  'children',
  'elders',
  'disabled',
  'animals',
  'medicine',
  'gas_and_water',
  'keys',
] as const
export const channels = ['self', 'phone', 'message', 'visit'] as const

export const standing_tones = { may_leave: 'good', ask_community: 'warn', may_not_leave: 'bad' } as const

export const attention_tone = (code: string): 'good' | 'warn' | 'bad' =>
  code === 'release_due' ? 'good' : code === 'positive' ? 'bad' : 'warn'

/** "365", "36.5" or "36,5" as tenths; null where nothing was typed, undefined where it is no temperature. */
export function tenths_of(text: string): number | null | undefined {
  const typed = text.trim().replace(',', '.')
  if (typed === '') return null
  if (!/^\d{2}(\.\d|\d)?$/.test(typed)) return undefined
  const value = typed.includes('.')
    ? Math.round(Number(typed) * 10)
    : Number(typed) * (typed.length === 2 ? 10 : 1)
  return value >= 300 && value <= 450 ? value : undefined
}

export const degrees = (tenths: number): string => (tenths / 10).toFixed(1)

/** The morning until two in the afternoon, then the evening. */
export const half_of_hour = (hour: number): 'morning' | 'evening' => (hour < 14 ? 'morning' : 'evening')
