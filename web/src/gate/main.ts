import { createApp, h } from 'vue'

createApp({ render: () => h('h1', '卡口') }).mount('#app')
