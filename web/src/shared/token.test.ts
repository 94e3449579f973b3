import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import {
  check_with_noble,
  check_with_webcrypto,
  decode_enrolment,
  read_short_code,
  verify,
  type Claims,
  type VerifyKey,
} from './token.ts'

interface Vectors {
  keys: { kid: string; public_key: string }[]
  passes: { name: string; now_ms: number; code: string; text: string; claims?: Claims }[]
  short_codes: { typed: string; code: string | null }[]
  enrolments: {
    code: string
    text: string
    enrolment?: { server_urls: string[]; enrolment_id: number; secret: string }
  }[]
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/token.json', import.meta.url), 'utf8'),
) as Vectors

const bytes_of = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const keys: VerifyKey[] = vectors.keys.map((key) => ({
  kid: bytes_of(key.kid),
  public_key: bytes_of(key.public_key),
}))

// 1581386400000 is the instant at which most of the vectors are judged.
const now_ms = 1581386400000

describe.each([
  ['the signature check of the browser', check_with_webcrypto],
  ['the signature check of the library', check_with_noble],
  ['the check chosen', undefined],
])('passes with %s', (_name, check) => {
  it.each(vectors.passes)('$code: $name', async (vector) => {
    const reading = await verify(vector.text, keys, vector.now_ms, check)
    const claims = vector.claims ? { claims: vector.claims } : {}
    expect(reading).toEqual({ code: vector.code, ...claims })
  })
})

describe('passes changed on the way', () => {
  const good = vectors.passes[0]!

  it('are refused when cut off anywhere', async () => {
    for (let length = 4; length < good.text.length; ++length) {
      expect(await verify(good.text.slice(0, length), keys, now_ms)).toEqual({ code: 'malformed' })
    }
  })

  it('are refused with any character changed', async () => {
    for (let at = 4; at < good.text.length; ++at) {
      for (const other of 'A7:b门') {
        if (good.text[at] === other) continue
        const changed = good.text.slice(0, at) + other + good.text.slice(at + 1)
        const reading = await verify(changed, keys, now_ms)
        expect(['malformed', 'unknown_key', 'bad_signature']).toContain(reading.code)
      }
    }
  })

  it('are refused, and not thrown at the caller, when nested without end', async () => {
    const arrays_of_one = 'XGG' // the bytes 81 81
    expect(await verify('SW1:' + arrays_of_one.repeat(50_000), keys, now_ms)).toEqual({ code: 'malformed' })
  })
})

describe('a check that fails', () => {
  it('is a bad signature, not an exception', async () => {
    const failing = () => Promise.reject(new Error('no such algorithm'))
    expect(await verify(vectors.passes[0]!.text, keys, now_ms, failing)).toEqual({ code: 'bad_signature' })
  })
})

describe('short codes', () => {
  it.each(vectors.short_codes)('"$typed" is $code', ({ typed, code }) => {
    expect(read_short_code(typed)).toBe(code)
  })
})

describe('enrolment codes', () => {
  it.each(vectors.enrolments)('$code: $text', ({ text, code, enrolment }) => {
    const reading = decode_enrolment(text)
    expect(reading).toEqual(
      enrolment ? { code, enrolment: { ...enrolment, secret: bytes_of(enrolment.secret) } } : { code },
    )
  })
})
