// Shapes around cases and their contacts, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type TraceCase = Schemas['TraceCase']
export type Rings = Schemas['Rings']
export type RingContact = Schemas['RingContact']
export type RingCount = Schemas['RingCount']
export type Trajectory = Schemas['Trajectory']
export type TraceStop = Schemas['TraceStop']
export type TraceEvidence = Schemas['TraceEvidence']
export type TraceMeeting = Schemas['TraceMeeting']
export type ContactMark = Schemas['ContactMark']
export type ControlOrigin = Schemas['ControlOrigin']
export type MarkKind = ContactMark['kind']
export type LiftedCase = Schemas['LiftedCase']
export type MeetingPoints = Schemas['MeetingPoints']
export type TracePolicy = Schemas['TracePolicy']
export type OpenedHandOver = Schemas['OpenedHandOver']
export type ReceivedHandOver = Schemas['ReceivedHandOver']
export type ReceivedContact = Schemas['ReceivedContact']
export type ReceiptRead = Schemas['HandOverReceiptRead']
export type HandOverKeys = Schemas['HandOverKeys']
export type HandOverKey = Schemas['HandOverKey']

export const bases = ['onset', 'sampling'] as const
export const mark_kinds = ['close_contact', 'secondary_contact', 'general_contact'] as const
export const match_states = ['unmatched', 'matched', 'withdrawn'] as const
