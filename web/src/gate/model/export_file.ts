// Unsent records as a file that only the passphrase opens (AES-256-GCM, PBKDF2-SHA256). The file says by
// itself how its key is made, so that it can be read without this program.

const iterations = 120_000 // the passphrase is random: this only makes a guess dearer
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ' // nothing that looks like something else
const groups = 4
const group_length = 4

const encode64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
const decode64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))

export interface ExportFile {
  format: 'shouwang-gate-export-1'
  cipher: 'AES-256-GCM'
  key: { derivation: 'PBKDF2-SHA256'; iterations: number; salt: string }
  nonce: string
  data: string
}

/** 16 characters of 30: 78 bits, in groups that can be read out on the telephone. */
export function new_passphrase(): string {
  const letters: string[] = []
  while (letters.length < groups * group_length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32)))
      if (byte < alphabet.length * 8 && letters.length < groups * group_length)
        letters.push(alphabet[byte % alphabet.length]!)
  }
  return Array.from({ length: groups }, (_, i) =>
    letters.slice(i * group_length, (i + 1) * group_length).join(''),
  ).join('-')
}

async function key_of(passphrase: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(passphrase.toUpperCase().replace(/[^0-9A-Z]/g, ''))
  const base = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey'])
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
}

export async function seal(content: unknown, passphrase: string): Promise<ExportFile> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const key = await key_of(passphrase, salt, iterations)
  const plain = new TextEncoder().encode(JSON.stringify(content))
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, plain))
  let data = ''
  for (let at = 0; at < sealed.length; at += 24_000) data += encode64(sealed.subarray(at, at + 24_000))
  return {
    format: 'shouwang-gate-export-1',
    cipher: 'AES-256-GCM',
    key: { derivation: 'PBKDF2-SHA256', iterations, salt: encode64(salt) },
    nonce: encode64(nonce),
    data,
  }
}

export async function unseal(file: ExportFile, passphrase: string): Promise<unknown> {
  const key = await key_of(passphrase, decode64(file.key.salt), file.key.iterations)
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: decode64(file.nonce) },
    key,
    decode64(file.data),
  )
  return JSON.parse(new TextDecoder().decode(plain))
}
