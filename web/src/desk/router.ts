// Hash routes, so that the server needs to know one page only. Paths are part of the API: figures of
// the overview link to them with filters.
import { nextTick } from 'vue'
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'

import { i18n } from './lib/i18n'
import { home_route } from './shell/menu'
import { use_session } from './state/session'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean // without a session
    free?: boolean // does not need a chosen compound
    title: string // name of the page in `page.<title>.title`
    parent?: string // route of the list this page was opened from
  }
}

export const routes: RouteRecordRaw[] = [
  {
    path: '/setup',
    name: 'setup',
    meta: { open: true, title: 'setup' },
    component: () => import('./page/SetupPage.vue'),
  },
  {
    path: '/login',
    name: 'login',
    meta: { open: true, title: 'login' },
    component: () => import('./page/LoginPage.vue'),
  },
  {
    path: '/link',
    name: 'link',
    meta: { open: true, title: 'link' },
    component: () => import('./page/LinkPage.vue'),
  },
  {
    path: '/password',
    name: 'password',
    meta: { title: 'password', free: true },
    component: () => import('./page/PasswordPage.vue'),
  },
  {
    path: '/',
    name: 'home',
    meta: { title: 'overview', free: true },
    redirect: () => ({ name: home_route(use_session().can) }),
  },
  {
    path: '/overview',
    name: 'overview',
    meta: { title: 'overview' },
    component: () => import('./page/OverviewPage.vue'),
  },
  {
    path: '/overview/:code',
    name: 'figure',
    meta: { title: 'figure', parent: 'overview' },
    component: () => import('./page/FigurePage.vue'),
  },
  {
    path: '/area',
    name: 'area',
    meta: { title: 'area', free: true },
    component: () => import('./page/AreaPage.vue'),
  },
  {
    path: '/work',
    name: 'work',
    meta: { title: 'work', free: true },
    component: () => import('./page/WorkPage.vue'),
  },
  {
    path: '/control',
    name: 'control',
    meta: { title: 'control' },
    component: () => import('./page/ControlPage.vue'),
  },
  {
    path: '/control/:id',
    name: 'control_case',
    meta: { title: 'control_case', parent: 'control', free: true },
    component: () => import('./page/ControlCasePage.vue'),
  },
  {
    path: '/arrivals',
    name: 'arrivals',
    meta: { title: 'arrivals' },
    component: () => import('./page/ArrivalsPage.vue'),
  },
  {
    path: '/arrivals/:id(\\d+)',
    name: 'arrival',
    meta: { title: 'arrival', parent: 'arrivals', free: true },
    component: () => import('./page/ArrivalPage.vue'),
  },
  {
    path: '/key-areas',
    name: 'key_areas',
    meta: { title: 'key_areas' },
    component: () => import('./page/KeyAreasPage.vue'),
  },
  {
    path: '/follow-ups',
    name: 'follow_ups',
    meta: { title: 'follow_ups' },
    component: () => import('./page/FollowUpsPage.vue'),
  },
  {
    path: '/outbreak',
    name: 'outbreak',
    meta: { title: 'outbreak', free: true },
    component: () => import('./page/OutbreakPage.vue'),
  },
  {
    path: '/control-rules',
    name: 'control_rules',
    meta: { title: 'control_rules' },
    component: () => import('./page/ControlRulesPage.vue'),
  },
  {
    path: '/care',
    name: 'care',
    meta: { title: 'care' },
    component: () => import('./page/CarePage.vue'),
  },
  {
    path: '/care/:id(\\d+)',
    name: 'care_file',
    meta: { title: 'care_file', parent: 'care', free: true },
    component: () => import('./page/CareFilePage.vue'),
  },
  {
    path: '/service-requests',
    name: 'service_requests',
    meta: { title: 'service_requests' },
    component: () => import('./page/ServiceRequestsPage.vue'),
  },
  {
    path: '/delivery-runs/:id(\\d+)',
    name: 'delivery_run',
    meta: { title: 'delivery_run', parent: 'service_requests', free: true },
    component: () => import('./page/DeliveryRunPage.vue'),
  },
  {
    path: '/service-kinds',
    name: 'service_kinds',
    meta: { title: 'service_kinds', free: true },
    component: () => import('./page/ServiceKindsPage.vue'),
  },
  {
    path: '/service-days',
    name: 'service_days',
    meta: { title: 'service_days' },
    component: () => import('./page/ServiceDaysPage.vue'),
  },
  {
    path: '/directory',
    name: 'directory',
    meta: { title: 'directory' },
    component: () => import('./page/DirectoryPage.vue'),
  },
  {
    path: '/work-board',
    name: 'work_board',
    meta: { title: 'work_board', parent: 'work' },
    component: () => import('./page/WorkBoardPage.vue'),
  },
  {
    path: '/work-plans',
    name: 'work_plans',
    meta: { title: 'work_plans', parent: 'work', free: true },
    component: () => import('./page/WorkPlansPage.vue'),
  },
  {
    path: '/work-log',
    name: 'work_log',
    meta: { title: 'work_log', parent: 'work' },
    component: () => import('./page/WorkLogPage.vue'),
  },
  {
    path: '/surveys',
    name: 'surveys',
    meta: { title: 'surveys', free: true },
    component: () => import('./page/SurveysPage.vue'),
  },
  {
    path: '/surveys/:id(\\d+)',
    name: 'survey',
    meta: { title: 'survey', parent: 'surveys', free: true },
    component: () => import('./page/SurveyPage.vue'),
  },
  {
    path: '/meter-estimates',
    name: 'meter_estimates',
    meta: { title: 'meter_estimates' },
    component: () => import('./page/MeterEstimatesPage.vue'),
  },
  {
    path: '/questionnaires',
    name: 'questionnaires',
    meta: { title: 'questionnaires', free: true },
    component: () => import('./page/QuestionnairesPage.vue'),
  },
  {
    path: '/questionnaires/:id(\\d+)',
    name: 'questionnaire',
    meta: { title: 'questionnaire', parent: 'questionnaires', free: true },
    component: () => import('./page/QuestionnairePage.vue'),
  },
  {
    path: '/gates',
    name: 'gates',
    meta: { title: 'gates' },
    component: () => import('./page/GatesPage.vue'),
  },
  {
    path: '/ledgers',
    name: 'ledgers',
    meta: { title: 'ledgers' },
    component: () => import('./page/LedgersPage.vue'),
  },
  {
    path: '/ledger',
    name: 'ledger',
    meta: { title: 'ledger' },
    component: () => import('./page/LedgerPage.vue'),
  },
  {
    path: '/vehicle-ledger',
    name: 'vehicle_ledger',
    meta: { title: 'vehicle_ledger' },
    component: () => import('./page/VehicleLedgerPage.vue'),
  },
  {
    path: '/households',
    name: 'households',
    meta: { title: 'households' },
    component: () => import('./page/HouseholdsPage.vue'),
  },
  {
    path: '/households/:id(\\d+)',
    name: 'household',
    meta: { title: 'household', parent: 'households' },
    component: () => import('./page/HouseholdPage.vue'),
  },
  {
    path: '/guests',
    name: 'guests',
    meta: { title: 'guests' },
    component: () => import('./page/GuestsPage.vue'),
  },
  {
    path: '/persons',
    name: 'persons',
    meta: { title: 'persons' },
    component: () => import('./page/PersonsPage.vue'),
  },
  {
    path: '/persons/:id(\\d+)',
    name: 'person',
    meta: { title: 'person', parent: 'persons', free: true },
    component: () => import('./page/PersonPage.vue'),
  },
  {
    path: '/search',
    name: 'search',
    meta: { title: 'search', free: true },
    component: () => import('./page/SearchPage.vue'),
  },
  {
    path: '/duplicates',
    name: 'duplicates',
    meta: { title: 'duplicates' },
    component: () => import('./page/DuplicatesPage.vue'),
  },
  {
    path: '/conflicts',
    name: 'conflicts',
    meta: { title: 'conflicts' },
    component: () => import('./page/ConflictsPage.vue'),
  },
  {
    path: '/vehicles',
    name: 'vehicles',
    meta: { title: 'vehicles' },
    component: () => import('./page/VehiclesPage.vue'),
  },
  {
    path: '/staff',
    name: 'staff',
    meta: { title: 'staff' },
    component: () => import('./page/StaffPage.vue'),
  },
  {
    path: '/organisations',
    name: 'organisations',
    meta: { title: 'organisations' },
    component: () => import('./page/OrganisationsPage.vue'),
  },
  {
    path: '/organisations/:id(\\d+)',
    name: 'organisation',
    meta: { title: 'organisation', parent: 'organisations', free: true },
    component: () => import('./page/OrganisationPage.vue'),
  },
  {
    path: '/bodies',
    name: 'bodies',
    meta: { title: 'bodies' },
    component: () => import('./page/BodiesPage.vue'),
  },
  {
    path: '/teams',
    name: 'teams',
    meta: { title: 'teams' },
    component: () => import('./page/TeamsPage.vue'),
  },
  {
    path: '/teams/:id(\\d+)',
    name: 'team',
    meta: { title: 'team', parent: 'teams', free: true },
    component: () => import('./page/TeamPage.vue'),
  },
  {
    path: '/documents',
    name: 'documents',
    meta: { title: 'documents' },
    component: () => import('./page/DocumentsPage.vue'),
  },
  {
    path: '/staff-files',
    name: 'staff_files',
    meta: { title: 'staff_files', free: true },
    component: () => import('./page/StaffFilesPage.vue'),
  },
  {
    path: '/imports',
    name: 'imports',
    meta: { title: 'imports' },
    component: () => import('./page/ImportsPage.vue'),
  },
  {
    path: '/imports/:id(\\d+)',
    name: 'import',
    meta: { title: 'import', parent: 'imports' },
    component: () => import('./page/ImportPage.vue'),
  },
  {
    path: '/passes',
    name: 'passes',
    meta: { title: 'passes' },
    component: () => import('./page/PassesPage.vue'),
  },
  {
    path: '/openings',
    name: 'openings',
    meta: { title: 'openings' },
    component: () => import('./page/OpeningsPage.vue'),
  },
  {
    path: '/cases',
    name: 'cases',
    meta: { title: 'cases', free: true },
    component: () => import('./page/CasesPage.vue'),
  },
  {
    path: '/trace-policy',
    name: 'trace_policy',
    meta: { title: 'trace_policy', free: true },
    component: () => import('./page/TracePolicyPage.vue'),
  },
  {
    path: '/cases/:id',
    name: 'case',
    meta: { title: 'case', parent: 'cases', free: true },
    component: () => import('./page/CasePage.vue'),
  },
  {
    path: '/zones',
    name: 'zones',
    meta: { title: 'zones' },
    component: () => import('./page/ZonesPage.vue'),
  },
  {
    path: '/grids',
    name: 'grids',
    meta: { title: 'grids' },
    component: () => import('./page/GridsPage.vue'),
  },
  {
    path: '/responsibility',
    name: 'responsibility',
    meta: { title: 'responsibility' },
    component: () => import('./page/ResponsibilityPage.vue'),
  },
  {
    path: '/webhooks',
    name: 'webhooks',
    meta: { title: 'webhooks', free: true },
    component: () => import('./page/WebhooksPage.vue'),
  },
  {
    path: '/devices',
    name: 'devices',
    meta: { title: 'devices' },
    component: () => import('./page/DevicesPage.vue'),
  },
  {
    path: '/duty-shifts',
    name: 'duty_shifts',
    meta: { title: 'duty_shifts' },
    component: () => import('./page/DutyShiftsPage.vue'),
  },
  {
    path: '/test-sessions',
    name: 'test_sessions',
    meta: { title: 'test_sessions' },
    component: () => import('./page/TestSessionsPage.vue'),
  },
  {
    path: '/test-sessions/:id(\\d+)',
    name: 'test_session',
    meta: { title: 'test_session', parent: 'test_sessions', free: true },
    component: () => import('./page/TestSessionPage.vue'),
  },
  {
    path: '/policy',
    name: 'policy',
    meta: { title: 'policy' },
    component: () => import('./page/PolicyPage.vue'),
  },
  {
    path: '/places/:id(\\d+)?',
    name: 'places',
    meta: { title: 'places', free: true },
    component: () => import('./page/PlacesPage.vue'),
  },
  {
    path: '/accounts',
    name: 'accounts',
    meta: { title: 'accounts', free: true },
    component: () => import('./page/AccountsPage.vue'),
  },
  {
    path: '/accounts/:id(\\d+)',
    name: 'account',
    meta: { title: 'account', parent: 'accounts', free: true },
    component: () => import('./page/AccountPage.vue'),
  },
  {
    path: '/roles',
    name: 'roles',
    meta: { title: 'roles', free: true },
    component: () => import('./page/RolesPage.vue'),
  },
  {
    path: '/terms',
    name: 'terms',
    meta: { title: 'terms', free: true },
    component: () => import('./page/TermsPage.vue'),
  },
  {
    path: '/erasures',
    name: 'erasures',
    meta: { title: 'erasures', free: true },
    component: () => import('./page/ErasuresPage.vue'),
  },
  {
    path: '/safekeeping',
    name: 'safekeeping',
    meta: { title: 'safekeeping', free: true },
    component: () => import('./page/SafekeepingPage.vue'),
  },
  {
    path: '/audit',
    name: 'audit',
    meta: { title: 'audit', free: true },
    component: () => import('./page/AuditPage.vue'),
  },
  {
    path: '/me',
    name: 'me',
    meta: { title: 'me', free: true },
    component: () => import('./page/MePage.vue'),
  },
  {
    path: '/:rest(.*)*',
    name: 'missing',
    meta: { title: 'missing', free: true },
    component: () => import('./page/MissingPage.vue'),
  },
]

export const router = createRouter({
  history: createWebHashHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  const session = use_session()
  if (to.meta.open) return true
  if (session.me === null && !(await session.restore()))
    return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (session.me?.must_set_password && to.name !== 'password')
    return { name: 'password', query: { next: to.fullPath } }
  return true
})

export function set_title(): void {
  const title = router.currentRoute.value.meta.title
  const { t } = i18n.global
  document.title = title ? `${t(`page.${title}.title`)} - ${t('product')}` : t('product')
}

router.afterEach((to, from) => {
  set_title()
  // Those who listen hear the name of the new page; typing in a filter must not lose its focus.
  if (to.path !== from.path && from.matched.length > 0)
    void nextTick(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }))
})
