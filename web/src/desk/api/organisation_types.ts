// Shapes around bodies, their staff and what they have to do with places, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type Term = Schemas['Term']
export type TermList = Term['list']
export type Organisation = Schemas['Organisation']
export type OrganisationFile = Schemas['OrganisationFile']
export type OrganisationBond = Schemas['OrganisationBond']
export type Superior = Schemas['Superior']
export type Branch = Superior['branch']
export type BondKind = OrganisationBond['bond']
export type CompoundBodies = Schemas['CompoundBodies']
export type BodiesSummary = Schemas['BodiesSummary']
export type MissingBody = Schemas['BodyCount']['body']
export type Chain = Schemas['OrganisationChain']
export type StaffFile = Schemas['StaffFile']
export type StaffFileDetail = Schemas['StaffFileDetail']
export type StaffPost = Schemas['StaffPost']
export type StaffRevealed = Schemas['StaffRevealed']
export type StaffPerson = Schemas['StaffPerson']

export const bond_kinds = ['responsible', 'manages', 'represents', 'contract', 'hook_up'] as const
export const branches = ['territorial', 'industry'] as const
export const missing_bodies = [
  'manager',
  'committee',
  'responsible',
  'industry',
  'contract',
  'hook_up',
] as const
export const parties = ['unknown', 'member', 'probationary', 'league', 'other_party', 'none'] as const
export type Team = Schemas['Team']
export type TeamFile = Schemas['TeamFile']
export type TeamMember = Schemas['TeamMember']
export type TeamGaps = Schemas['TeamGaps']
export const team_roles = ['head', 'deputy', 'member'] as const
export type OrganisationDocument = Schemas['OrganisationDocument']
export type LackingDocument = Schemas['LackingDocument']
export type LackingSummary = Schemas['LackingSummary']
