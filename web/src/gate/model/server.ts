// The gate's calls to the server. "Online" is only what an answer has shown: the browser's own opinion
// is wrong after a reload without a network.
import type {
  ActivateAnswer,
  ActivateRequest,
  ConfirmAnswer,
  DecideAnswer,
  DecideRequest,
  DutyCall,
  EnrolAnswer,
  EnrolRequest,
  GateList,
  GateRecord,
  GuardHandovers,
  PassagesAnswer,
  PassagesRequest,
  PingAnswer,
  PingRequest,
  ProblemDocument,
  VehicleAnswer,
  VehicleRecord,
} from '@shared/api_types'
import { ServerError } from '@shared/server_error'

export { ServerError }

export const decision_timeout_ms = 500
const transfer_timeout_ms = 20_000

export interface Contact {
  reached(): void
  missed(): void
  revoked(): void
}

export class GateServer {
  device_token: string | null = null

  constructor(
    private readonly contact: Contact,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  enrol(request: EnrolRequest): Promise<EnrolAnswer> {
    return this.post('/api/gate/enrol', request, transfer_timeout_ms)
  }

  decide(request: DecideRequest): Promise<DecideAnswer> {
    return this.post('/api/gate/decide', request, decision_timeout_ms)
  }

  confirm(record: GateRecord): Promise<ConfirmAnswer> {
    return this.post('/api/gate/confirm', record, decision_timeout_ms)
  }

  confirm_vehicle(record: VehicleRecord): Promise<VehicleAnswer> {
    return this.post('/api/gate/confirm-vehicle', record, decision_timeout_ms)
  }

  passages(request: PassagesRequest): Promise<PassagesAnswer> {
    return this.post('/api/gate/passages', request, transfer_timeout_ms)
  }

  ping(request: PingRequest): Promise<PingAnswer> {
    return this.post('/api/gate/ping', request, transfer_timeout_ms)
  }

  /** The clock of a referred person starts on the office's board too. */
  async call(request: DutyCall): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    await this.ask(
      '/api/gate/call',
      { method: 'POST', headers, body: JSON.stringify(request) },
      transfer_timeout_ms,
    )
  }

  async hand_over(request: GuardHandovers): Promise<void> {
    await this.post('/api/gate/handovers', request, transfer_timeout_ms)
  }

  activate(request: ActivateRequest): Promise<ActivateAnswer> {
    return this.post('/api/gate/activate', request, transfer_timeout_ms)
  }

  /** Null when the list of that tag is still the newest. */
  async list(etag: string | null): Promise<{ etag: string | null; list: GateList } | null> {
    const headers: Record<string, string> = etag === null ? {} : { 'if-none-match': etag }
    const answer = await this.ask('/api/gate/list', { headers }, transfer_timeout_ms)
    if (answer.status === 304) return null
    return { etag: answer.headers.get('etag'), list: (await this.body(answer)) as GateList }
  }

  private async post<T>(path: string, body: unknown, timeout_ms: number): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const answer = await this.ask(path, { method: 'POST', headers, body: JSON.stringify(body) }, timeout_ms)
    return (await this.body(answer)) as T
  }

  private async ask(path: string, init: RequestInit, timeout_ms: number): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.device_token !== null) headers.set('authorization', `Bearer ${this.device_token}`)
    let answer: Response
    try {
      const signal = AbortSignal.timeout(timeout_ms)
      answer = await this.fetcher(path, { ...init, headers, signal, cache: 'no-store', credentials: 'omit' })
    } catch {
      this.contact.missed()
      throw new ServerError(0, 'no_answer')
    }
    if (answer.ok || answer.status === 304) {
      this.contact.reached()
      return answer
    }
    throw await this.failure(answer)
  }

  private async failure(answer: Response): Promise<ServerError> {
    const problem = (await answer.json().catch(() => null)) as Partial<ProblemDocument> | null
    // A proxy that answers for a server that is gone does it without our document.
    if (problem?.code === undefined) this.contact.missed()
    else this.contact.reached()
    const error = new ServerError(
      answer.status,
      problem?.code ?? 'no_answer',
      problem?.params,
      problem?.problems,
    )
    if (error.code === 'device_revoked') this.contact.revoked()
    return error
  }

  private async body(answer: Response): Promise<unknown> {
    try {
      return await answer.json()
    } catch {
      this.contact.missed()
      throw new ServerError(0, 'no_answer')
    }
  }
}
