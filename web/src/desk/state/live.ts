// News from the server: while there is no stream, listeners are called on a timer instead, so a page is
// never silently old.
import { defineStore } from 'pinia'
import { onBeforeUnmount, ref } from 'vue'

import type { Change } from '../api/types'
import { open_live, type LiveSource } from './live_source'
import { use_session } from './session'

export const poll_ms = 20_000
export const settle_ms = 400

type Listener = () => void
interface Subscription {
  kinds: ReadonlySet<Change['kind']>
  everywhere: boolean
  run: Listener
}

export function parse_change(text: string): Change | null {
  try {
    const change = JSON.parse(text) as Change
    return typeof change.kind === 'string' ? change : null
  } catch {
    return null
  }
}

export const use_live = defineStore('live', () => {
  const streaming = ref(false)
  const subscriptions = new Set<Subscription>()
  const due = new Set<Subscription>()
  let source: LiveSource | null = null
  let poll: ReturnType<typeof setInterval> | undefined
  let settle: ReturnType<typeof setTimeout> | undefined

  // A rush hour sends many changes a second; a page reads once for all of them.
  function schedule(): void {
    if (due.size === 0) return
    settle ??= setTimeout(() => {
      settle = undefined
      const now = [...due]
      due.clear()
      for (const subscription of now) if (subscriptions.has(subscription)) subscription.run()
    }, settle_ms)
  }

  function on_change(text: string): void {
    const change = parse_change(text)
    if (change === null) return
    const { compound_id } = use_session()
    const here = !change.compound_id || compound_id === null || change.compound_id === compound_id
    for (const subscription of subscriptions)
      if (subscription.kinds.has(change.kind) && (here || subscription.everywhere)) due.add(subscription)
    schedule()
  }

  function on_streaming(now: boolean): void {
    if (now && !streaming.value) {
      // What happened while there was no stream.
      for (const subscription of subscriptions) due.add(subscription)
      schedule()
    }
    streaming.value = now
  }

  function start(): void {
    if (source !== null) return
    source = open_live({ change: on_change, streaming: on_streaming })
    poll = setInterval(() => {
      if (streaming.value || document.hidden) return
      for (const subscription of subscriptions) subscription.run()
    }, poll_ms)
  }

  function stop(): void {
    source?.close()
    source = null
    streaming.value = false
    clearInterval(poll)
  }

  function subscribe(kinds: readonly Change['kind'][], run: Listener, everywhere = false): () => void {
    const subscription = { kinds: new Set(kinds), everywhere, run }
    subscriptions.add(subscription)
    return () => subscriptions.delete(subscription)
  }

  return { streaming, start, stop, subscribe }
})

/** While the component lives, `run` follows changes of these kinds in the chosen compound, or in all one sees. */
export function use_changes(kinds: readonly Change['kind'][], run: Listener, everywhere = false): void {
  onBeforeUnmount(use_live().subscribe(kinds, run, everywhere))
}
