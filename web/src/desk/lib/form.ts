// A form keeps what was typed, sends it, and shows every problem the server names beside its field.
import { inject, onBeforeUnmount, provide, reactive, ref, shallowRef, type InjectionKey } from 'vue'
import type { ApiError, Problem } from '../api/client'
import { is_api_error } from '../api/client'

export interface FormContext {
  error: (path: string) => Problem | undefined
  claim: (path: string) => () => void
}

export const form_key: InjectionKey<FormContext> = Symbol('form')

/** Problems no field on screen shows: they belong above the form, never nowhere. */
export function unclaimed(problems: readonly Problem[], claimed: ReadonlySet<string>): Problem[] {
  return problems.filter((problem) => !claimed.has(problem.path))
}

export function use_form() {
  const busy = ref(false)
  const failure = shallowRef<ApiError | null>(null)
  const local = ref<Problem[]>([])
  const claimed = reactive(new Map<string, number>())

  const problems = (): readonly Problem[] => [...local.value, ...(failure.value?.problems ?? [])]

  const context: FormContext = {
    error: (path) => problems().find((problem) => problem.path === path),
    claim(path) {
      claimed.set(path, (claimed.get(path) ?? 0) + 1)
      return () => {
        const left = (claimed.get(path) ?? 1) - 1
        if (left === 0) claimed.delete(path)
        else claimed.set(path, left)
      }
    },
  }
  provide(form_key, context)

  /** Runs `send` once at a time; its result, or undefined when it failed (the reason is shown). */
  async function submit<T>(send: () => Promise<T>, check?: () => Problem[]): Promise<T | undefined> {
    if (busy.value) return undefined
    failure.value = null
    local.value = check?.() ?? []
    if (local.value.length > 0) return undefined
    busy.value = true
    try {
      return await send()
    } catch (error) {
      if (!is_api_error(error)) throw error
      failure.value = error
      return undefined
    } finally {
      busy.value = false
    }
  }

  function clear(): void {
    failure.value = null
    local.value = []
  }

  const rest = (): Problem[] => unclaimed(problems(), new Set(claimed.keys()))

  return { busy, failure, submit, clear, rest, error: context.error }
}

export type Form = ReturnType<typeof use_form>

/** Called by a field: says which path it shows, and gives the problem there. */
export function use_field(path: () => string | undefined) {
  const context = inject(form_key, null)
  const own_path = path()
  if (context && own_path !== undefined) onBeforeUnmount(context.claim(own_path))
  return () => (own_path === undefined ? undefined : context?.error(own_path))
}
