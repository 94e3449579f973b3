// The left menu. An entry is shown to those who may read what it opens.

export interface MenuEntry {
  route: string // name of the route, also the translation key `page.<route>.title`
  permission: string
}

export interface MenuGroup {
  key: string
  entries: MenuEntry[]
}

export const menu: readonly MenuGroup[] = [
  {
    key: 'daily',
    entries: [
      { route: 'overview', permission: 'figure_read' },
      { route: 'work', permission: 'work_read' },
      { route: 'work_board', permission: 'work_read' },
      { route: 'work_plans', permission: 'work_read' },
      { route: 'work_log', permission: 'work_read' },
      { route: 'surveys', permission: 'work_read' },
      { route: 'meter_estimates', permission: 'work_read' },
      { route: 'questionnaires', permission: 'work_read' },
      { route: 'area', permission: 'figure_read' },
      { route: 'gates', permission: 'passage_read' },
      { route: 'ledger', permission: 'passage_read' },
      { route: 'vehicle_ledger', permission: 'passage_read' },
      { route: 'ledgers', permission: 'passage_read' },
    ],
  },
  {
    key: 'people',
    entries: [
      { route: 'control', permission: 'control_read' },
      { route: 'follow_ups', permission: 'follow_up_write' },
      { route: 'test_sessions', permission: 'follow_up_write' },
      { route: 'outbreak', permission: 'control_read' },
      { route: 'arrivals', permission: 'control_read' },
      { route: 'key_areas', permission: 'control_write' },
      { route: 'control_rules', permission: 'control_write' },
    ],
  },
  {
    key: 'registry',
    entries: [
      { route: 'households', permission: 'household_read' },
      { route: 'guests', permission: 'household_read' },
      { route: 'persons', permission: 'household_read' },
      { route: 'duplicates', permission: 'household_read' },
      { route: 'conflicts', permission: 'household_read' },
      { route: 'vehicles', permission: 'household_read' },
      { route: 'staff', permission: 'household_read' },
      { route: 'responsibility', permission: 'household_read' },
      { route: 'imports', permission: 'import_write' },
    ],
  },
  {
    key: 'trace',
    entries: [
      { route: 'cases', permission: 'trace_read' },
      { route: 'trace_policy', permission: 'trace_read' },
    ],
  },
  {
    key: 'organisation',
    entries: [
      { route: 'bodies', permission: 'organisation_read' },
      { route: 'organisations', permission: 'organisation_read' },
      { route: 'staff_files', permission: 'organisation_read' },
      { route: 'teams', permission: 'organisation_read' },
      { route: 'documents', permission: 'organisation_read' },
    ],
  },
  {
    key: 'gate',
    entries: [
      { route: 'passes', permission: 'pass_read' },
      { route: 'openings', permission: 'place_read' },
      { route: 'devices', permission: 'enrolment_write' },
      { route: 'duty_shifts', permission: 'enrolment_write' },
      { route: 'webhooks', permission: 'webhook_write' },
      { route: 'policy', permission: 'policy_read' },
    ],
  },
  {
    key: 'care',
    entries: [
      { route: 'care', permission: 'control_read' },
      { route: 'service_requests', permission: 'work_write' },
      { route: 'service_days', permission: 'work_read' },
      { route: 'directory', permission: 'place_read' },
      { route: 'service_kinds', permission: 'term_write' },
    ],
  },
  {
    key: 'system',
    entries: [
      { route: 'places', permission: 'place_read' },
      { route: 'grids', permission: 'place_read' },
      { route: 'zones', permission: 'place_read' },
      { route: 'accounts', permission: 'account_write' },
      { route: 'roles', permission: 'account_write' },
      { route: 'terms', permission: 'term_write' },
      { route: 'audit', permission: 'audit_read' },
      { route: 'erasures', permission: 'audit_read' },
      { route: 'safekeeping', permission: 'key_write' },
    ],
  },
]

export function menu_for(can: (permission: string) => boolean): MenuGroup[] {
  return menu
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => can(entry.permission)) }))
    .filter((group) => group.entries.length > 0)
}

/** Where someone lands after logging in: the first page they may see. */
export const home_route = (can: (permission: string) => boolean): string =>
  menu_for(can)[0]?.entries[0]?.route ?? 'me'
