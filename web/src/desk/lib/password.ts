import type { Problem } from '../api/client'

/** The server judges a password; here only that both fields say the same. */
export const check_repeat = (password: string, repeat: string): Problem[] =>
  password === repeat ? [] : [{ path: '/repeat', code: 'repeat_differs' }]
