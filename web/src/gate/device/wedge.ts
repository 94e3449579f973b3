// A scanner gun, or a thermometer that types, is a keyboard: its keys come faster than anybody's fingers.

const gap_ms = 120 // between two keys of one burst, on a busy phone too
const burst_min = 4 // shorter bursts without Enter are fingers
const text_max = 600

export interface WedgeEvents {
  burst(text: string): void
  key(key: string): void // a single digit or Backspace from fingers
}

/** Collects keys into bursts. `schedule` calls back after a pause and can be called off. */
export class Wedge {
  private text = ''
  private last_ms = Number.NEGATIVE_INFINITY
  private cancel: (() => void) | null = null

  constructor(
    private readonly events: WedgeEvents,
    private readonly schedule: (call: () => void, ms: number) => () => void,
  ) {}

  press(key: string, at_ms: number): void {
    this.cancel?.()
    if (at_ms - this.last_ms > gap_ms) this.end(false)
    this.last_ms = at_ms
    if (key === 'Enter') return this.end(true)
    if (key === 'Backspace') return this.events.key(key)
    if (key.length !== 1) return
    this.text = (this.text + key).slice(-text_max)
    this.cancel = this.schedule(() => this.end(false), gap_ms)
  }

  private end(by_enter: boolean): void {
    const text = this.text
    this.text = ''
    if (text.length >= burst_min || (by_enter && text.length > 1)) this.events.burst(text)
    else for (const key of text) if (/\d/.test(key)) this.events.key(key)
  }
}

/** Listens on the page, except while somebody writes into a field. */
export function listen_to_keys(events: WedgeEvents): void {
  const wedge = new Wedge(events, (call, ms) => {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  })
  window.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement | null
    if (event.ctrlKey || event.metaKey || event.altKey || target?.closest('input, textarea, select')) return
    // Enter on a button is a press of the button, unless it ends a burst.
    if (event.key === ' ' || event.key === 'Enter') {
      if (!wedge_is_typing(event)) return
      event.preventDefault()
    }
    last_key_ms = event.timeStamp
    wedge.press(event.key, event.timeStamp)
  })
}

let last_key_ms = Number.NEGATIVE_INFINITY
const wedge_is_typing = (event: KeyboardEvent) => event.timeStamp - last_key_ms <= gap_ms
