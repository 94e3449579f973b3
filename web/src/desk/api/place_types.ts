// Shapes around places and responsibility, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type OpeningBoard = Schemas['OpeningBoard']
export type OpeningBoards = Schemas['OpeningBoards']
export type Violation = Schemas['Violation']
export type Zone = Schemas['Zone']
export type ZoneList = Schemas['ZoneList']
export type ZoneLevel = Zone['level']
export type PlaceSet = Schemas['PlaceSet']
export type PlaceSetDetail = Schemas['PlaceSetDetail']
export type SetKind = PlaceSet['kind']
export type Share = Schemas['Share']
export type Uncovered = Schemas['Uncovered']
export type PlaceRules = Schemas['PlaceRules']
export type PlaceRulesShown = Schemas['PlaceRulesShown']
export type Drawing = Schemas['Drawing']
export type DrawnBuilding = Schemas['DrawnBuilding']
export type PlaceHistory = Schemas['PlaceHistory']
export type Board = Schemas['StewardshipBoard']
export type Check = Schemas['Check']
export type Gap = Schemas['Gap']
export type Suggestion = Schemas['Suggestion']
export type VolunteerNeed = Schemas['VolunteerNeed']
export type Responsible = Schemas['Responsible']
export type Steward = Schemas['Steward']
export type Candidate = Schemas['Candidate']

export const zone_levels = ['red', 'yellow', 'none'] as const
export const set_kinds = ['grid', 'sealed_unit', 'scope_list'] as const
export const seal_methods = ['lock', 'bolt', 'barrier', 'wall', 'weld', 'other'] as const
export const property_levels = ['unknown', 'good', 'fair', 'poor', 'none'] as const
export const duties = ['steward', 'leader', 'deputy', 'volunteer'] as const
export const ranks = [
  'unknown',
  'none',
  'clerk',
  'section_deputy',
  'section_head',
  'division_deputy',
  'division_head',
  'bureau_deputy',
  'bureau_head',
] as const
