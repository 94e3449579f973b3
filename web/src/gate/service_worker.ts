// Keeps the pages of one application on the phone, the gate's or the field's: they open without a network, and a
// new version takes over at the next start. Data never passes through here: /api is left to the page, which has its own store.

declare const SHOUWANG_PRECACHE: { name: string; page: string; version: string; files: string[] }

const worker = self as unknown as ServiceWorkerGlobalScope
const precache = SHOUWANG_PRECACHE
const cache_name = `${precache.name}-${precache.version}`
const { page } = precache

worker.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(cache_name)
      await cache.addAll(precache.files.map((file) => new Request(file, { cache: 'reload' })))
      await worker.skipWaiting()
    })(),
  )
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const stale = (await caches.keys()).filter(
        (name) => name.startsWith(`${precache.name}-`) && name !== cache_name,
      )
      await Promise.all(stale.map((name) => caches.delete(name)))
      await worker.clients.claim()
    })(),
  )
})

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return
  if (url.pathname.startsWith('/api/')) return
  const key = event.request.mode === 'navigate' && url.pathname.startsWith(page) ? page : url.pathname
  if (!precache.files.includes(key)) return
  event.respondWith(
    (async () => (await (await caches.open(cache_name)).match(key)) ?? fetch(event.request))(),
  )
})

export {}
