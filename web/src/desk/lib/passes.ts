import type { Pass } from '../api/types'

/** What people call a card: the room, or for a blank one what can be read of its short code. */
export const card_name = (pass: Pass): string => pass.label ?? pass.short_code_masked

export const can_activate = (pass: Pass): boolean => pass.state === 'inactive'
export const can_void = (pass: Pass): boolean => pass.state !== 'void' && pass.state !== 'replaced'
/** A blank card belongs to nobody yet: there is nothing to reissue. */
export const can_reissue = (pass: Pass): boolean => pass.household_id !== null && pass.state !== 'replaced'

/** One worker a line: name, for whom, telephone, parted by commas, or by tabs as out of a workbook. */
export function workers_of(text: string): { name: string; note: string; phone?: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s*[,，\t]\s*/))
    .filter(([name]) => name !== undefined && name !== '')
    .map(([name = '', note = '', phone = '']) => ({ name, note, ...(phone !== '' && { phone }) }))
}
