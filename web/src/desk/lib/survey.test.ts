import { expect, test } from 'vitest'

import { ladder_of, percent_of, resolved_of, steps_of, untried_of } from './survey'

const count = {
  dwellings: 200,
  not_fitted_out: 20,
  vacant: 30,
  occupied: 149,
  persons: 400,
  tried: 0,
  registered: 1,
  handed_over: 0,
}

test('199 of 200 is not everything (XN-57)', () => {
  expect(resolved_of(count)).toBe(199)
  expect(untried_of(count)).toBe(0)
  expect(percent_of(resolved_of(count), count.dwellings)).toBe(99)
  expect(percent_of(0, 0)).toBe(0)
})

test('steps of a ladder there and back (XN-56)', () => {
  const text = 'knock:3 phone:1 sms:1 wechat:1'
  expect(ladder_of(steps_of(text))).toBe(text)
  expect(
    ladder_of([
      { contact: 'phone', times: 2 },
      { contact: 'knock', times: 0 },
    ]),
  ).toBe('phone:2')
})
