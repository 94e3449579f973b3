// The page's state and moves: take along, record, take back, send. Everything works without the network but taking
// along.
import { Sender } from '@shared/sender'
import { ServerError } from '@shared/server_error'
import { reactive } from 'vue'

import { cell_of } from './doors'
import { FieldServer, type RecordResult } from './server'
import type {
  Act,
  Answer,
  Body,
  Door,
  FieldRecord,
  FieldStore,
  Me,
  NewAttempt,
  Pack,
  Photo,
  RoundForm,
  WorkItem,
} from './store'

const doors_every_ms = 10 * 60_000

export type Link = 'unknown' | 'online' | 'offline' | 'signed_out'
export interface FieldState {
  started: boolean
  me: Me | null
  pack: Pack | null
  link: Link
  records: FieldRecord[] // of the person who is signed in
  foreign: number // unsent ones of somebody else who used this phone
  loading: boolean
  failure: string | null
  last: { client_id: string; door: Door } | null // may be taken back
  pages_kept: boolean
}

export class Field {
  readonly state: FieldState = reactive({
    started: false,
    me: null,
    pack: null,
    link: 'unknown',
    records: [],
    foreign: 0,
    loading: false,
    failure: null,
    last: null,
    pages_kept: false,
  })
  readonly server: FieldServer
  readonly sender: Sender<FieldRecord>
  private next_load_ms = 0
  private readonly leaving = new Set<string>() // with the server at this moment

  constructor(
    private readonly store: FieldStore,
    readonly now: () => number,
    private readonly new_id: () => string,
    fetcher?: typeof fetch,
  ) {
    const { state } = this
    this.server = new FieldServer(
      {
        reached: () => {
          if (state.link !== 'online') this.sender.resume()
          state.link = 'online'
        },
        missed: () => (state.link = 'offline'),
        signed_out: () => (state.link = 'signed_out'),
      },
      fetcher,
    )
    this.sender = new Sender(
      {
        take: (limit) => store.waiting(this.account(), limit),
        send: (rows) => this.send(rows),
        reject: (row, error) =>
          store.reject(
            row.seq!,
            error.problems.length > 0 ? error.problems : [{ path: '', code: error.code }],
          ),
        changed: () => this.count(),
      },
      now,
      100,
    )
  }

  async start(): Promise<void> {
    this.state.me = await this.store.get('me')
    const pack = await this.store.get('pack')
    // One taken along by an earlier page has no forms.
    this.state.pack = pack && { ...pack, forms: pack.forms ?? [] }
    await this.count()
    this.state.started = true
  }

  /** Sends what waits, then asks for the doors anew when they are old or the server may have changed them. */
  async sync(): Promise<void> {
    await this.greet()
    if (this.state.link !== 'online') return
    await this.sender.flush()
    if (this.state.pack) await this.take_along(this.state.pack.compound)
  }
  async tick(): Promise<void> {
    if (this.state.records.some((row) => row.state === 'waiting')) await this.sender.tick()
    if (this.now() >= this.next_load_ms && this.state.link !== 'signed_out') await this.sync()
  }

  async take_along(compound: { id: number; name: string }): Promise<void> {
    const { state } = this
    if (state.loading) return
    state.loading = true
    try {
      const rounds = await this.server.rounds(compound.id)
      const doors = await Promise.all(rounds.map((round) => this.server.doors(round.id, compound.id)))
      const items = await this.server.items().catch((error: unknown) => {
        // Whoever has no work list still has doors.
        if (error instanceof ServerError && error.status === 403) return [] as WorkItem[]
        throw error
      })
      const forms = await Promise.all(rounds.map((round) => this.server.form(round.id, compound.id)))
      const pack = { compound, taken_ms: this.now(), rounds, doors: doors.flat(), items, forms }
      await this.keep_pack(pack)
      state.failure = null
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      state.failure = error.code
    } finally {
      state.loading = false
      this.next_load_ms = this.now() + doors_every_ms
    }
  }

