// Sends what the phone has recorded. Results are per record, so that a bad one holds up nobody; the
// server knows a record by its number, so that sending twice does no harm.
import type { PassageResult } from '@shared/api_types'
import { Sender } from '@shared/sender'

import { ServerError, type GateServer } from './server'
import type { RecordState, Store, StoredRecord } from './store'

const state_after: Record<PassageResult['status'], RecordState> = {
  stored: 'sent',
  duplicate: 'sent',
  flagged: 'sent',
  conflict: 'sent',
  invalid: 'rejected',
}

const rejected = ({ seq }: StoredRecord, { code, problems }: ServerError) => ({
  seq,
  state: 'rejected' as const,
  stored_ms: null,
  problems: problems.length > 0 ? problems : [{ path: '', code }],
})

export class Uploader extends Sender<StoredRecord> {
  constructor(
    store: Store,
    server: Pick<GateServer, 'passages'>,
    now: () => number,
    changed: () => Promise<void>,
    heard: (server_ms: number, asked_ms: number) => void,
  ) {
    super(
      {
        take: (limit) => store.records_in('waiting', limit),
        send: (rows) => send(rows, store, server, now, heard),
        reject: (row, error) => store.mark([rejected(row, error)]),
        changed,
      },
      now,
    )
  }
}

async function send(
  rows: StoredRecord[],
  store: Store,
  server: Pick<GateServer, 'passages'>,
  now: () => number,
  heard: (server_ms: number, asked_ms: number) => void,
): Promise<void> {
  const asked_ms = now()
  const records = rows.map((row) => row.record)
  const answer = await server.passages({ records, client_ms: asked_ms, queue: await store.unsent() })
  heard(answer.server_ms, asked_ms)
  const sent = new Set(rows.map((row) => row.seq))
  const results = answer.results.filter((result) => sent.has(result.seq))
  // An answer that speaks of none of the records would be asked again and again without a pause.
  if (results.length === 0) throw new ServerError(0, 'no_answer')
  await store.mark(
    results.map(({ seq, status, problems }) => ({
      seq,
      state: state_after[status],
      stored_ms: answer.server_ms,
      problems: problems ?? [],
    })),
  )
}
