import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { set_signed_out_listener } from './api/client'
import DeskApp from './DeskApp.vue'
import { i18n, initial_language, set_language } from './lib/i18n'
import { router } from './router'
import { use_session } from './state/session'
import './theme.css'

async function start(): Promise<void> {
  await set_language(initial_language())
  const app = createApp(DeskApp).use(createPinia()).use(i18n).use(router)
  const session = use_session()
  set_signed_out_listener(() => {
    if (session.me !== null) session.expired = true
  })
  app.mount('#app')
}

void start()
