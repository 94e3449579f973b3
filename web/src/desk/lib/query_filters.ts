// Filters live in the address: a link can carry them, and going back restores them.
import { reactive, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

type Filters = Record<string, string>

export function filters_of_query<F extends Filters>(defaults: F, query: LocationQuery): F {
  const filters = { ...defaults }
  for (const key of Object.keys(defaults) as (keyof F & string)[]) {
    const value = query[key]
    if (typeof value === 'string') filters[key] = value as F[typeof key]
  }
  return filters
}

export function query_of_filters<F extends Filters>(defaults: F, filters: F): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([key, value]) => value !== defaults[key]))
}

/** Calls `on_change` at once and after every change, typing settled for a moment. */
export function use_query_filters<F extends Filters>(defaults: F, on_change: () => void) {
  const route = useRoute()
  const router = useRouter()
  const filters = reactive({ ...filters_of_query(defaults, route.query) }) as F
  const own_path = route.path
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(
    () => ({ ...filters }),
    (now) => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (route.path !== own_path) return
        const query = query_of_filters(defaults, now as F)
        void router.replace({ query })
        on_change()
      }, 250)
    },
  )
  // A link to the same page with other filters.
  watch(
    () => route.query,
    (query) => {
      if (route.path === own_path) Object.assign(filters, filters_of_query(defaults, query))
    },
  )

  function reset(): void {
    Object.assign(filters, defaults)
  }
  const active = (): boolean => Object.keys(query_of_filters(defaults, filters)).length > 0

  return { filters, reset, active }
}
