// Shifts at gates, test sessions and their swabs, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type DutyShift = Schemas['DutyShift']
export type TestSession = Schemas['TestSession']
export type TestSwab = Schemas['TestSwab']
