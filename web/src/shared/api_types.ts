// The gate phone's part of the API, by name. The shapes are generated from the OpenAPI document
// (npm run api writes api_schema.ts); nothing here is typed by hand but the record list of an upload,
// which the server reads one by one.
import type { components } from './api_schema'

type Schemas = components['schemas']

export type ProblemDocument = Omit<Partial<Schemas['Problem']>, 'problems' | 'params'> & {
  problems?: Problem[]
  params?: Record<string, string | number>
}
export interface Problem {
  path: string
  code: string
  params?: Record<string, string | number>
}
export type CompoundName = Schemas['CompoundName']
export type Opening = Schemas['Opening']
export type EnrolRequest = Schemas['EnrolRequest']
export type EnrolAnswer = Schemas['EnrolAnswer']
export type ListMember = Schemas['ListMember']
export type ListHousehold = Schemas['ListHousehold']
export type ListDwelling = Schemas['ListDwelling']
export type ListPass = Schemas['ListPass']
export type ListUse = Schemas['ListUse']
export type DayWord = Schemas['DayMark']
export type GateList = Schemas['GateList']
export type GateReading = Schemas['Reading']
export type Claim = Schemas['Claim']
export type GateRecord = Schemas['GateRecord']
export type ListHolder = Schemas['ListHolder']
export type ListVehicle = Schemas['ListVehicle']
export type Party = Schemas['Party']
export type VehicleRecord = Schemas['VehicleRecord']
export type VehicleAnswer = Schemas['VehicleAnswer']
/** What the phone numbers and sends: persons on foot, or a vehicle with those in it. */
export type AnyRecord = GateRecord | VehicleRecord
export type DecideRequest = Schemas['DecideRequest']
export type DecideAnswer = Schemas['DecideAnswer']
export type ConfirmAnswer = Schemas['ConfirmAnswer']
export type PassagesRequest = Omit<Schemas['PassagesRequest'], 'records'> & { records: AnyRecord[] }
export type PassageResult = Schemas['PassageResult']
export type PassagesAnswer = Schemas['PassagesAnswer']
export type GuardHandovers = Schemas['GuardHandovers']
export type PingRequest = Schemas['Ping']
export type PingAnswer = Schemas['Pong']
export type DutyCall = Schemas['DutyCall']
export type ActivateRequest = Schemas['ActivateRequest']
export type ActivateAnswer = Schemas['ActivateAnswer']
