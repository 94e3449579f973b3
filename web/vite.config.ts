import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import elementPlus from 'unplugin-element-plus/vite'
import { defineConfig } from 'vitest/config'

import { service_worker_precache } from './tools/precache.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  // Tests need no styles, and Node could not import them.
  plugins: [vue(), process.env.VITEST ? null : elementPlus({}), service_worker_precache()],
  resolve: { alias: { '@shared': here('src/shared'), '@i18n': here('../i18n') } },
  define: { __VUE_OPTIONS_API__: false, __INTLIFY_PROD_DEVTOOLS__: false, __VUE_I18N_LEGACY_API__: false },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    // The preload helper is inlined as a script that the content security policy refuses; every browser
    // that can run the pages knows modulepreload.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        desk: here('index.html'),
        gate: here('m/index.html'),
        field: here('s/index.html'),
        service_worker: here('src/gate/service_worker.ts'),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'service_worker' ? 'm/sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: { format: 'es' },
  server: {
    fs: { allow: [here('..')] },
    proxy: { '/api': process.env.SHOUWANG_URL ?? 'http://127.0.0.1:8080' },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
    // A busy machine is slow at deriving keys and at compiling components.
    testTimeout: 30_000,
  },
})
