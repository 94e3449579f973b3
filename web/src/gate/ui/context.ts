// What every page of the gate works with.
import { inject, type InjectionKey, type Ref, type ShallowRef } from 'vue'

import type { Scanner, ScannerState } from '../device/scanner'
import type { Signals } from '../device/signals'
import type { Gate } from '../model/gate'
import type { Session } from '../model/session'

export type Page = 'gate' | 'menu' | 'unsent' | 'handover' | 'settings'
export type Sheet =
  | 'none'
  | 'emergency'
  | 'code'
  | 'lookup'
  | 'register'
  | 'relation'
  | 'companion'
  | 'lane'
  | 'plate'
  | 'rider'
  | 'rider_door'

export interface GateContext {
  gate: Gate
  session: Session
  signals: Signals
  page: Ref<Page>
  sheet: Ref<Sheet>
  scanner: ShallowRef<Scanner | null>
  scanner_state: Ref<ScannerState>
  /** Where a scanned text goes: a pass, an enrolment code or a badge. */
  on_text: Ref<((text: string) => void) | null>
  /** Who takes over, while the handover page is open. */
  on_badge: Ref<((badge: string) => void) | null>
  /** Unsent records have been saved as a file. */
  exported: Ref<boolean>
  /** Where keys of fingers on a keyboard go. */
  on_key: Ref<((key: string) => void) | null>
}

export const context_key: InjectionKey<GateContext> = Symbol('gate')

export function use_gate(): GateContext {
  const context = inject(context_key)
  if (!context) throw new Error('outside the gate')
  return context
}
