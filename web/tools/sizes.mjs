// Sizes of the built pages after brotli against their budgets; fails when one is over.
//   node tools/sizes.mjs [dist]
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

const dist = process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url))
const budgets = [
  { page: 'm/index.html', name: 'gate without the scanner', kilobytes: 90 },
  { page: 's/index.html', name: 'field page', kilobytes: 90 },
  { page: 'index.html', name: 'desk, first load', kilobytes: 260 },
]

const size = (path) => brotliCompressSync(readFileSync(join(dist, path))).length

// The files a page asks for by itself: what its HTML names and what those scripts import statically.
function first_load(page) {
  const files = new Set([page])
  const queue = [...readFileSync(join(dist, page), 'utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(
    (m) => m[1],
  )
  while (queue.length > 0) {
    const file = queue.pop()
    if (files.has(file)) continue
    files.add(file)
    if (!file.endsWith('.js')) continue
    const code = readFileSync(join(dist, file), 'utf8')
    for (const m of code.matchAll(/(?:^|[;}\n])(?:import|export)[^"'`;()]*?from\s*["']\.\/([^"']+)["']/g))
      queue.push(`assets/${m[1]}`)
    for (const m of code.matchAll(/(?:^|[;}\n])import\s*["']\.\/([^"']+)["']/g)) queue.push(`assets/${m[1]}`)
  }
  return [...files]
}

let over = 0
for (const { page, name, kilobytes } of budgets) {
  const files = first_load(page)
  const total = files.reduce((sum, file) => sum + size(file), 0) / 1024
  const verdict = total <= kilobytes ? 'ok' : 'OVER'
  console.log(`${verdict.padEnd(5)}${name}: ${total.toFixed(1)} of ${kilobytes} KB in ${files.length} files`)
  if (total > kilobytes) over += 1
}
const scanner = readdirSync(join(dist, 'assets')).filter((file) => /^(scan_worker|zxing_reader)-/.test(file))
const scanner_size = scanner.reduce((sum, file) => sum + size(`assets/${file}`), 0) / 1024
console.log(`     scanner: ${scanner_size.toFixed(1)} KB in ${scanner.length} files`)
process.exit(over === 0 ? 0 : 1)
