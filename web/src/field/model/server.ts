// The field page's calls, with the session of the person's own account. "Online" is only what an answer has shown.
import type { Problem } from '@shared/api_types'
import { ServerError } from '@shared/server_error'

import type { Act, Door, Me, NewAttempt, NewSheet, Photo, Round, RoundForm, WorkItem } from './store'

const timeout_ms = 20_000

/** Of an attempt or an answer sheet. */
export interface RecordResult {
  client_id: string
  status: 'stored' | 'stored_before' | 'refused'
  code: string | null
  path: string | null
}
export interface Contact {
  reached(): void
  missed(): void
  signed_out(): void
}

export class FieldServer {
  constructor(
    private readonly contact: Contact,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  me(): Promise<Me> {
    return this.ask('/api/session')
  }
  async rounds(compound_id: number): Promise<Round[]> {
    const page = await this.ask<{ items: Round[] }>(
      `/api/survey-rounds?open=true&place_id=${compound_id}&limit=20`,
    )
    return page.items
  }
  async doors(round_id: number, compound_id: number): Promise<Door[]> {
    const list = await this.ask<{ items: Door[] }>(
      `/api/survey-doors?round_id=${round_id}&compound_id=${compound_id}&all=true`,
    )
    return list.items
  }
  async items(): Promise<WorkItem[]> {
    return (await this.ask<{ items: WorkItem[] }>('/api/work-items?mine=true&limit=100')).items
  }
  async attempts(items: NewAttempt[]): Promise<RecordResult[]> {
    return (await this.ask<{ items: RecordResult[] }>('/api/survey-attempts', { items })).items
  }
  async sheets(items: NewSheet[]): Promise<RecordResult[]> {
    return (await this.ask<{ items: RecordResult[] }>('/api/answer-sheets', { items })).items
  }
  form(round_id: number, compound_id: number): Promise<RoundForm> {
    return this.ask(`/api/survey-rounds/${round_id}/questionnaire?compound_id=${compound_id}`)
  }
  async act({ item_id, verb, note, location }: Act, client_id: string): Promise<void> {
    await this.ask(`/api/work-items/${item_id}/act`, { verb, note, location: location ?? null, client_id })
  }
  async photo({ item_id, evidence, filename, base64 }: Photo, client_id: string): Promise<void> {
    const query = new URLSearchParams({ evidence: evidence ?? 'photo', filename, client_id })
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
    await this.ask(`/api/work-items/${item_id}/files?${query}`, bytes)
  }

  private async ask<T>(path: string, body?: unknown): Promise<T> {
    const init: RequestInit =
      body === undefined
        ? {}
        : body instanceof Uint8Array
          ? {
              method: 'POST',
              headers: { 'content-type': 'application/octet-stream' },
              body: body as Uint8Array<ArrayBuffer>,
            }
          : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    let answer: Response
    try {
      answer = await this.fetcher(path, {
        ...init,
        signal: AbortSignal.timeout(timeout_ms),
        cache: 'no-store',
      })
    } catch {
      this.contact.missed()
      throw new ServerError(0, 'no_answer')
    }
    if (!answer.ok) throw await this.failure(answer)
    this.contact.reached()
    return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T)
  }

  private async failure(answer: Response): Promise<ServerError> {
    const problem = (await answer.json().catch(() => null)) as {
      code?: string
      params?: Record<string, string | number>
      problems?: Problem[]
    } | null
    // A proxy that answers for a server that is gone does it without our document.
    if (problem?.code === undefined) this.contact.missed()
    else this.contact.reached()
    if (answer.status === 401) this.contact.signed_out()
    return new ServerError(answer.status, problem?.code ?? 'no_answer', problem?.params, problem?.problems)
  }
}
