// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { parse_change, poll_ms, settle_ms, use_live } from './live'
import { open_live, retry_ms } from './live_source'
import { use_session } from './session'

/** Locks as a browser gives them: one holder of a name, the others in a queue. */
class FakeLocks {
  private queue: (() => Promise<void>)[] = []
  request(_name: string, options: { signal: AbortSignal }, hold: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = async (): Promise<void> => {
        await hold()
        this.queue.shift()
        void this.queue[0]?.()
        resolve()
      }
      this.queue.push(turn)
      if (this.queue[0] === turn) void turn()
      else
        options.signal.addEventListener('abort', () => {
          this.queue = this.queue.filter((other) => other !== turn)
          reject(new DOMException('', 'AbortError'))
        })
    })
  }
}

/** Tells every other channel at once. */
class FakeChannel {
  static readonly all = new Set<FakeChannel>()
  onmessage: ((event: { data: unknown }) => void) | null = null
  constructor() {
    FakeChannel.all.add(this)
  }
  postMessage(data: unknown): void {
    for (const channel of FakeChannel.all) if (channel !== this) channel.onmessage?.({ data })
  }
  close(): void {
    FakeChannel.all.delete(this)
  }
}

class FakeSource {
  static opened = 0
  static readonly CLOSED = 2
  static last: FakeSource
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  private listener: ((event: MessageEvent<string>) => void) | null = null
  constructor() {
    FakeSource.last = this
    FakeSource.opened++
  }
  addEventListener(_name: string, listener: (event: MessageEvent<string>) => void): void {
    this.listener = listener
  }
  close(): void {
    this.readyState = 2
  }
  send(change: object): void {
    this.listener?.(new MessageEvent('change', { data: JSON.stringify(change) }))
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  vi.stubGlobal('navigator', {}) // plain http: no locks
  setActivePinia(createPinia())
  use_session().compound_id = 11
})
afterEach(() => {
  use_live().stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('news from the server', () => {
  it('calls a listener once for a burst, and only for its kinds and compound', () => {
    const live = use_live()
    const run = vi.fn()
    live.subscribe(['passage'], run)
    live.start()
    for (let i = 0; i < 50; i++) FakeSource.last.send({ kind: 'passage', compound_id: 11, id: i, at_ms: 0 })
    FakeSource.last.send({ kind: 'passage', compound_id: 12, id: 1, at_ms: 0 })
    FakeSource.last.send({ kind: 'policy', compound_id: 11, id: 1, at_ms: 0 })
    expect(run).not.toHaveBeenCalled()
    vi.advanceTimersByTime(settle_ms)
    expect(run).toHaveBeenCalledOnce()
  })

  it('asks on a timer while there is no stream, and not while there is', () => {
    const live = use_live()
    const run = vi.fn()
    live.subscribe(['passage'], run)
    live.start()
    vi.advanceTimersByTime(poll_ms)
    expect(run).toHaveBeenCalledTimes(1)
    FakeSource.last.onopen?.()
    vi.advanceTimersByTime(settle_ms)
    expect(run).toHaveBeenCalledTimes(2) // what was missed
    vi.advanceTimersByTime(poll_ms * 3)
    expect(run).toHaveBeenCalledTimes(2)
    expect(live.streaming).toBe(true)
    FakeSource.last.readyState = FakeSource.CLOSED
    FakeSource.last.onerror?.()
    expect(live.streaming).toBe(false)
    vi.advanceTimersByTime(poll_ms)
    expect(run).toHaveBeenCalledTimes(3)
  })

  it('opens a refused stream again after a while', () => {
    use_live().start()
    const first = FakeSource.last
    first.readyState = FakeSource.CLOSED
    first.onerror?.()
    vi.advanceTimersByTime(retry_ms)
    expect(FakeSource.last).not.toBe(first)
  })

  it('leaves a page alone once it is gone', () => {
    const live = use_live()
    const run = vi.fn()
    const leave = live.subscribe(['passage'], run)
    live.start()
    FakeSource.last.send({ kind: 'passage', compound_id: 11, id: 1, at_ms: 0 })
    leave()
    vi.advanceTimersByTime(settle_ms)
    expect(run).not.toHaveBeenCalled()
  })

  it('reads one stream for all tabs, and the next tab takes over', async () => {
    FakeSource.opened = 0
    vi.stubGlobal('navigator', { locks: new FakeLocks() })
    vi.stubGlobal('BroadcastChannel', FakeChannel)
    const tab = () => ({ change: vi.fn(), streaming: vi.fn() })
    const [first, second] = [tab(), tab()]
    const leader = open_live(first)
    FakeSource.last.onopen?.()
    const follower = open_live(second)
    expect(FakeSource.opened).toBe(1)
    expect(second.streaming).toHaveBeenLastCalledWith(true)
    FakeSource.last.send({ kind: 'passage' })
    expect(first.change).toHaveBeenCalledOnce()
    expect(second.change).toHaveBeenCalledWith('{"kind":"passage"}')
    leader.close()
    await vi.advanceTimersByTimeAsync(0)
    expect(FakeSource.opened).toBe(2)
    FakeSource.last.send({ kind: 'pass' })
    expect(second.change).toHaveBeenCalledTimes(2)
    expect(first.change).toHaveBeenCalledOnce()
    follower.close()
  })

  it('reads nothing into noise', () => {
    expect(parse_change('{')).toBeNull()
    expect(parse_change('{"id":1}')).toBeNull()
  })
})