  /** One record of a door; it is on disk when this returns. */
  async record(door: Door, told: Omit<NewAttempt, 'client_id' | 'round_id' | 'dwelling_id' | 'happened_ms'>) {
    const client_id = this.new_id()
    await this.keep(client_id, {
      kind: 'attempt',
      attempt: {
        ...told,
        client_id,
        round_id: door.round_id,
        dwelling_id: door.dwelling_id,
        happened_ms: this.now(),
      },
    })
    await this.store.keep_draft(door.dwelling_id, null)
    this.state.last = told.retracts ? null : { client_id, door }
  }
  /** What the door's round asks; null: nothing, or it was not taken along. */
  form_of(door: Door): RoundForm | null {
    const form = this.state.pack?.forms.find((each) => each.round_id === door.round_id)
    return form?.version ? form : null
  }
  is_answered(door: Door): boolean {
    return (
      this.form_of(door)?.answered.includes(door.dwelling_id) === true ||
      this.state.records.some(
        ({ body }) =>
          body.kind === 'sheet' &&
          body.sheet.round_id === door.round_id &&
          body.sheet.dwelling_id === door.dwelling_id,
      )
    )
  }
  /** A door's answers, under the version they were given to. */
  async answer(door: Door, version_id: number, answers: Answer[]): Promise<void> {
    const client_id = this.new_id()
    const { round_id, dwelling_id } = door
    await this.keep(client_id, {
      kind: 'sheet',
      sheet: { client_id, round_id, dwelling_id, version_id, answers, happened_ms: this.now() },
    })
    await this.store.keep_answers(door, [])
  }
  async act(act: Act): Promise<void> {
    await this.keep(this.new_id(), { kind: 'act', act })
  }

  async photo(photo: Photo): Promise<void> {
    await this.keep(this.new_id(), { kind: 'photo', photo })
  }

  /** What has not left is removed; what has left is taken back by another record. */
  async undo(): Promise<void> {
    const { last } = this.state
    this.state.last = null
    if (!last) return
    if (this.leaving.has(last.client_id)) await this.sender.flush()
    if (await this.store.take_back(last.client_id)) return this.count()
    await this.record(last.door, { contact: 'knock', answered: true, retracts: last.client_id })
  }
  async discard(record: FieldRecord): Promise<void> {
    await this.store.remove([record.seq!])
    await this.count()
  }
  drafts = {
    of: (door: Door) => this.store.draft(door.dwelling_id),
    keep: this.keep_draft.bind(this),
    answers: (door: Door) => this.store.answers(door),
    keep_answers: (door: Door, answers: readonly Answer[]) => this.store.keep_answers(door, answers),
  }

  private async keep_draft(door: Door, draft: Parameters<FieldStore['keep_draft']>[1]): Promise<void> {
    await this.store.keep_draft(door.dwelling_id, draft)
  }

  private account(): number {
    return this.state.me?.account_id ?? 0
  }

  private async greet(): Promise<void> {
    try {
      const me = await this.server.me()
      // Another person: what the one before took along is not theirs to see.
      if (this.state.me !== null && this.state.me.account_id !== me.account_id) {
        await this.store.drop('pack')
        this.state.pack = null
      }
      this.state.me = me
      await this.store.set('me', me)
      await this.count()
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
    }
  }

  private async keep(client_id: string, body: Body): Promise<void> {
    await this.store.add({
      client_id,
      account_id: this.account(),
      state: 'waiting',
      made_ms: this.now(),
      // A plain copy: what is reactive cannot be stored.
      body: JSON.parse(JSON.stringify(body)) as Body,
      problems: [],
    })
    await this.count()
    void this.sender.flush()
  }

  private async count(): Promise<void> {
    const all = await this.store.records()
    this.state.records = all.filter((row) => row.account_id === this.account())
    this.state.foreign = all.length - this.state.records.length
  }

