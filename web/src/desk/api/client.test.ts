import { afterEach, describe, expect, it, vi } from 'vitest'

import { api, ApiError, filename_of, set_signed_out_listener, url_of } from './client'

const answer = (status: number, body: unknown) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body === undefined ? null : JSON.stringify(body), { status })),
  )

async function failure_of(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ApiError)
  return error as ApiError
}

afterEach(() => {
  vi.unstubAllGlobals()
  set_signed_out_listener(() => undefined)
})

describe('query', () => {
  it('leaves out what filters nothing, but keeps zero and false', () => {
    expect(url_of('/api/x', { q: '', cursor: undefined, until_ms: null, sheet: 0, live: false })).toBe(
      '/api/x?sheet=0&live=false',
    )
    expect(url_of('/api/x', { q: '3栋 a&b' })).toBe('/api/x?q=3%E6%A0%8B+a%26b')
    expect(url_of('/api/x')).toBe('/api/x')
  })
})

describe('answers', () => {
  it('gives JSON, and nothing for 204', async () => {
    answer(200, { id: 7 })
    expect(await api.get('/api/x')).toEqual({ id: 7 })
    answer(204, undefined)
    expect(await api.delete('/api/x')).toBeUndefined()
  })

  it('carries code, parameters and every problem of a refusal', async () => {
    const problems = [{ path: '/members/1/phone', code: 'too_short', params: { min: '3' } }]
    answer(422, { status: 422, code: 'invalid', problems, request_id: 'r1' })
    const error = await failure_of(api.post('/api/x', {}))
    expect(error).toMatchObject({ status: 422, code: 'invalid', problems, request_id: 'r1' })
  })

  it('has a code for an overloaded server that answers without a body', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 503 }))
    expect((await failure_of(api.get('/api/x'))).code).toBe('busy')
  })

  it('says that no server answered', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('failed')))
    expect(await failure_of(api.get('/api/x'))).toMatchObject({ status: 0, code: 'no_answer' })
  })

  it('reports the end of the session, but not a wrong password', async () => {
    const signed_out = vi.fn()
    set_signed_out_listener(signed_out)
    answer(401, { code: 'wrong_login' })
    await failure_of(api.post('/api/session', {}))
    expect(signed_out).not.toHaveBeenCalled()
    answer(401, { code: 'unauthenticated' })
    await failure_of(api.get('/api/x'))
    expect(signed_out).toHaveBeenCalledOnce()
  })
})

describe('file names', () => {
  it('prefers the extended form', () => {
    expect(filename_of("attachment; filename=x.xlsx; filename*=UTF-8''%E5%8F%B0%E8%B4%A6.xlsx")).toBe(
      '台账.xlsx',
    )
    expect(filename_of('attachment; filename="a b.pdf"')).toBe('a b.pdf')
    expect(filename_of('inline')).toBeNull()
    expect(filename_of(null)).toBeNull()
  })
})
