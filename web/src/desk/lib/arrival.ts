// Arrivals, in the words of the page.
export const transports = ['unknown', 'train', 'plane', 'coach', 'ship', 'car', 'other'] as const
export const proofs = ['owner', 'on_record', 'lease', 'bill', 'neighbour', 'grid_worker'] as const
export const demands = ['filing', 'observation'] as const

export const state_tone = (state: string): 'good' | 'warn' | 'plain' =>
  state === 'filed' ? 'good' : state === 'withdrawn' ? 'plain' : 'warn'
