// Swabs of a queue on their way to the server: what was sent without an answer is sent again as it was, and only
// then what was added since, so nobody is lost or entered twice.
import type { ApiError, Problem } from '../api/client'

export interface SwabEntry {
  person_id: number
  label: string
  tube: string
  taken_ms: number
}
export interface SwabForm {
  client_id: string
  items: { person_id: number; tube: string; taken_ms: number }[]
}
export const swabs_at_once = 50

export function form_of(entries: readonly SwabEntry[], client_id: string): SwabForm {
  return {
    client_id,
    items: entries
      .slice(0, swabs_at_once)
      .map(({ person_id, tube, taken_ms }) => ({ person_id, tube, taken_ms })),
  }
}

/** A refusal is an answer: nothing was stored. Without one, or when the server failed, nobody knows. */
export const outcome_unknown = (error: Pick<ApiError, 'status' | 'code'>): boolean =>
  error.status === 0 || error.status >= 500 || error.code === 'unexpected_answer'

export const entries_after = (entries: readonly SwabEntry[], sent: SwabForm): SwabEntry[] =>
  entries.filter((entry) => !sent.items.some((item) => item.person_id === entry.person_id))

/** The problems of a form by whom they belong to; what belongs to nobody is left for the form. */
export function problems_of(sent: SwabForm, problems: readonly Problem[]): Map<number, Problem> {
  const found = new Map<number, Problem>()
  for (const problem of problems) {
    const at = /^\/items\/(\d+)(\/|$)/.exec(problem.path)?.[1]
    const item = at === undefined ? undefined : sent.items[Number(at)]
    if (item && !found.has(item.person_id)) found.set(item.person_id, problem)
  }
  return found
}
