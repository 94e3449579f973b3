// Words for what the model says in codes.
import type { ListHousehold, ListMember } from '@shared/api_types'
import { month_and_day } from '@shared/civil_day'
import type { Reason, Verdict } from '@shared/decide'

import type { Notice } from '../model/gate'
import type { VehicleVerdict } from '@shared/vehicle'

import type { Visit } from '../model/visit'
import { has_words, language, t } from './language'

// What the line under the word asks for already.
const asked_by_need = new Set([
  'member_unchosen',
  'details_missing',
  'temperature_missing',
  'second_reading_due',
  'disinfection_missing',
  'filing_missing',
  'registration_missing',
  'check_missing',
])
const notes_shown = new Set(['outing_exempt', 'outing_not_counted', 'overrun'])

const vehicle_asked = new Set(['plate_missing', 'occupants_missing'])

type Tone = 'allow' | 'refer' | 'deny' | 'again'

export function use_words() {
  const code_word = (group: string, code: string, params: Record<string, unknown> = {}): string =>
    has_words(`${group}.${code}`) ? t(`${group}.${code}`, params) : code

  const tone = (verdict: Verdict): Tone => {
    if (verdict.outcome !== 'allow') return verdict.outcome
    return verdict.need === 'second_reading' ? 'again' : 'allow'
  }

  const headline = (visit: Visit, verdict: Verdict): string => {
    const kind = tone(verdict)
    if (kind === 'again') return t('verdict.second_reading')
    return kind === 'allow' ? t(`verdict.allow.${visit.direction}`) : t(`verdict.${kind}`)
  }

  const need = (verdict: Verdict): string => (verdict.outcome === 'deny' ? '' : t(`need.${verdict.need}`))

  const next_outing = ({ outcome, next_outing_day }: Verdict): string =>
    outcome === 'deny' && next_outing_day !== null ? t('deny.next', month_and_day(next_outing_day)) : ''

  // "14:00", or with the day when it is another one.
  const hours_from = ({ next_hours_at_ms }: Verdict): string =>
    next_hours_at_ms == null ? '' : t('deny.hours', { time: time(next_hours_at_ms) })

  const reason = (verdict: Verdict, { code, mode }: Reason): string => {
    const text =
      code === 'quota_used' && next_outing(verdict) !== ''
        ? t('deny.today')
        : code === 'outside_hours' && hours_from(verdict) !== ''
          ? hours_from(verdict)
          : code_word('reason', code)
    return mode === 'warn' ? t('verdict.reminder', { text }) : text
  }

  const reasons = (verdict: Verdict): string[] =>
    verdict.reasons
      .filter(({ code, mode }) => !asked_by_need.has(code) && (mode !== 'record' || notes_shown.has(code)))
      .map((each) => reason(verdict, each))

  /** What a vehicle's verdict says of the vehicle, then of those in it; nothing twice. */
  const vehicle_reasons = (verdict: VehicleVerdict): string[] => {
    const own = verdict.reasons
      .filter(({ code }) => !vehicle_asked.has(code) && code !== 'emergency_vehicle')
      .map(({ code, mode }) => {
        const text = t(`ride.reason.${code}`)
        return mode === 'warn' ? t('verdict.reminder', { text }) : text
      })
    return [...new Set([...own, ...verdict.parties.flatMap(reasons)])]
  }

  const notice = ({ code, params }: Notice): string => {
    if (has_words(`notice.${code}`)) return t(`notice.${code}`, params ?? {})
    return has_words(`error.${code}`) ? t(`error.${code}`, params ?? {}) : t('notice.failed', { code })
  }

  const relation = (code: string): string => code_word('relation', code)

  const member = ({ n, r }: ListMember): string => `${n} · ${relation(r)}`

  const surnames = (household: ListHousehold): string => {
    const all = [...new Set(household.m.map((each) => each.n))].join('、')
    return t('picker.household_name', { surnames: all })
  }

  const building = (name: string): string => (/^\d+$/.test(name) ? t('picker.building_name', { name }) : name)
  const stair = (name: string): string =>
    /^\d+$/.test(name) ? t('picker.stair_name', { name }) : name || '—'

  const age = (ms: number): string => {
    const minutes = Math.max(0, Math.floor(ms / 60_000))
    if (minutes < 1) return t('age.now')
    if (minutes < 60) return t('age.minutes', { count: minutes })
    const hours = Math.floor(minutes / 60)
    return hours < 48 ? t('age.hours', { count: hours }) : t('age.days', { count: Math.floor(hours / 24) })
  }

  const time = (ms: number): string =>
    new Date(ms).toLocaleString(language.value, {
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hour12: false,
    })

  return {
    t,
    language,
    tone,
    headline,
    need,
    next_outing,
    reasons,
    vehicle_reasons,
    notice,
    relation,
    member,
    surnames,
    building,
    stair,
    age,
    time,
  }
}
