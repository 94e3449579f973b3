// Shapes around plans and logs of work, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type WorkPlan = Schemas['WorkPlan']
export type WorkLogLine = Schemas['WorkLogLine']
export type WorkPicture = Schemas['WorkPicture']
export type MeterEstimate = Schemas['MeterEstimate']
