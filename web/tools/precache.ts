// Tells the gate's service worker which built files to keep on the phone: the page, every chunk and
// style it reaches, the scanner with its wasm, the manifest and the icons.
import { createHash } from 'node:crypto'

import type { Plugin, Rollup } from 'vite'

const placeholder = 'SHOUWANG_PRECACHE'
const fixed = ['/m/manifest.webmanifest', '/icon.svg', '/icon-192.png', '/icon-512.png']

function reached(bundle: Rollup.OutputBundle, entry: string): Set<string> {
  const found = new Set<string>()
  const visit = (name: string) => {
    const item = bundle[name]
    if (!item || found.has(name)) return
    found.add(name)
    if (item.type !== 'chunk') return
    for (const next of [...item.imports, ...item.dynamicImports]) visit(next)
    const meta = item.viteMetadata
    for (const next of [...(meta?.importedCss ?? []), ...(meta?.importedAssets ?? [])]) visit(next)
  }
  visit(entry)
  return found
}

const scanner = (name: string) => /(^|\/)(scan_worker|zxing_reader)-/.test(name)

export function service_worker_precache(): Plugin {
  return {
    name: 'service-worker-precache',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((item) => item.type === 'chunk')
      const gate = chunks.find((chunk) => chunk.isEntry && chunk.name === 'gate')
      const worker = chunks.find((chunk) => chunk.isEntry && chunk.name === 'service_worker')
      if (!gate || !worker) this.error('the gate page or its service worker is not among the entries')
      const built = [...reached(bundle, gate.fileName), ...Object.keys(bundle).filter(scanner)]
      const files = ['/m/', ...new Set(built.map((name) => `/${name}`)), ...fixed].sort()
      const page = bundle['m/index.html']
      const hash = createHash('sha256').update(files.join('\n'))
      if (page?.type === 'asset') hash.update(page.source)
      const version = hash.digest('hex').slice(0, 12)
      if (!worker.code.includes(placeholder)) this.error('the service worker does not name its file list')
      worker.code = worker.code.replace(placeholder, () => JSON.stringify({ version, files }))
    },
  }
}
