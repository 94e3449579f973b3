// The phone and its server: enrolment, the list, the upload, how fresh everything is.
import type { EnrolAnswer } from '@shared/api_types'
import { decode_enrolment, type EnrolmentReading } from '@shared/token'
import { reactive } from 'vue'

import { GateServer, ServerError } from './server'
import { default_settings, type Settings } from './settings'
import type { Enrolment, Handover, Store } from './store'
import { Uploader } from './uploader'

const ping_every_ms = 30_000
const retry_ms = 5_000
const list_every_ms = 10 * 60_000

export type Link = 'unknown' | 'online' | 'offline' | 'revoked'

export interface SessionState {
  started: boolean
  enrolment: Enrolment | null
  link: Link
  unsent: number
  rejected: number
  list_generated_ms: number | null
  list_loading: boolean
  offset_ms: number
  settings: Settings
  handovers: Handover[]
  pages_kept: boolean
}

export interface SessionEvents {
  list_changed(): Promise<void>
  waiting(): number // people in front of the phone
}

export class Session {
  readonly state: SessionState
  readonly server: GateServer
  readonly uploader: Uploader
  events: SessionEvents = { list_changed: () => Promise.resolve(), waiting: () => 0 }
  private list_version: string | null = null
  private etag: string | null = null
  private next_ping_ms = 0
  private next_list_ms = 0
  private pinging = false

  constructor(
    private readonly store: Store,
    readonly now: () => number,
    browser_language: string,
    fetcher?: typeof fetch,
  ) {
    this.state = reactive<SessionState>({
      started: false,
      enrolment: null,
      link: 'unknown',
      unsent: 0,
      rejected: 0,
      list_generated_ms: null,
      list_loading: false,
      offset_ms: 0,
      settings: default_settings(browser_language),
      handovers: [],
      pages_kept: false,
    })
    const contact = {
      reached: () => {
        if (this.state.link === 'offline') this.uploader.resume()
        this.set_link('online')
      },
      missed: () => this.set_link('offline'),
      revoked: () => this.set_link('revoked'),
    }
    this.server = new GateServer(contact, fetcher)
    this.uploader = new Uploader(
      store,
      this.server,
      now,
      () => this.count(),
      (server_ms, asked_ms) => this.heard(server_ms, asked_ms),
    )
  }

  async start(): Promise<void> {
    const { state, store } = this
    Object.assign(state.settings, await store.get('settings'))
    state.handovers = (await store.get('handovers')) ?? []
    state.offset_ms = (await store.get('clock_offset_ms')) ?? 0
    state.enrolment = await store.get('enrolment')
    this.server.device_token = state.enrolment?.device_token ?? null
    await this.note_list()
    await this.count()
    state.started = true
  }

  /** Whether a decision should be asked of the server at all. */
  reachable(): boolean {
    return this.state.link === 'online'
  }

  /** The pages and the list are on the phone: it may lose the network. */
  works_offline(): boolean {
    return this.state.pages_kept && this.state.list_generated_ms !== null
  }

  // ---- enrolment ----

  /** Reads the text of an enrolment code; also from a link that carries it behind #e=. */
  static read_enrolment(text: string): EnrolmentReading {
    const behind = /#e=(.+)$/.exec(text.trim())
    return decode_enrolment(behind ? decodeURIComponent(behind[1]!) : text.trim())
  }

  async enrol(secret: Uint8Array): Promise<EnrolAnswer> {
    const asked_ms = this.now()
    const answer = await this.server.enrol({ secret: hex(secret), client_ms: asked_ms })
    const { enrolment_id, device_token, opening, compound } = answer
    const enrolment = { enrolment_id, device_token, opening, compound }
    await this.store.forget_enrolment()
    await this.store.set('enrolment', enrolment)
    this.heard(answer.server_ms, asked_ms)
    this.server.device_token = device_token
    this.etag = this.list_version = null
    this.state.list_generated_ms = null
    this.state.enrolment = enrolment
    await this.sync_list()
    return answer
  }

  /** Refused while anything is unsent, unless the server has cut this phone off and all was exported. */
  async end_enrolment(exported: boolean): Promise<boolean> {
    await this.count()
    const cut_off = this.state.link === 'revoked' && exported
    if (this.state.unsent > 0 && !cut_off) return false
    await this.store.forget_enrolment()
    this.server.device_token = this.etag = this.list_version = null
    Object.assign(this.state, { enrolment: null, list_generated_ms: null, handovers: [], link: 'unknown' })
    await this.count()
    return true
  }

