// Roles for choosing from, with their names and what they may do.
import { computed } from 'vue'

import { api } from '../api/client'
import type { Page, Role } from '../api/types'
import { use_session } from '../state/session'
import { may_give, role_title } from './accounts'
import { use_record } from './record'
import { use_words } from './words'

export function use_roles() {
  const { word, words } = use_words()
  const session = use_session()
  const { record, failure, load } = use_record(() => api.get<Page<Role>>('/api/roles'))
  const roles = computed(() => record.value?.items ?? [])
  const givable = computed(() =>
    roles.value
      .filter((role) => session.me !== null && may_give(session.me, role))
      .map((role) => ({ value: role.name, label: role_title(word, role) })),
  )
  /** What a role may do, in words. */
  const help = (name: string): string =>
    words('permission', roles.value.find((role) => role.name === name)?.permissions ?? [])
  return { roles, givable, help, failure, load }
}
