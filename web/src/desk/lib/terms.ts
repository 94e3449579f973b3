// The words an installation chooses: its own title, else the page's words for the code.
import { shallowRef } from 'vue'

import { api } from '../api/client'
import type { Organisation, StaffFile, Term, TermList } from '../api/organisation_types'
import type { Page } from '../api/types'
import { use_words } from './words'

export function use_terms() {
  const { word } = use_words()
  const terms = shallowRef<Term[]>([])

  async function load(): Promise<void> {
    terms.value = (await api.get<{ items: Term[] }>('/api/terms')).items
  }
  function term(list: TermList, code: string | null | undefined): string {
    const own = terms.value.find((item) => item.list === list && item.code === code)
    // Documents of persons have kinds of their own.
    return own?.title ?? word(list === 'document_kind' ? 'paper_kind' : list, code)
  }
  /** What may be given today. */
  const term_options = (list: TermList) =>
    terms.value
      .filter((item) => item.list === list && !item.retired)
      .map((item) => ({ value: item.code, label: term(list, item.code) }))

  return { terms, load, term, term_options }
}

export interface Found {
  id: number
  label: string
  note: string
}

export async function find_organisations(q: string, kind?: string): Promise<Found[]> {
  const page = await api.get<Page<Organisation>>('/api/organisations', { q, kind, limit: 20 })
  return page.items.map((item) => ({ id: item.id, label: item.name, note: item.place_name }))
}

export async function find_staff(q: string, organisation_id?: number): Promise<Found[]> {
  const page = await api.get<Page<StaffFile>>('/api/staff-files', { q, organisation_id, limit: 20 })
  return page.items.map((item) => ({
    id: item.id,
    label: item.name,
    note: [item.organisation, item.post].filter(Boolean).join(' '),
  }))
}
