// Everything the phone must not lose, in IndexedDB: who it is, the list, the records. A record and its
// number are written in one transaction, and the screen turns green only after it.
import type { AnyRecord, GateList, Opening, CompoundName, Problem } from '@shared/api_types'
import type { Direction } from '@shared/decide'
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

import type { Settings } from './settings'
import type { WaitingVisit } from './waiting'

export interface Enrolment {
  enrolment_id: number
  device_token: string
  opening: Opening
  compound: CompoundName
}

export interface StoredList {
  etag: string | null
  list: GateList
}

export interface Handover {
  guard: string
  at_ms: number
  unsent: number
  sent?: boolean // the server has it
}

/** confirming: the server is being asked at this moment; rejected: the server cannot take it as it is. */
export type RecordState = 'waiting' | 'confirming' | 'sent' | 'rejected'

export interface StoredRecord {
  seq: number
  state: RecordState
  record: AnyRecord
  consumes_outing: boolean | boolean[] // of a vehicle: of each party in it
  stored_ms: number | null // server time of its answer
  problems: Problem[]
}

interface Values {
  enrolment: Enrolment
  list: StoredList
  last_seq: number
  lane: Direction
  settings: Settings
  waiting: WaitingVisit[]
  handovers: Handover[]
  clock_offset_ms: number
}

interface Schema extends DBSchema {
  value: { key: string; value: unknown }
  record: { key: number; value: StoredRecord; indexes: { state: RecordState } }
}

export class Store {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(name = 'shouwang-gate'): Promise<Store> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(fresh) {
        fresh.createObjectStore('value')
        fresh.createObjectStore('record', { keyPath: 'seq' }).createIndex('state', 'state')
      },
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    })
    const store = new Store(db)
    await store.release_confirming()
    return store
  }

  close(): void {
    this.db.close()
  }

  async get<K extends keyof Values>(key: K): Promise<Values[K] | null> {
    return ((await this.db.get('value', key)) as Values[K] | undefined) ?? null
  }

  async set<K extends keyof Values>(key: K, value: Values[K]): Promise<void> {
    await this.db.put('value', value, key)
  }

  /** Gives the record the next number and keeps both, or neither. */
  async add_record(
    build: (seq: number) => Omit<StoredRecord, 'seq' | 'stored_ms' | 'problems'>,
  ): Promise<StoredRecord> {
    const work = this.db.transaction(['value', 'record'], 'readwrite', { durability: 'strict' })
    const seq = (((await work.objectStore('value').get('last_seq')) as number | undefined) ?? 0) + 1
    const row: StoredRecord = { ...build(seq), seq, stored_ms: null, problems: [] }
    await Promise.all([
      work.objectStore('value').put(seq, 'last_seq'),
      work.objectStore('record').add(row),
      work.done,
    ])
    return row
  }

  /** Takes back a record that the server refused before anybody passed; its number is used again. */
  async remove_record(seq: number): Promise<void> {
    const work = this.db.transaction(['value', 'record'], 'readwrite', { durability: 'strict' })
    const last = (await work.objectStore('value').get('last_seq')) as number
    await Promise.all([
      work.objectStore('record').delete(seq),
      last === seq ? work.objectStore('value').put(seq - 1, 'last_seq') : undefined,
      work.done,
    ])
  }

  async mark(
    marks: readonly Pick<StoredRecord, 'seq' | 'state' | 'stored_ms' | 'problems'>[],
  ): Promise<void> {
    const work = this.db.transaction('record', 'readwrite')
    for (const mark of marks) {
      const row = await work.store.get(mark.seq)
      if (row) await work.store.put({ ...row, ...mark })
    }
    await work.done
  }

  async records(): Promise<StoredRecord[]> {
    return this.db.getAll('record')
  }

  async records_in(state: RecordState, limit?: number): Promise<StoredRecord[]> {
    return this.db.getAllFromIndex('record', 'state', state, limit)
  }

  /** Records the server has and the list already knows of. */
  async forget_sent(list_generated_ms: number): Promise<void> {
    const work = this.db.transaction('record', 'readwrite')
    for (const row of await work.store.index('state').getAll('sent')) {
      if (row.stored_ms !== null && row.stored_ms <= list_generated_ms) await work.store.delete(row.seq)
    }
    await work.done
  }

  async unsent(): Promise<number> {
    const states: RecordState[] = ['waiting', 'confirming', 'rejected']
    const counts = await Promise.all(states.map((state) => this.db.countFromIndex('record', 'state', state)))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** Ends the enrolment. The settings stay. */
  async forget_enrolment(): Promise<void> {
    const work = this.db.transaction(['value', 'record'], 'readwrite')
    const values = work.objectStore('value')
    for (const key of ['enrolment', 'list', 'last_seq', 'lane', 'waiting', 'handovers', 'clock_offset_ms'])
      await values.delete(key)
    await work.objectStore('record').clear()
    await work.done
  }

  // The page was closed while the server was being asked: what became of it the upload will tell.
  private async release_confirming(): Promise<void> {
    const left = await this.records_in('confirming')
    await this.mark(left.map(({ seq }) => ({ seq, state: 'waiting', stored_ms: null, problems: [] })))
  }
}
