// The figures of the day (practice.md 14): unknown is a word, never 0; every figure has its list.
import type { RouteLocationRaw } from 'vue-router'

import type { Figure } from '../api/types'

const alarming = new Set(['abnormal_temperature', 'emergencies_today'])
const waiting = new Set([
  'alerts_open',
  'overrides_today',
  'provisional_waiting',
  'unregistered_households',
  'turned_back',
  'position_unknown',
])

export type Tone = 'plain' | 'warn' | 'bad'

export function figure_tone(figure: Figure): Tone {
  if (figure.value === null || figure.value === 0) return 'plain'
  if (alarming.has(figure.code)) return 'bad'
  return waiting.has(figure.code) ? 'warn' : 'plain'
}

// Figures whose list is a page of its own.
const own_pages: Record<string, RouteLocationRaw> = {
  living: { name: 'persons' },
  position_unknown: { name: 'persons' },
  provisional_waiting: { name: 'guests' },
  alerts_open: { name: 'work' },
}

export const figure_target = (code: string): RouteLocationRaw =>
  own_pages[code] ?? { name: 'figure', params: { code } }
