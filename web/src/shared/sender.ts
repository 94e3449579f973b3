// Sends what a phone has kept, oldest first, again and again until it has arrived. One call at a time; after a
// failure with growing pauses; a batch refused as a whole is halved until the bad record stands alone.
import { ServerError } from './server_error'

const first_wait_ms = 2_000
const longest_wait_ms = 60_000
const refused_as_a_whole = [400, 409, 413, 422]

export interface Outbox<Row> {
  /** The oldest that wait, at most `limit`. */
  take(limit: number): Promise<Row[]>
  /** Throws ServerError; what became of each row is kept when it returns. */
  send(rows: Row[]): Promise<void>
  /** The server will never take this one as it is. */
  reject(row: Row, error: ServerError): Promise<void>
  changed(): Promise<void>
}

export class Sender<Row> {
  private running: Promise<void> | null = null
  private again = false
  private wait_ms = first_wait_ms
  private next_ms = 0

  constructor(
    private readonly outbox: Outbox<Row>,
    private readonly now: () => number,
    private readonly batch = 200,
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

  /** Sends now; what arrives meanwhile goes with a second turn. */
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
      const rows = await this.outbox.take(this.batch)
      if (rows.length === 0) return
      try {
        await this.deliver(rows)
        this.resume()
        if (rows.length === this.batch) this.again = true
      } catch (error) {
        if (!(error instanceof ServerError)) throw error
        this.next_ms = this.now() + this.wait_ms
        this.wait_ms = Math.min(this.wait_ms * 2, longest_wait_ms)
        return
      } finally {
        await this.outbox.changed()
      }
    } while (this.again)
  }

  private async deliver(rows: Row[]): Promise<void> {
    try {
      await this.outbox.send(rows)
    } catch (error) {
      if (!(error instanceof ServerError) || !refused_as_a_whole.includes(error.status)) throw error
      const half = Math.floor(rows.length / 2)
      if (half === 0) return this.outbox.reject(rows[0]!, error)
      await this.deliver(rows.slice(0, half))
      await this.deliver(rows.slice(half))
    }
  }
}
