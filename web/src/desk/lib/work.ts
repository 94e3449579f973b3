// How alerts and tasks are read.
import type { WorkItem, WorkSummary } from '../api/types'

/** The worst first: overdue, then not taken by anybody, then the rest; within each the oldest first. */
export function by_urgency(items: readonly WorkItem[]): WorkItem[] {
  const rank = (item: WorkItem): number =>
    item.closed_ms !== null ? 3 : item.overdue ? 0 : item.taken_by === null ? 1 : 2
  return [...items].sort((a, b) => rank(a) - rank(b) || a.opened_ms - b.opened_ms || a.id - b.id)
}

export function work_tone(item: WorkItem): 'bad' | 'warn' | 'good' | 'plain' {
  if (item.closed_ms !== null) return 'plain'
  if (item.overdue) return 'bad'
  return item.taken_by === null ? 'warn' : 'good'
}

/** Minutes until an instant, never below zero; null when there is none. */
export const minutes_left = (at_ms: number | null, now_ms: number): number | null =>
  at_ms === null ? null : Math.max(0, Math.ceil((at_ms - now_ms) / 60_000))

export const span_units = ['minutes', 'hours', 'days'] as const
export interface Span {
  count: number
  unit: (typeof span_units)[number]
}
const unit_minutes = { minutes: 1, hours: 60, days: 1440 }

/** 1440 minutes are a day to say, 90 minutes are 90 minutes. */
export function span_of(minutes: number): Span {
  const unit = minutes % 1440 === 0 ? 'days' : minutes % 60 === 0 ? 'hours' : 'minutes'
  return { count: minutes / unit_minutes[unit], unit }
}
export const minutes_of = (span: Span): number => span.count * unit_minutes[span.unit]

/** Verbs that are nothing without a word of explanation. */
export const wants_note = (item: WorkItem, verb: string): boolean =>
  verb === 'comment' || verb === 'reopen' || (verb === 'close' && item.work_kind === 'emergency_release')

export const work_kinds = [
  'fever_alert',
  'emergency_release',
  'steps_refused',
  'refer_call',
  'overdue_return',
  'welfare_note',
  'attention_note',
  'gate_silent',
  'copy_suspected',
  'contact_follow_up',
  'follow_up_missing',
  'control_symptoms',
  'control_positive',
  'control_test_due',
  'control_release_due',
  'control_outing_asked',
  'control_begun',
  'door_notice_down',
  'arrival_to_file',
  'dependant_care',
  'survey_register',
  'task_entry_control',
  'task_temperature',
  'task_tracing',
  'task_publicity',
  'task_disinfection',
  'task_delivery',
  'task_unrest',
] as const

/** Open items that stand in no tier: somebody's by name, and nobody's. */
export function outside_tiers(summary: WorkSummary): { by_name: number; nobody: number } {
  const open = summary.tiers.find((tier) => tier.tier === 0)?.open ?? 0
  return { by_name: Math.max(0, open - summary.unassigned), nobody: summary.unassigned }
}

/** The seven works (XN-28). */
export const categories = [
  'entry_control',
  'temperature',
  'tracing',
  'publicity',
  'disinfection',
  'delivery',
  'unrest',
] as const

export const task_kinds = work_kinds.filter((kind) => kind.startsWith('task_'))
