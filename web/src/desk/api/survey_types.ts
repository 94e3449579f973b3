// Shapes around survey rounds, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type SurveyRound = Schemas['SurveyRound']
export type SurveyCoverage = Schemas['SurveyCoverage']
export type SurveyCoverageReport = Schemas['SurveyCoverageReport']
export type SurveyCoveragePart = Schemas['SurveyCoveragePart']
export type SurveyDoor = Schemas['SurveyDoor']
export type SurveyRegisterLine = Schemas['SurveyRegisterLine']
export type SurveyHandover = Schemas['SurveyHandover']
export type SurveyDiscrepancy = Schemas['SurveyDiscrepancy']
