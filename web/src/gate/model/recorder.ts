// Writes what happened, and remembers what the list on the phone does not know yet.
import type { ConfirmAnswer } from '@shared/api_types'

import { unknown_to_list } from './own_passages'
import { ServerError, type GateServer } from './server'
import type { RecordState, Store, StoredRecord } from './store'
import { record_of, type Passage } from './visit'

export class Recorder {
  own: StoredRecord[] = []

  constructor(
    private readonly store: Store,
    private readonly server: Pick<GateServer, 'confirm'>,
  ) {}

  async load(list_generated_ms: number): Promise<void> {
    await this.store.forget_sent(list_generated_ms)
    this.own = unknown_to_list(await this.store.records(), list_generated_ms)
  }

  /** On disk when this returns; the upload follows by itself. */
  async write(passage: Passage, state: RecordState = 'waiting'): Promise<StoredRecord> {
    const plain = JSON.parse(JSON.stringify(passage)) as Passage // IndexedDB takes no reactive objects
    const row = await this.store.add_record((seq) => ({
      state,
      record: record_of(plain, seq),
      consumes_outing: passage.verdict.consumes_outing,
    }))
    if (passage.result === 'passed') this.own.push(row)
    return row
  }

  /**
   * The same, and asks the server to decide once more. Null when it did not answer in time: the phone's
   * verdict stands and the record is uploaded. Refused: the record is gone, nobody has passed.
   */
  async write_confirmed(passage: Passage): Promise<ConfirmAnswer | null> {
    const row = await this.write(passage, 'confirming')
    const mark = (state: RecordState, stored_ms: number | null) =>
      this.store.mark([{ seq: row.seq, state, stored_ms, problems: [] }])
    try {
      const answer = await this.server.confirm(row.record)
      if (answer.status === 'refused') {
        await this.store.remove_record(row.seq)
        this.own = this.own.filter((own) => own.seq !== row.seq)
      } else {
        row.stored_ms = answer.server_ms
        await mark('sent', answer.server_ms)
      }
      return answer
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      await mark('waiting', null)
      return null
    }
  }
}
