// Care, requests and deliveries, in the words of the page.
import { api } from '../api/client'
import type { ServiceKind } from '../api/care_types'

export const care_todays = ['overdue', 'waiting', 'contacted'] as const
export const care_channels = ['phone', 'visit', 'message', 'neighbour', 'self'] as const
export const care_needs = ['medicine', 'dialysis', 'check_up', 'supplies', 'other'] as const
export const care_endings = [
  'no_longer_needed',
  'moved_away',
  'deceased',
  'declined',
  'mistaken_record',
] as const
export const service_states = [
  'received',
  'batched',
  'collected',
  'delivered',
  'confirmed',
  'refused',
  'cancelled',
] as const
export const service_units = ['piece', 'kg', 'portion', 'box', 'time', 'cubic_metre', 'tonne'] as const
export const seven_services = [
  'family_doctor',
  'police',
  'supplies',
  'power',
  'pipes',
  'repairs',
  'emergency',
] as const

export const today_tones = { contacted: 'good', waiting: 'plain', overdue: 'bad' } as const
export const service_tone = (state: string): 'good' | 'warn' | 'plain' =>
  state === 'delivered' || state === 'confirmed' ? 'good' : state === 'received' ? 'warn' : 'plain'

/** "2.5" as thousandths; null where nothing was typed, undefined where it is no amount. */
export function milli_of(text: string): number | null | undefined {
  return scaled(text, 3)
}
/** "15.80" as fen. */
export function fen_of(text: string): number | null | undefined {
  return scaled(text, 2)
}
function scaled(text: string, places: number): number | null | undefined {
  const typed = text.trim().replace(',', '.')
  if (typed === '') return null
  const found = /^(\d{1,6})(?:\.(\d+))?$/.exec(typed)
  if (!found || (found[2]?.length ?? 0) > places) return undefined
  return Number(found[1]) * 10 ** places + Number((found[2] ?? '').padEnd(places, '0') || '0')
}
export const amount_text = (milli: number): string => String(milli / 1000)
export const yuan_text = (fen: number): string => (fen / 100).toFixed(2)

/** "10:30" as minutes of the day and back. */
export const minute_of = (clock: string): number => {
  const [hours, minutes] = clock.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}
export const clock_of = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** What may be asked for today. */
export async function service_kinds(): Promise<ServiceKind[]> {
  return (await api.get<{ items: ServiceKind[] }>('/api/service-kinds')).items
}
