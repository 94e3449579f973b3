// Packs web/dist for the binary: every file plain, gzip and brotli, one assembler file that includes them
// and one C++ table that names them. Usage: node pack_web.mjs <dist> <output folder>
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [dist, out] = process.argv.slice(2);
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};
const files = (folder) =>
  readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? files(path) : [path];
    });

mkdirSync(join(out, "bytes"), { recursive: true });
let assembler = ".section .rodata\n";
let table = "";
let declarations = "";
let count = 0;
const add = (bytes) => {
  if (!bytes) return "{}";
  const symbol = `web_asset_${count++}`;
  const path = join(out, "bytes", symbol);
  writeFileSync(path, bytes);
  assembler += `.global ${symbol}\n${symbol}:\n.incbin "${path}"\n.byte 0\n`;
  declarations += `extern "C" const char ${symbol}[];\n`;
  return `{${symbol}, ${bytes.length}}`;
};
for (const file of files(dist)) {
  const bytes = readFileSync(file);
  const path = "/" + relative(dist, file);
  const type = types[extname(file)] ?? "application/octet-stream";
  const etag = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  const smaller = (packed) => (packed.length < bytes.length * 0.95 ? packed : null);
  const gzip = smaller(gzipSync(bytes, { level: 9 }));
  const brotli = smaller(brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  const immutable = path.startsWith("/assets/");
  const forms = [bytes, gzip, brotli].map(add).join(', ')
  table += `    {"${path}", "${type}", "\\"${etag}\\"", ${immutable}, ${forms}},\n`;
}
assembler += '.section .note.GNU-stack,"",%progbits\n';
writeFileSync(join(out, "web_assets.S"), assembler);
writeFileSync(
  join(out, "web_assets.cpp"),
  `#include "api/assets.hpp"\n${declarations}namespace api {\nnamespace {\n` +
    `const Asset assets[] = {\n${table}};\n}\n` +
    "std::span<const Asset> embedded_assets() { return assets; }\n}  // namespace api\n",
);
console.log(`packed ${table.split("\n").length - 1} files`);