  // Records of doors go together; what is done to an item by itself.
  private async send(rows: FieldRecord[]): Promise<void> {
    const doors = rows.filter((row) => row.body.kind === 'attempt')
    if (doors.length > 0) await this.send_doors(doors)
    const sheets = rows.filter((row) => row.body.kind === 'sheet')
    if (sheets.length > 0) await this.send_sheets(sheets)
    // In the order in which they were made: a photo before the item it lets be closed.
    for (const row of rows) {
      const { body, client_id } = row
      if (body.kind === 'attempt' || body.kind === 'sheet') continue
      try {
        if (body.kind === 'act') await this.server.act(body.act, client_id)
        else await this.server.photo(body.photo, client_id)
        await this.store.remove([row.seq!])
      } catch (error) {
        if (!(error instanceof ServerError) || ![404, 409, 422].includes(error.status)) throw error
        await this.store.reject(row.seq!, [{ path: '', code: error.cause_code, params: error.params }])
      }
    }
  }

  private async send_doors(rows: FieldRecord[]): Promise<void> {
    const attempts = rows.flatMap(({ body }) => (body.kind === 'attempt' ? [body.attempt] : []))
    for (const { client_id } of rows) this.leaving.add(client_id)
    const results = await this.server.attempts(attempts).finally(() => this.leaving.clear())
    const stored = await this.taken(rows, results)
    await this.settle(stored)
    await this.store.remove(stored.map((row) => row.seq!))
  }

  private async send_sheets(rows: FieldRecord[]): Promise<void> {
    const sheets = rows.flatMap(({ body }) => (body.kind === 'sheet' ? [body.sheet] : []))
    const stored = await this.taken(rows, await this.server.sheets(sheets))
    await this.mark_answered(stored)
    await this.store.remove(stored.map((row) => row.seq!))
  }

  // Those the server has; a refused one is set aside with its reason.
  private async taken(rows: FieldRecord[], results: RecordResult[]): Promise<FieldRecord[]> {
    if (results.length === 0) throw new ServerError(0, 'no_answer')
    const by_id = new Map(rows.map((row) => [row.client_id, row]))
    const stored: FieldRecord[] = []
    for (const { client_id, status, code, path } of results) {
      const row = by_id.get(client_id)
      if (!row) continue
      if (status === 'refused')
        await this.store.reject(row.seq!, [{ path: path ?? '', code: code ?? 'invalid' }])
      else stored.push(row)
    }
    return stored
  }

  private async mark_answered(stored: FieldRecord[]): Promise<void> {
    const { pack } = this.state
    if (!pack) return
    const forms = pack.forms.map((form) => ({
      ...form,
      answered: [
        ...form.answered,
        ...stored.flatMap(({ body }) =>
          body.kind === 'sheet' && body.sheet.round_id === form.round_id ? [body.sheet.dwelling_id] : [],
        ),
      ],
    }))
    await this.keep_pack({ ...pack, forms })
  }
  private async keep_pack(pack: Pack): Promise<void> {
    await this.store.set('pack', pack)
    this.state.pack = pack
  }

  // What has been stored stays on the drawing until the doors are read anew.
  private async settle(stored: FieldRecord[]): Promise<void> {
    const { pack } = this.state
    if (!pack || stored.length === 0) return
    const doors = pack.doors.map((door) => {
      const own = stored.filter(
        (row) => row.body.kind === 'attempt' && row.body.attempt.dwelling_id === door.dwelling_id,
      )
      if (own.length === 0) return door
      const { look, unanswered } = cell_of(door, own, this.now())
      const outcome = look === 'unfitted' ? 'not_fitted_out' : look === 'empty' ? 'vacant' : 'occupied'
      if (look === 'done' || look === 'empty' || look === 'unfitted')
        return { ...door, state: 'resolved' as const, outcome } as Door
      const until = look === 'later' ? this.now() + 3_600_000 : door.not_before_ms
      return {
        ...door,
        state: 'open' as const,
        outcome: 'open' as const,
        unanswered_knocks: unanswered,
        not_before_ms: until,
      }
    })
    await this.keep_pack({ ...pack, doors })
  }
}
