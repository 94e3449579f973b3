// Tells the service workers of the gate and of the field page which built files to keep on the phone: the page,
// every chunk and style it reaches, the manifest and the icons; for the gate the scanner with its wasm too. Both
// run the same code and differ by this list.
import { createHash } from 'node:crypto'

import type { Plugin, Rollup } from 'vite'

const placeholder = 'SHOUWANG_PRECACHE'
const icons = ['/icon.svg', '/icon-192.png', '/icon-512.png']

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

/** What one application keeps, as its worker reads it. */
function kept(bundle: Rollup.OutputBundle, name: string, folder: string, more: string[]): string | null {
  const entry = Object.values(bundle).find(
    (item) => item.type === 'chunk' && item.isEntry && item.name === name,
  )
  if (!entry) return null
  const built = [...reached(bundle, entry.fileName), ...more]
  const fixed = [`/${folder}/manifest.webmanifest`, ...icons]
  const files = [`/${folder}/`, ...new Set(built.map((file) => `/${file}`)), ...fixed].sort()
  const page = bundle[`${folder}/index.html`]
  const hash = createHash('sha256').update(files.join('\n'))
  if (page?.type === 'asset') hash.update(page.source)
  return JSON.stringify({ name, page: `/${folder}/`, version: hash.digest('hex').slice(0, 12), files })
}

export function service_worker_precache(): Plugin {
  return {
    name: 'service-worker-precache',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((item) => item.type === 'chunk')
      const worker = chunks.find((chunk) => chunk.isEntry && chunk.name === 'service_worker')
      const gate = kept(bundle, 'gate', 'm', Object.keys(bundle).filter(scanner))
      const field = kept(bundle, 'field', 's', [])
      if (!worker || !gate || !field)
        this.error('a phone page or the service worker is not among the entries')
      const code = worker.code
      if (!code.includes(placeholder)) this.error('the service worker does not name its file list')
      worker.code = code.replace(placeholder, () => gate)
      this.emitFile({ type: 'asset', fileName: 's/sw.js', source: code.replace(placeholder, () => field) })
    },
  }
}
