import type { Pass } from '../api/types'

export const can_activate = (pass: Pass): boolean => pass.state === 'inactive'
export const can_void = (pass: Pass): boolean => pass.state !== 'void' && pass.state !== 'replaced'
/** A blank card belongs to nobody yet: there is nothing to reissue. */
export const can_reissue = (pass: Pass): boolean => pass.household_id !== null && pass.state !== 'replaced'
/** Issued on paper but not handed over (practice.md 13). */
export const is_undelivered = (pass: Pass): boolean => pass.state === 'inactive'