  // ---- keeping in touch ----

  /** On every tick of the page's timer. */
  async tick(): Promise<void> {
    if (!this.state.enrolment) return
    await this.uploader.tick()
    if (this.now() >= this.next_ping_ms) await this.ping()
  }

  /** The page came into view, or the guard wants it now. */
  async sync(): Promise<void> {
    if (!this.state.enrolment) return
    await this.uploader.flush()
    this.next_list_ms = 0
    await this.ping()
  }

  private async ping(): Promise<void> {
    if (this.pinging) return
    this.pinging = true
    const asked_ms = this.now()
    this.next_ping_ms = asked_ms + ping_every_ms
    try {
      const answer = await this.server.ping({
        client_ms: asked_ms,
        queue: this.state.unsent,
        list_version: this.list_version,
        list_generated_ms: this.state.list_generated_ms,
        waiting: this.events.waiting(),
      })
      this.heard(answer.server_ms, asked_ms)
      await this.send_handovers()
      if (answer.list_version !== this.list_version || this.now() >= this.next_list_ms) await this.sync_list()
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
    } finally {
      this.pinging = false
    }
  }

  async sync_list(): Promise<void> {
    this.state.list_loading = true
    try {
      const fresh = await this.server.list(this.etag)
      this.next_list_ms = this.now() + list_every_ms
      if (fresh) {
        await this.store.set('list', fresh)
        // The gate reads it first: what the status line says of the list is then true.
        await this.events.list_changed()
        await this.note_list()
      }
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
    } finally {
      this.state.list_loading = false
    }
  }

  // ---- people and settings ----

  async hand_over(guard: string): Promise<void> {
    const handover = { guard, at_ms: this.now(), unsent: this.state.unsent }
    const handovers = [...this.state.handovers.map((one) => ({ ...one })), handover].slice(-100)
    await this.set_handovers(handovers)
    // Who stands at the gate is known at once where there is a network, else with the next answer.
    this.next_ping_ms = 0
  }

  /** Each is one however often it is sent: the phone's clock tells them apart. */
  private async send_handovers(): Promise<void> {
    const open = this.state.handovers.filter(({ sent }) => !sent)
    if (open.length === 0) return
    const items = open.map(({ guard, at_ms }) => ({ guard, at_ms }))
    await this.server.hand_over({ client_ms: this.now(), items })
    const told = new Set(items.map(({ at_ms }) => at_ms))
    await this.set_handovers(
      this.state.handovers.map((one) => (told.has(one.at_ms) ? { ...one, sent: true } : { ...one })),
    )
  }

  private async set_handovers(handovers: Handover[]): Promise<void> {
    await this.store.set('handovers', handovers)
    this.state.handovers = handovers
  }

  async change_settings(change: Partial<Settings>): Promise<void> {
    Object.assign(this.state.settings, change)
    await this.store.set('settings', { ...this.state.settings })
  }

  /** What an encrypted copy holds: all records the server may not have. */
  async unsent_records() {
    const rows = (await this.store.records()).filter((row) => row.state !== 'sent')
    return {
      enrolment_id: this.state.enrolment?.enrolment_id ?? 0,
      exported_ms: this.now(),
      handovers: this.state.handovers.map((handover) => ({ ...handover })),
      records: rows.map(({ record, state, problems }) => ({ ...record, upload_state: state, problems })),
    }
  }

  async count(): Promise<void> {
    this.state.unsent = await this.store.unsent()
    this.state.rejected = (await this.store.records_in('rejected')).length
  }

  private async note_list(): Promise<void> {
    const stored = await this.store.get('list')
    this.etag = stored?.etag ?? null
    this.list_version = stored?.list.version ?? null
    this.state.list_generated_ms = stored?.list.generated_ms ?? null
  }

  private set_link(link: Link): void {
    // Only a new enrolment ends a revocation.
    if (this.state.link === 'revoked') return
    this.state.link = link
    if (link === 'offline') this.next_ping_ms = Math.min(this.next_ping_ms, this.now() + retry_ms)
  }

  // The server looked at its clock at some instant of the round trip: an offset that fits one of them stays,
  // so that no countdown jumps by what a slow network adds to the measurement.
  private heard(server_ms: number, asked_ms: number): void {
    const now = this.now()
    const known = this.state.offset_ms
    if (known >= server_ms - now && known <= server_ms - asked_ms) return
    this.state.offset_ms = Math.round(server_ms - (asked_ms + now) / 2)
    void this.store.set('clock_offset_ms', this.state.offset_ms)
  }
}

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
