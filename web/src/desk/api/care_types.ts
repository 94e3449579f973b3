// Shapes around care recipients, requests and deliveries, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type CareRecipient = Schemas['CareRecipient']
export type CareFile = Schemas['CareFile']
export type CareSummary = Schemas['CareSummary']
export type CareCandidate = Schemas['CareCandidate']
export type ServiceKind = Schemas['ServiceKind']
export type ServiceRequest = Schemas['ServiceRequest']
export type ServiceRequestBoard = Schemas['ServiceRequestBoard']
export type ServiceDay = Schemas['ServiceDay']
export type ServiceTotals = Schemas['ServiceTotals']
export type DeliveryRun = Schemas['DeliveryRun']
export type DeliveryRunFile = Schemas['DeliveryRunFile']
export type DeliveryRunProposal = Schemas['DeliveryRunProposal']
export type Directory = Schemas['Directory']
export type DirectoryEntry = Schemas['DirectoryEntry']
export type DropPoint = Schemas['DropPoint']
