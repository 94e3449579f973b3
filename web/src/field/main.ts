import { createApp, watch } from 'vue'

import { Field } from './model/field'
import { FieldStore } from './model/store'
import App from './ui/App.vue'
import { language } from './ui/language'
import './ui/field.css'

const tick_ms = 2_000

// Only a page on https or this very machine has crypto.randomUUID.
const new_id = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

const store = await FieldStore.open()
const field = new Field(store, Date.now, new_id)
language.value =
  (await store.get('language')) ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en')
watch(
  language,
  (chosen) => {
    document.documentElement.lang = chosen
    void store.set('language', chosen)
  },
  { immediate: true },
)
await field.start()
createApp(App, { field }).mount('#app')

void field.sync()
setInterval(() => void field.tick(), tick_ms)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void field.sync()
})

async function keep_offline(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  await navigator.storage?.persist?.()
  if (import.meta.env.DEV) return
  await navigator.serviceWorker.register('/s/sw.js', { scope: '/s/' })
  await navigator.serviceWorker.ready
  field.state.pages_kept = true
}
void keep_offline().catch(() => (field.state.pages_kept = false))
