// The packages of this workspace that the end-to-end tests outside it use.
export { default as axe } from 'axe-core'
export * as cborg from 'cborg'
export { chromium } from 'playwright-core'
export * as zxing_writer from 'zxing-wasm/writer'

export const zxing_writer_wasm = new URL(import.meta.resolve('zxing-wasm/writer/zxing_writer.wasm'))
