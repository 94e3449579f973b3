// What the audit is filtered by: a group takes every action that begins with it.
export const audit_groups = [
  'person',
  'emergency',
  'list',
  'passage.export',
  'account',
  'grant',
  'role',
  'totp',
  'household',
  'pass',
  'passage',
  'import',
  'policy',
  'place',
  'opening',
  'place_set',
  'zone',
  'place_rule',
  'stewardship',
  'organisation',
  'organisation_bond',
  'staff',
  'term',
  'enrolment',
  'guest',
  'vehicle',
  'keys',
  'retention',
] as const

/** Words are kept under the action's name without its dot: a group and its actions are both names. */
export const action_key = (action: string): string => action.replace('.', '_')
