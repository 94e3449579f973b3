// Sends what the phone has recorded. Results are per record, so that a bad one holds up nobody; the
// server knows a record by its number, so that sending twice does no harm.
import type { PassageResult } from '@shared/api_types'

import { ServerError, type GateServer } from './server'
import type { RecordState, Store, StoredRecord } from './store'

const batch = 200
const first_wait_ms = 2_000
const longest_wait_ms = 60_000

const state_after: Record<PassageResult['status'], RecordState> = {
  stored: 'sent',
  duplicate: 'sent',
  flagged: 'sent',
  conflict: 'sent',
  invalid: 'rejected',
}

const refused_as_a_whole = [400, 409, 413, 422]

const rejected = ({ seq }: StoredRecord, { code, problems }: ServerError) => ({
  seq,
  state: 'rejected' as const,
  stored_ms: null,
  problems: problems.length > 0 ? problems : [{ path: '', code }],
})

export class Uploader {
  private running: Promise<void> | null = null
  private again = false
  private wait_ms = first_wait_ms
  private next_ms = 0

  constructor(
    private readonly store: Store,
    private readonly server: Pick<GateServer, 'passages'>,
    private readonly now: () => number,
    private readonly changed: () => Promise<void>,
    private readonly heard: (server_ms: number, asked_ms: number) => void,
  ) {}

  /** On every tick of the page's timer: sends when the pause after a failure is over. */
  async tick(): Promise<void> {
    if (this.now() >= this.next_ms) await this.flush()
  }

  /** The network is back: the pauses of the time without it are over. */
  resume(): void {
    this.wait_ms = first_wait_ms
    this.next_ms = 0
  }

  /** Sends now; one call at a time, and what arrives meanwhile goes with a second turn. */
  flush(): Promise<void> {
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.run().finally(() => (this.running = null))
    return this.running
  }

  private async run(): Promise<void> {
    do {
      this.again = false
      const rows = await this.store.records_in('waiting', batch)
      if (rows.length === 0) return
      try {
        await this.deliver(rows)
        this.resume()
        if (rows.length === batch) this.again = true
      } catch (error) {
        if (!(error instanceof ServerError)) throw error
        this.next_ms = this.now() + this.wait_ms
        this.wait_ms = Math.min(this.wait_ms * 2, longest_wait_ms)
        return
      } finally {
        await this.changed()
      }
    } while (this.again)
  }

  // A batch refused as a whole is halved until the record at fault stands alone.
  private async deliver(rows: StoredRecord[]): Promise<void> {
    try {
      await this.send(rows)
    } catch (error) {
      if (!(error instanceof ServerError) || !refused_as_a_whole.includes(error.status)) throw error
      const half = Math.floor(rows.length / 2)
      if (half === 0) return this.store.mark([rejected(rows[0]!, error)])
      await this.deliver(rows.slice(0, half))
      await this.deliver(rows.slice(half))
    }
  }

  private async send(rows: StoredRecord[]): Promise<void> {
    const asked_ms = this.now()
    const records = rows.map((row) => row.record)
    const answer = await this.server.passages({
      records,
      client_ms: asked_ms,
      queue: await this.store.unsent(),
    })
    this.heard(answer.server_ms, asked_ms)
    const sent = new Set(rows.map((row) => row.seq))
    const results = answer.results.filter((result) => sent.has(result.seq))
    // An answer that speaks of none of the records would be asked again and again without a pause.
    if (results.length === 0) throw new ServerError(0, 'no_answer')
    await this.store.mark(
      results.map(({ seq, status, problems }) => ({
        seq,
        state: state_after[status],
        stored_ms: answer.server_ms,
        problems: problems ?? [],
      })),
    )
  }
}
