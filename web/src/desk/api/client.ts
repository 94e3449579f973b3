// One way to the server: JSON in, JSON or a stated problem out.

export interface Problem {
  path: string // JSON pointer into the sent body
  code: string
  params?: Record<string, unknown>
}

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly params: Record<string, unknown>
  readonly problems: Problem[]
  readonly request_id: string | null

  constructor(status: number, body: Partial<Pick<ApiError, 'code' | 'params' | 'problems' | 'request_id'>>) {
    super(body.code ?? 'unexpected_answer')
    this.name = 'ApiError'
    this.status = status
    this.code = body.code ?? 'unexpected_answer'
    this.params = body.params ?? {}
    this.problems = body.problems ?? []
    this.request_id = body.request_id ?? null
  }
}

export const is_api_error = (error: unknown): error is ApiError => error instanceof ApiError

export type Query = Record<string, string | number | boolean | null | undefined>

/** Empty values are left out: the server then applies no filter. */
export function url_of(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

type Listener = () => void
let on_signed_out: Listener = () => undefined
/** Called when the server says that the session is over. */
export function set_signed_out_listener(listener: Listener): void {
  on_signed_out = listener
}

async function problem_of(response: Response): Promise<ApiError> {
  let body: unknown
  try {
    body = await response.json()
  } catch {
    body = {}
  }
  const fallback = response.status === 429 ? 'rate_limited' : response.status === 503 ? 'busy' : undefined
  const error = new ApiError(response.status, { code: fallback, ...(body as object) })
  if (error.status === 401 && error.code === 'unauthenticated') on_signed_out()
  return error
}

async function answer(url: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, { code: 'no_answer' })
  }
  if (!response.ok) throw await problem_of(response)
  return response
}

async function json_of<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  try {
    return (await response.json()) as T
  } catch {
    throw new ApiError(response.status, { code: 'unexpected_answer' })
  }
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  return json_of<T>(
    await answer(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    }),
  )
}

export const api = {
  get: async <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> =>
    json_of<T>(await answer(url_of(path, query), { method: 'GET', signal })),
  post: <T>(path: string, body?: unknown): Promise<T> => send<T>('POST', path, body),
  patch: <T>(path: string, body: unknown): Promise<T> => send<T>('PATCH', path, body),
  delete: <T = void>(path: string): Promise<T> => send<T>('DELETE', path),
}

export interface FileAnswer {
  blob: Blob
  filename: string | null
}

/** RFC 6266: `filename*` carries the Chinese name, `filename` the plain one. */
export function filename_of(disposition: string | null): string | null {
  if (disposition === null) return null
  const extended = /filename\*\s*=\s*UTF-8''([^;]+)/i.exec(disposition)?.[1]
  if (extended !== undefined) return decodeURIComponent(extended.trim())
  return /filename\s*=\s*"?([^";]+)"?/i.exec(disposition)?.[1]?.trim() ?? null
}

export async function get_file(path: string, query?: Query): Promise<FileAnswer> {
  const response = await answer(url_of(path, query), { method: 'GET' })
  return { blob: await response.blob(), filename: filename_of(response.headers.get('content-disposition')) }
}

export function save_file(file: FileAnswer, fallback_name: string): void {
  const url = URL.createObjectURL(file.blob)
  const link = document.createElement('a')
  link.href = url
  link.download = file.filename ?? fallback_name
  document.body.append(link)
  link.click()
  link.remove()
  // The browser reads the blob after the click returns.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** `fetch` reports no upload progress, so this one request is made the older way. */
export function upload<T>(
  path: string,
  query: Query,
  file: Blob,
  on_progress: (share: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url_of(path, query))
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) on_progress(event.loaded / event.total)
    }
    request.onerror = () => reject(new ApiError(0, { code: 'no_answer' }))
    request.onload = () => {
      const response = new Response(request.responseText, { status: request.status })
      if (response.ok) resolve(json_of<T>(response))
      else problem_of(response).then(reject)
    }
    request.send(file)
  })
}
