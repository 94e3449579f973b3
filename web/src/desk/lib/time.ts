// Civil time of the installation for the pages.
import { use_session } from '../state/session'
import { clock_text, instant_text, short_instant_text } from './civil'

export function use_time() {
  const session = use_session()
  const offset = (): number => session.offset_minutes
  return {
    offset,
    clock: (ms: number): string => clock_text(ms, offset()),
    full: (ms: number | null): string => (ms === null ? '' : instant_text(ms, offset())),
    exact: (ms: number): string => instant_text(ms, offset(), true),
    short: (ms: number | null): string =>
      ms === null ? '' : short_instant_text(ms, session.now_ms(), offset()),
  }
}
