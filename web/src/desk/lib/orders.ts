// The orders a list can be read in, as the server declares them: for a column one way and back.
export interface Orders {
  usual: string // what the server takes when nothing is asked
  columns: Readonly<Record<string, readonly [ascending: string, descending: string]>>
}

export const household_orders: Orders = {
  usual: 'walking',
  columns: { label: ['walking', 'walking_back'], since_ms: ['oldest', 'newest'] },
}
export const person_orders: Orders = {
  usual: 'walking',
  columns: { label: ['walking', 'walking_back'], name: ['name', 'name_back'] },
}
export const vehicle_orders: Orders = {
  usual: 'plate',
  columns: { plate: ['plate', 'plate_back'], label: ['walking', 'walking_back'] },
}
export const dwelling_orders: Orders = {
  usual: 'walking',
  columns: { label: ['walking', 'walking_back'] },
}
export const pass_orders: Orders = {
  usual: 'walking',
  columns: { label: ['walking', 'walking_back'], issued_ms: ['oldest', 'newest'] },
}
export const passage_orders: Orders = {
  usual: 'newest',
  columns: { happened_ms: ['oldest', 'newest'] },
}
export const staff_orders: Orders = {
  usual: 'tier',
  columns: { tier: ['tier', 'tier_back'], name: ['name', 'name_back'] },
}

export function direction_of(
  orders: Orders,
  order: string,
  key: string,
): 'ascending' | 'descending' | undefined {
  const way = orders.columns[key]?.indexOf(order || orders.usual) ?? -1
  return way < 0 ? undefined : way === 0 ? 'ascending' : 'descending'
}

/** What a press on a column's header asks for; empty for the usual order, so that addresses stay short. */
export function order_after(orders: Orders, order: string, key: string): string {
  const way = orders.columns[key]
  if (!way) return order
  const next = direction_of(orders, order, key) === 'ascending' ? way[1] : way[0]
  return next === orders.usual ? '' : next
}
