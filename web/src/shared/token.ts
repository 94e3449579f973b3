// Reading what a QR code or a hand gives, without a network: passes, enrolment codes, short codes.
// The format is described in src/token/DESIGN.md; tests/vectors/token.json holds both readers to the
// same verdicts. Nothing here throws, whatever the text.
import { verifyAsync } from '@noble/ed25519'
import { decode, encode } from 'cborg'

export const pass_classes = ['household', 'person', 'exempt', 'vehicle', 'visitor', 'worker'] as const
export type PassClass = (typeof pass_classes)[number]

export interface Claims {
  pass_id: number
  household_id: number // 0 when the pass belongs to no household
  compound_id: number
  pass_class: PassClass
  generation: number // the pass with the highest generation of a pass id is the valid one
  issued_day: number // days since 1970-01-01
  expires_s: number // seconds since 1970; invalid from this second on
}

export interface VerifyKey {
  kid: Uint8Array
  public_key: Uint8Array // 32 bytes
}

// An expired pass still says whose it is, so that its holder can come home.
export type PassReading =
  | { code: 'ok' | 'expired'; claims: Claims }
  | { code: 'not_a_pass' | 'other_version' | 'malformed' | 'unknown_key' | 'bad_signature' }

export interface Enrolment {
  server_urls: string[]
  enrolment_id: number
  secret: Uint8Array // 16 bytes
}

export type EnrolmentReading =
  { code: 'ok'; enrolment: Enrolment } | { code: 'not_an_enrolment' | 'other_version' | 'malformed' }

const base45_alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

// RFC 9285. Null for a foreign character, a length of 3n+1, or a group that exceeds its bytes.
export function base45_decode(text: string): Uint8Array | null {
  if (text.length % 3 === 1) return null
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((c) => base45_alphabet.indexOf(c))
    if (digits.includes(-1)) return null
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0)
    if (value > (digits.length === 3 ? 0xffff : 0xff)) return null
    if (digits.length === 3) bytes.push(value >> 8)
    bytes.push(value & 0xff)
  }
  return Uint8Array.from(bytes)
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

// The value of CBOR that has one encoding only: what it is encoded to again is the input.
function decode_strict(bytes: Uint8Array): unknown {
  try {
    const value: unknown = decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
    })
    return equal(encode(value), bytes) ? value : undefined
  } catch {
    return undefined
  }
}

// The values of a map that has exactly these keys.
function values_of(value: unknown, keys: number[]): unknown[] | null {
  if (!(value instanceof Map) || value.size !== keys.length) return null
  return keys.every((key) => value.has(key)) ? keys.map((key) => value.get(key) as unknown) : null
}

function is_integer(value: unknown, low: number, high: number): value is number {
  return Number.isSafeInteger(value) && low <= (value as number) && (value as number) <= high
}

// Three ids of equal width, big-endian, as wide as the largest needs.
function unpack_ids(packed: Uint8Array): [number, number, number] | null {
  const width = packed.length / 3
  if (!Number.isInteger(width) || width < 1 || width > 7) return null
  const id = (index: number) =>
    packed.subarray(index * width, (index + 1) * width).reduce((sum, byte) => sum * 256 + byte, 0)
  const ids: [number, number, number] = [id(0), id(1), id(2)]
  const widest = Math.max(...ids)
  return Number.isSafeInteger(widest) && (width === 1 || widest >= 256 ** (width - 1)) ? ids : null
}

function decode_claims(payload: Uint8Array): Claims | null {
  const values = values_of(decode_strict(payload), [4, -1, -2, -3, -4])
  if (values === null) return null
  const [expires_s, packed, pass_class, generation, issued_day] = values
  const ids = packed instanceof Uint8Array ? unpack_ids(packed) : null
  if (ids === null || ids[0] === 0 || ids[2] === 0) return null
  if (!is_integer(expires_s, 0, 0xffffffff) || !is_integer(generation, 0, 0xffffffff)) return null
  if (!is_integer(pass_class, 1, pass_classes.length) || !is_integer(issued_day, 0, 0xffff)) return null
  return {
    pass_id: ids[0],
    household_id: ids[1],
    compound_id: ids[2],
    pass_class: pass_classes[pass_class - 1]!,
    generation,
    issued_day,
    expires_s,
  }
}

function decode_kid(header: Uint8Array): Uint8Array | null {
  const values = values_of(decode_strict(header), [1, 4])
  if (values === null || values[0] !== -8) return null
  const kid = values[1]
  return kid instanceof Uint8Array && kid.length >= 1 && kid.length <= 8 ? kid : null
}

interface Envelope {
  header: Uint8Array
  payload: Uint8Array
  signature: Uint8Array
}

const cose_sign1_tag = 0xd2 // tag 18, which may be absent

