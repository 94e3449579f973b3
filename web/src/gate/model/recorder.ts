// Writes what happened, and remembers what the list on the phone does not know yet.
import type { AnyRecord, ConfirmAnswer, VehicleAnswer } from '@shared/api_types'

import { unknown_to_list } from './own_passages'
import { ServerError } from './server'
import type { RecordState, Store, StoredRecord } from './store'

/** Something to be recorded, before it has its number. */
export interface Draft<R extends AnyRecord> {
  record: (seq: number) => R
  consumes_outing: StoredRecord['consumes_outing']
}

export class Recorder {
  own: StoredRecord[] = []

  constructor(private readonly store: Store) {}

  async load(list_generated_ms: number): Promise<void> {
    await this.store.forget_sent(list_generated_ms)
    this.own = unknown_to_list(await this.store.records(), list_generated_ms)
  }

  /** On disk when this returns; the upload follows by itself. */
  async write<R extends AnyRecord>(draft: Draft<R>, state: RecordState = 'waiting'): Promise<StoredRecord> {
    const row = await this.store.add_record((seq) => ({
      state,
      record: JSON.parse(JSON.stringify(draft.record(seq))) as R, // IndexedDB takes no reactive objects
      consumes_outing: draft.consumes_outing,
    }))
    if (row.record.result === 'passed') this.own.push(row)
    return row
  }

  /**
   * The same, and asks the server to decide once more. Null when it did not answer in time: the phone's
   * verdict stands and the record is uploaded. Refused: the record is gone, nobody has passed.
   */
  async write_confirmed<R extends AnyRecord, A extends ConfirmAnswer | VehicleAnswer>(
    draft: Draft<R>,
    confirm: (record: R) => Promise<A>,
  ): Promise<A | null> {
    const row = await this.write(draft, 'confirming')
    const mark = (state: RecordState, stored_ms: number | null) =>
      this.store.mark([{ seq: row.seq, state, stored_ms, problems: [] }])
    try {
      const answer = await confirm(row.record as R)
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
