import { read_short_code, verify } from '@shared/token'
import { createApp, ref, shallowRef, watch } from 'vue'

import { stay_awake } from './device/awake'
import type { Scanner, ScannerState } from './device/scanner'
import { Signals, type Signal } from './device/signals'
import { listen_to_keys } from './device/wedge'
import { Gate } from './model/gate'
import { Session } from './model/session'
import { is_dark } from './model/settings'
import { Store } from './model/store'
import App from './ui/App.vue'
import { context_key, type GateContext, type Page, type Sheet } from './ui/context'
import { language, t } from './ui/language'
import './ui/gate.css'

const tick_ms = 1_000

const store = await Store.open()
const session = new Session(store, Date.now, navigator.language)
const signals = new Signals(() => session.state.settings)

const bytes_of_hex = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const bytes_of_base64url = (text: string) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))

const gate: Gate = new Gate({
  store,
  server: session.server,
  now: session.now,
  offset_ms: () => session.state.offset_ms,
  reachable: () => session.reachable(),
  open_pass: (text) => {
    const keys = (gate.directory.value?.list.keys ?? []).map(({ kid, public_key }) => ({
      kid: bytes_of_hex(kid),
      public_key: bytes_of_base64url(public_key),
    }))
    return verify(text, keys, session.now() + session.state.offset_ms)
  },
  read_short_code,
  // Without a network the phone's own clock stands alone, and the record tells the office later.
  duty_called: (visit, verdict) =>
    void session.server
      .call({
        key: visit.opened_ms,
        household_id: visit.household_id,
        reasons: verdict?.reasons.map((reason) => reason.code) ?? [],
      })
      .catch(() => undefined),
  recorded: () => {
    void session.count()
    void session.uploader.flush()
  },
  judged: (visit, verdict) => {
    const signal: Signal = verdict.outcome === 'allow' ? 'ask' : verdict.outcome
    const word =
      verdict.outcome === 'allow' ? `verdict.allow.${visit.direction}` : `verdict.${verdict.outcome}`
    const need = verdict.outcome === 'allow' && verdict.need !== 'none' ? t(`need.${verdict.need}`) : ''
    signals.give(signal, verdict.need === 'second_reading' ? need : [t(word), need].filter(Boolean).join(','))
  },
  ended: (done) =>
    signals.give('passed', t(done.kind === 'passed' ? `done.passed.${done.direction}` : `done.${done.kind}`)),
})
session.events = {
  list_changed: () => gate.list_changed(),
  waiting: () => gate.state.waiting.length,
}

const context: GateContext = {
  gate,
  session,
  signals,
  page: ref<Page>('gate'),
  sheet: ref<Sheet>('none'),
  scanner: shallowRef<Scanner | null>(null),
  scanner_state: ref<ScannerState>('starting'),
  on_text: ref(null),
  on_badge: ref(null),
  on_key: ref(null),
  exported: ref(false),
}

async function start(): Promise<void> {
  await session.start()
  await gate.load()
  watch(
    () => session.state.settings.language,
    (chosen) => {
      language.value = chosen
      document.documentElement.lang = chosen
    },
    { immediate: true },
  )
  // An opening of one direction sets the lane; else it is asked once after enrolment.
  watch(
    () => session.state.enrolment,
    async (enrolment) => {
      if (!enrolment) return
      const { direction } = enrolment.opening
      const kept = await store.get('lane')
      gate.set_lane(direction === 'both' ? (kept ?? 'out') : direction)
      if (direction === 'both' && kept === null) context.sheet.value = 'lane'
    },
    { immediate: true },
  )
  createApp(App).provide(context_key, context).mount('#app')
}

function keep_theme(): void {
  const prefers = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const dark = is_dark(session.state.settings.theme, prefers.matches, new Date().getHours())
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }
  watch(() => session.state.settings.theme, apply, { immediate: true })
  prefers.addEventListener('change', apply)
  setInterval(apply, 60_000)
}

// The phone's back key leaves a question or a page, never the gate itself.
function keep_back_key(): void {
  const { page, sheet } = context
  history.pushState(null, '')
  window.addEventListener('popstate', () => {
    history.pushState(null, '')
    if (sheet.value !== 'none') sheet.value = 'none'
    else if (page.value !== 'gate') page.value = 'gate'
  })
}

function keep_in_touch(): void {
  setInterval(() => {
    gate.tick()
    void session.tick()
  }, tick_ms)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void session.sync()
  })
  void session.sync()
}

async function keep_offline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  await navigator.storage?.persist?.()
  if (import.meta.env.DEV) return
  await navigator.serviceWorker.register('/m/sw.js', { scope: '/m/' })
  await navigator.serviceWorker.ready
  session.state.pages_kept = true
}

await start()
keep_theme()
keep_back_key()
keep_in_touch()
stay_awake()
listen_to_keys({ burst: (text) => context.on_text.value?.(text), key: (key) => context.on_key.value?.(key) })
window.addEventListener('pointerdown', () => signals.wake())
void keep_offline().catch(() => (session.state.pages_kept = false))