function decode_envelope(bytes: Uint8Array): Envelope | null {
  const value = decode_strict(bytes[0] === cose_sign1_tag ? bytes.subarray(1) : bytes)
  if (!Array.isArray(value) || value.length !== 4) return null
  const [header, unprotected, payload, signature] = value as unknown[]
  if (!(unprotected instanceof Map) || unprotected.size !== 0) return null
  if (!(header instanceof Uint8Array) || !(payload instanceof Uint8Array)) return null
  if (!(signature instanceof Uint8Array) || signature.length !== 64) return null
  return { header, payload, signature }
}

// True when `signature` is that of `message` by the holder of `public_key`.
export type SignatureCheck = (
  signature: Uint8Array,
  message: Uint8Array,
  public_key: Uint8Array,
) => Promise<boolean>

const own_buffer = (bytes: Uint8Array) => new Uint8Array(bytes)

export const check_with_webcrypto: SignatureCheck = async (signature, message, public_key) => {
  const key = await crypto.subtle.importKey('raw', own_buffer(public_key), 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, own_buffer(signature), own_buffer(message))
}

export const check_with_noble: SignatureCheck = (signature, message, public_key) =>
  verifyAsync(signature, message, public_key, { zip215: false })

let usable: Promise<SignatureCheck> | undefined

// Browsers before 2025 have no Ed25519; whether this one has is asked once.
function usable_check(): Promise<SignatureCheck> {
  usable ??= crypto.subtle
    .generateKey('Ed25519', false, ['sign', 'verify'])
    .then(() => check_with_webcrypto)
    .catch(() => check_with_noble)
  return usable
}

async function signed_by(envelope: Envelope, key: VerifyKey, check: SignatureCheck): Promise<boolean> {
  const message = encode(['Signature1', envelope.header, new Uint8Array(), envelope.payload])
  return check(envelope.signature, message, key.public_key).catch(() => false)
}

export async function verify(
  text: string,
  keys: readonly VerifyKey[],
  now_ms: number,
  check?: SignatureCheck,
): Promise<PassReading> {
  if (!text.startsWith('SW1:')) return { code: /^SW[0-9]{1,3}:/.test(text) ? 'other_version' : 'not_a_pass' }
  const bytes = base45_decode(text.slice(4))
  const envelope = bytes && decode_envelope(bytes)
  const kid = envelope && decode_kid(envelope.header)
  const claims = envelope && decode_claims(envelope.payload)
  if (!envelope || !kid || !claims) return { code: 'malformed' }
  const named = keys.filter((key) => equal(key.kid, kid))
  for (const key of named) {
    if (await signed_by(envelope, key, check ?? (await usable_check()))) {
      return { code: now_ms >= claims.expires_s * 1000 ? 'expired' : 'ok', claims }
    }
  }
  return { code: named.length > 0 ? 'bad_signature' : 'unknown_key' }
}

function is_server_url(url: unknown): url is string {
  return typeof url === 'string' && url.length <= 120 && /^https?:\/\/[!-~]+$/.test(url)
}

export function decode_enrolment(text: string): EnrolmentReading {
  if (!text.startsWith('SWE1:')) {
    return { code: /^SWE[0-9]{1,3}:/.test(text) ? 'other_version' : 'not_an_enrolment' }
  }
  const bytes = base45_decode(text.slice(5))
  const values = bytes && values_of(decode_strict(bytes), [1, 2, 3])
  if (!values) return { code: 'malformed' }
  const [server_urls, enrolment_id, secret] = values
  if (!Array.isArray(server_urls) || !server_urls.every(is_server_url)) return { code: 'malformed' }
  if (server_urls.length < 1 || server_urls.length > 4) return { code: 'malformed' }
  if (!is_integer(enrolment_id, 1, Number.MAX_SAFE_INTEGER)) return { code: 'malformed' }
  if (!(secret instanceof Uint8Array) || secret.length !== 16) return { code: 'malformed' }
  return { code: 'ok', enrolment: { server_urls, enrolment_id, secret } }
}

const short_code_alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const look_alikes: Record<string, string> = { O: '0', I: '1', L: '1', U: 'V' }

// Multiplication by x in the field of 32 elements, x^5 = x^2 + 1.
const times_x = (value: number) => ((value << 1) & 32 ? (value << 1) ^ 0b100101 : value << 1)

// The code as it is printed, from what somebody typed (lower case, full width, spaces, hyphens, O for
// 0); null when the length or the check character is wrong.
export function read_short_code(typed: string): string | null {
  const code = typed
    .replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[ \-\t\r\n]/g, '')
    .replace(/[a-z]/g, (c) => c.toUpperCase())
    .replace(/[OILU]/g, (c) => look_alikes[c]!)
  const values = [...code].map((c) => short_code_alphabet.indexOf(c))
  if (values.length !== 8 || values.includes(-1)) return null
  const check = times_x(values.slice(0, 7).reduce((sum, value) => times_x(sum) ^ value, 1))
  return values[7] === check ? code : null
}
