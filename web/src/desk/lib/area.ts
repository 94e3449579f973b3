// What is shown of an area: each part with what it is a part of.
import type { AreaFigures } from '../api/types'

export interface AreaFigure {
  code: string
  value: number | null // null: not known
  of?: { code: string; value: number }
  tone?: 'warn' | 'bad'
}

export function area_figures(a: AreaFigures): AreaFigure[] {
  const missing = (code: string, value: number, of: string, whole: number): AreaFigure => ({
    code,
    value,
    of: { code: of, value: whole },
    ...(value > 0 && { tone: 'warn' as const }),
  })
  const openings = a.guarded + a.sealed + a.unguarded
  return [
    { code: 'compounds', value: a.compounds },
    { code: 'buildings', value: a.buildings },
    { code: 'dwellings', value: a.dwellings },
    { code: 'households', value: a.households },
    { code: 'persons', value: a.persons },
    // Nobody's whereabouts known is not the same as nobody away.
    {
      code: 'away',
      value: a.presence_known > 0 ? a.away : null,
      of: { code: 'presence_known', value: a.presence_known },
    },
    missing('unregistered', a.unregistered, 'lived_in', a.lived_in),
    missing('uncarded', a.households - a.carded, 'households', a.households),
    missing('headless', a.headless, 'households', a.households),
    missing('conflicts', a.conflicts, 'persons', a.persons),
    { code: 'guarded', value: a.guarded, of: { code: 'openings', value: openings } },
    {
      code: 'unguarded',
      value: a.unguarded,
      of: { code: 'openings', value: openings },
      ...(a.unguarded > 0 && { tone: 'bad' as const }),
    },
  ]
}

/** "12.5%"; a share of nothing is a dash, and a few of many are never nought. */
export function share_text(part: number | null, whole: number): string {
  if (whole === 0 || part === null) return '—'
  const percent = (part / whole) * 100
  if (part > 0 && percent < 0.1) return '<0.1%'
  if (part < whole && percent > 99.9) return '>99.9%'
  return `${Math.round(percent * 10) / 10}%`
}
