// One event stream for all tabs of a browser: HTTP/1.1 allows six connections, and each stream holds one.
// The tab that has the lock reads the stream and tells the others; when it closes, the next one takes over.
// Without locks (plain http) every tab reads for itself.

export interface LiveEvents {
  change: (text: string) => void
  streaming: (now: boolean) => void
}

export interface LiveSource {
  close: () => void
}

type Told = { change: string } | { streaming: boolean } | { ask: true }

const name = 'shouwang.live'
const path = '/api/live'
export const retry_ms = 30_000

/** Reads the stream; opens it again when the server refused it. */
function read_stream(events: LiveEvents): LiveSource {
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    source = new EventSource(path)
    source.onopen = () => events.streaming(true)
    source.addEventListener('change', (event) => events.change((event as MessageEvent<string>).data))
    source.onerror = () => {
      events.streaming(false)
      // Otherwise the browser tries again by itself.
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(open, retry_ms)
    }
  }

  open()
  return {
    close() {
      clearTimeout(retry)
      source?.close()
    },
  }
}

function share_stream(events: LiveEvents, locks: LockManager): LiveSource {
  const channel = new BroadcastChannel(name)
  const leaving = new AbortController()
  let streaming = false
  let own: LiveSource | null = null
  const tell = (told: Told): void => channel.postMessage(told)

  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if ('ask' in data) {
      if (own) tell({ streaming })
    } else if ('change' in data) events.change(data.change)
    else events.streaming(data.streaming)
  }
  tell({ ask: true })

  locks
    .request(name, { signal: leaving.signal }, () => {
      own = read_stream({
        change(text) {
          tell({ change: text })
          events.change(text)
        },
        streaming(now) {
          streaming = now
          tell({ streaming: now })
          events.streaming(now)
        },
      })
      return new Promise<void>((resolve) => leaving.signal.addEventListener('abort', () => resolve()))
    })
    .catch(() => undefined) // left before its turn came

  return {
    close() {
      own?.close()
      leaving.abort()
      channel.close()
    },
  }
}

export function open_live(events: LiveEvents): LiveSource {
  if (typeof EventSource === 'undefined') return { close: () => undefined }
  const locks = navigator.locks as LockManager | undefined
  return locks && typeof BroadcastChannel !== 'undefined' ? share_stream(events, locks) : read_stream(events)
}
