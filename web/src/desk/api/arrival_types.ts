// Arrivals and key areas, as the server says them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']
export type Arrival = Schemas['Arrival']
export type ArrivalFile = Schemas['ArrivalFile']
export type ArrivalSummary = Schemas['ArrivalSummary']
export type KeyArea = Schemas['KeyArea']
export type KeyAreaList = Schemas['KeyAreaList']
