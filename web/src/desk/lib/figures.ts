// The figures of the day (practice.md 14): unknown is a word, never 0; every figure has its list.
import type { Router, RouteLocationRaw } from 'vue-router'

import type { Figure } from '../api/types'

const alarming = new Set(['abnormal_temperature', 'emergencies_today'])
const waiting = new Set(['provisional_waiting', 'unregistered_households', 'turned_back', 'position_unknown'])

export type Tone = 'plain' | 'warn' | 'bad'

export function figure_tone(figure: Figure): Tone {
  if (figure.value === null || figure.value === 0) return 'plain'
  if (alarming.has(figure.code)) return 'bad'
  return waiting.has(figure.code) ? 'warn' : 'plain'
}

/** The server's link when it is a page of this desk, else the list of the figure. */
export function figure_target(figure: Figure, router: Router): RouteLocationRaw {
  const own: RouteLocationRaw = { name: 'figure', params: { code: figure.code } }
  if (figure.link === null || figure.link === '') return own
  const path = figure.link.replace(/^\/?#/, '')
  if (!path.startsWith('/') || path.startsWith('//')) return own
  const found = router.resolve(path)
  return found.name === 'missing' || found.name === 'home' ? own : path
}
