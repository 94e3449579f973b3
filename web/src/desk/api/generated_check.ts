// The desk's names for the API's shapes must fit what the server says it sends: each line fails to compile
// when the generated type (npm run api) no longer fits.
import type { components } from '@shared/api_schema'

import type * as desk from './types'

type Schemas = components['schemas']
type Fits<Sent extends Read, Read> = Sent

export type Checked = [
  Fits<Schemas['Me'], desk.Me>,
  Fits<Schemas['ProgramInfo'], desk.Program>,
  Fits<Schemas['Account'], desk.Account>,
  Fits<Schemas['AccountCreated'], desk.AccountCreated>,
  Fits<Schemas['Place'], desk.Place>,
  Fits<Schemas['PlaceDetail'], desk.PlaceDetail>,
  Fits<Schemas['PatternPreview'], desk.PatternPreview>,
  Fits<Schemas['Dwelling'], desk.Dwelling>,
  Fits<Schemas['Opening'], desk.Opening>,
  Fits<Schemas['HouseholdRow'], desk.HouseholdRow>,
  Fits<Schemas['Person'], desk.Person>,
  Fits<Schemas['PersonRow'], desk.PersonRow>,
  Fits<Schemas['Vehicle'], desk.Vehicle>,
  Fits<Schemas['StaffRow'], desk.StaffRow>,
  Fits<Schemas['Pass'], desk.Pass>,
  Fits<Schemas['Enrolment'], desk.Enrolment>,
  Fits<Schemas['EnrolmentCode'], desk.EnrolmentTicket>,
  Fits<Schemas['PassageRow'], desk.PassageRow>,
  Fits<Schemas['Overview'], desk.Overview>,
  Fits<Schemas['Policy'], desk.PolicyVersion>,
  Fits<Schemas['Guest'], desk.Guest>,
]
