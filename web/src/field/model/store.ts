// What the field page must not lose, in IndexedDB: what was recorded and not sent, drafts, and the doors and
// items taken along. A record is on disk before the screen says so.
import type { components } from '@shared/api_schema'
import type { Problem } from '@shared/api_types'
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

type Schemas = components['schemas']
export type Door = Schemas['SurveyDoor']
export type Round = Schemas['SurveyRound']
export type NewAttempt = Schemas['NewSurveyAttempt']
export type WorkItem = Schemas['WorkItem']
export type Me = Schemas['Me']
export type RoundForm = Schemas['RoundQuestionnaire']
export type NewSheet = Schemas['NewAnswerSheet']
export type Answer = Schemas['QuestionAnswer']

/** What somebody takes along: the doors of one compound's rounds and their own open items. */
export interface Pack {
  compound: { id: number; name: string }
  taken_ms: number // server time
  rounds: Round[]
  doors: Door[]
  items: WorkItem[]
  forms: RoundForm[] // of the rounds that ask questions
}
export interface Act {
  item_id: number
  verb: string
  note: string | null
  location?: Location | null
}
export type Location = Schemas['WorkLocation']
/** A photo or a signature of an item, small enough to wait on the phone. */
export interface Photo {
  item_id: number
  evidence?: 'photo' | 'signature' // a photo where it is not said
  filename: string
  base64: string
}
export type Body =
  | { kind: 'attempt'; attempt: NewAttempt }
  | { kind: 'sheet'; sheet: NewSheet }
  | { kind: 'act'; act: Act }
  | { kind: 'photo'; photo: Photo }

/** rejected: the server cannot take it as it is; it stays until somebody has looked at it. */
export type RecordState = 'waiting' | 'rejected'
export interface FieldRecord {
  seq?: number // the order in which they were made
  client_id: string
  account_id: number // whose it is: another person on this phone never sends it
  state: RecordState
  made_ms: number
  body: Body
  problems: Problem[]
}
/** What was typed about a door and not yet kept as a record. */
export interface Draft {
  fitted_out: string
  occupied: string
  persons: number | null
  note: string
  name: string
  phone: string
  relation: string
}

interface Values {
  me: Me
  pack: Pack
  language: 'zh-CN' | 'en'
}
interface Schema extends DBSchema {
  value: { key: string; value: unknown }
  record: { key: number; value: FieldRecord; indexes: { client_id: string } }
  draft: { key: number; value: Draft }
  answers: { key: string; value: Answer[] } // said at a door of a round, the sheet not yet kept
}

/** A copy: what a page holds is watched, and that cannot be stored. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

export class FieldStore {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(name = 'shouwang-field'): Promise<FieldStore> {
    const db = await openDB<Schema>(name, 2, {
      upgrade(fresh, old) {
        fresh.createObjectStore('answers')
        if (old > 0) return
        fresh.createObjectStore('value')
        fresh.createObjectStore('draft')
        fresh
          .createObjectStore('record', { keyPath: 'seq', autoIncrement: true })
          .createIndex('client_id', 'client_id', { unique: true })
      },
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    })
    return new FieldStore(db)
  }

  async get<K extends keyof Values>(key: K): Promise<Values[K] | null> {
    return ((await this.db.get('value', key)) as Values[K] | undefined) ?? null
  }
  async set<K extends keyof Values>(key: K, value: Values[K]): Promise<void> {
    await this.db.put('value', plain(value), key)
  }
  async drop(key: keyof Values): Promise<void> {
    await this.db.delete('value', key)
  }

  async add(record: FieldRecord): Promise<void> {
    const work = this.db.transaction('record', 'readwrite', { durability: 'strict' })
    await Promise.all([work.store.add(plain(record)), work.done])
  }
  async records(): Promise<FieldRecord[]> {
    return this.db.getAll('record')
  }
  /** The oldest of this person that wait. */
  async waiting(account_id: number, limit: number): Promise<FieldRecord[]> {
    const all = await this.db.getAll('record')
    return all.filter((row) => row.state === 'waiting' && row.account_id === account_id).slice(0, limit)
  }
  async remove(seqs: readonly number[]): Promise<void> {
    const work = this.db.transaction('record', 'readwrite', { durability: 'strict' })
    await Promise.all([...seqs.map((seq) => work.store.delete(seq)), work.done])
  }
  /** Takes a record back that is still here; false when it has left already. */
  async take_back(client_id: string): Promise<boolean> {
    const work = this.db.transaction('record', 'readwrite', { durability: 'strict' })
    const key = await work.store.index('client_id').getKey(client_id)
    if (key !== undefined) await work.store.delete(key)
    await work.done
    return key !== undefined
  }
  async reject(seq: number, problems: Problem[]): Promise<void> {
    const work = this.db.transaction('record', 'readwrite')
    const row = await work.store.get(seq)
    if (row) await work.store.put({ ...row, state: 'rejected', problems })
    await work.done
  }

  async draft(dwelling_id: number): Promise<Draft | null> {
    return (await this.db.get('draft', dwelling_id)) ?? null
  }
  async keep_draft(dwelling_id: number, draft: Draft | null): Promise<void> {
    if (draft === null) await this.db.delete('draft', dwelling_id)
    else await this.db.put('draft', plain(draft), dwelling_id)
  }

  async answers(door: Door): Promise<Answer[]> {
    return (await this.db.get('answers', `${door.round_id}/${door.dwelling_id}`)) ?? []
  }
  async keep_answers(door: Door, answers: readonly Answer[]): Promise<void> {
    const key = `${door.round_id}/${door.dwelling_id}`
    if (answers.length === 0) await this.db.delete('answers', key)
    else await this.db.put('answers', plain([...answers]), key)
  }
}
