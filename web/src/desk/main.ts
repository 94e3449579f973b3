import { createApp, h } from 'vue'

createApp({ render: () => h('h1', '守望') }).mount('#app')
