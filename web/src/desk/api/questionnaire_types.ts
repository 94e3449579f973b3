// Shapes around questionnaires, as the server declares them.
import type { components } from '@shared/api_schema'

type Schemas = components['schemas']

export type Questionnaire = Schemas['Questionnaire']
export type QuestionnaireFile = Schemas['QuestionnaireFile']
export type QuestionnaireVersion = Schemas['QuestionnaireVersion']
export type QuestionnaireVersionLine = Schemas['QuestionnaireVersionLine']
export type QuestionnaireRoundLine = Schemas['QuestionnaireRoundLine']
export type RoundQuestionnaire = Schemas['RoundQuestionnaire']
export type FormReading = Schemas['QuestionFormReading']
export type FormFault = Schemas['QuestionFormFault']
export type QuestionForm = Schemas['QuestionForm']
export type Question = Schemas['Question']
export type QuestionStep = Schemas['QuestionStep']
export type QuestionAnswer = Schemas['QuestionAnswer']
export type AnswerSheet = Schemas['AnswerSheet']
export type AnswerCountReport = Schemas['AnswerCountReport']
export type QuestionCount = Schemas['QuestionCount']
