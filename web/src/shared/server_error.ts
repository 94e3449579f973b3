// How a call to the server failed.
import type { Problem } from './api_types'

/** `status` 0: no answer in time. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly params: Record<string, string | number> = {},
    readonly problems: Problem[] = [],
  ) {
    super(code)
  }

  /** The most telling code: that of the field, where one is at fault. */
  get cause_code(): string {
    return this.problems[0]?.code ?? this.code
  }
}
