// The places a page may speak about: the chosen compound and what stands above it within one's duty.
import { computed, ref, shallowRef } from 'vue'

import { api } from '../api/client'
import type { Page, Place, PlaceDetail, PlaceKind } from '../api/types'
import { use_session } from '../state/session'
import { use_words } from './words'

/** Outermost first; what lies above the roots of one's duty is an address, not a ground. */
export function grounds_of(detail: PlaceDetail, roots: readonly { id: number }[]): Place[] {
  const line = [...detail.ancestors, detail.place]
  const from = line.findIndex((place) => roots.some((root) => root.id === place.id))
  return from < 0 ? [detail.place] : line.slice(from)
}

/** The nearest of the wanted kinds, else the innermost there is. */
export function pick_ground(grounds: readonly Place[], wanted: readonly PlaceKind[]): Place | null {
  return grounds.findLast((place) => wanted.includes(place.kind)) ?? grounds.at(-1) ?? null
}

export function use_ground(wanted: readonly PlaceKind[]) {
  const session = use_session()
  const { word } = use_words()
  const grounds = shallowRef<Place[]>([])
  const ground_id = ref<number | null>(null)
  const ground = computed(() => grounds.value.find((place) => place.id === ground_id.value) ?? null)
  const ground_options = computed(() =>
    grounds.value.map((place) => ({
      value: place.id,
      label: `${place.name} (${word('place_kind', place.kind)})`,
    })),
  )

  async function load(): Promise<void> {
    if (session.compound_id === null) return
    const [detail, roots] = await Promise.all([
      api.get<PlaceDetail>(`/api/places/${session.compound_id}`),
      api.get<Page<Place>>('/api/places', { limit: 200 }),
    ])
    grounds.value = grounds_of(detail, roots.items)
    ground_id.value ??= pick_ground(grounds.value, wanted)?.id ?? null
  }

  return { grounds, ground, ground_id, ground_options, load }
}
