// Plates as the keys of the phone make them: the forms of src/engine/intake/plate.cpp.
import type { PlateState, VehicleClass } from '@shared/vehicle'

export const provinces = [...'京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新']
/** What stands at the end of a plate instead of a sign; 使 and 民 also at its beginning. */
export const marks = ['警', '学', '挂', '港', '澳', '使', '领', '临', '应急']
export const signs = [...'1234567890ABCDEFGHJKLMNPQRSTUVWXYZ']
export const plate_longest = 10

const sign = '[0-9A-HJ-NP-Z]'
const forms = [
  `${sign}{5}`, // ordinary
  `[DABCEFGHJK]${sign}\\d{4}|\\d{5}[DABCEFGHJK]`, // new energy, small and large
  `${sign}{4}[警学挂港澳领使]`,
  `${sign}{3,5}应急`,
]
const legal = new RegExp(`^(?:[${provinces.join('')}][A-Z](?:${forms.join('|')})|使\\d{6}|WJ.{5,7})$`)

/** Of a plate that is there: whether it has a legal form. Temporary ones have many. */
export const plate_state = (plate: string): PlateState =>
  legal.test(plate) || plate.includes('临') ? 'legal' : 'odd'

/** What the plate itself says of the vehicle. */
export function class_of_plate(plate: string, listed: boolean): VehicleClass {
  if (listed) return 'resident'
  if (plate.endsWith('警')) return 'police'
  return plate.endsWith('应急') ? 'rescue' : 'outside'
}
