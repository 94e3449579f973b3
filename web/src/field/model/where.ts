// Where the phone is, to about ten metres and no finer; asked for only when a kind of work demands it.
import type { Location } from './store'

const wait_ms = 10_000
const old_ms = 60_000

/** null: the phone does not know, or may not say. */
export function where(from: Geolocation | undefined = navigator.geolocation): Promise<Location | null> {
  return new Promise((resolve) => {
    if (!from) return resolve(null)
    from.getCurrentPosition(
      ({ coords }) =>
        resolve({
          latitude_e4: Math.round(coords.latitude * 10_000),
          longitude_e4: Math.round(coords.longitude * 10_000),
          accuracy_m: Math.min(100_000, Math.round(coords.accuracy)),
        }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: wait_ms, maximumAge: old_ms },
    )
  })
}
