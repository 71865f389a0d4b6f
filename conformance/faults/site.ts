import type { EmulatedApp, Emulator } from '@weapp-auth/emulator'
import { type ProblemCode, problemCodes } from '@weapp-auth/protocol/contract'
import { expect } from 'vitest'
import type { Courier } from './courier.ts'

/** The system under test as a flow sees it: WeChat on one side, an origin on the other, whatever stands behind it. */
export interface Site {
  /** Where requests go; read anew for each one, because a server that was started again may be elsewhere. */
  readonly origin: string
  readonly emulator: Emulator
  /** Has `openData: 'enforce'`, and its messages are pushed by `courier`. */
  readonly app: EmulatedApp
  /** A token of the role `support` or more. */
  readonly operatorToken: string
  /** Keeps what WeChat pushes, until a flow brings it to the server. */
  readonly courier: Courier
  /** Every log line so far. */
  readonly lines: readonly string[]
  /** What no log line may hold; whoever learns of a secret adds it. */
  readonly secrets: Set<string>
  /** Lets the work that is due later be done: jobs of pushed events. */
  settle(): Promise<void>
  /** A moment passes, where time stands still otherwise. */
  tick(): void
  /** What the database holds that belongs to nothing; read beside the server. Each is one sentence. */
  looseEnds(): Promise<readonly string[]>
}

/** What came back, or that nothing whole did. */
export interface SiteAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Asked {
  readonly method?: 'GET' | 'POST'
  readonly body?: unknown
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends one request. Rejects, as `fetch` does, when no answer comes. */
export async function ask(site: Pick<Site, 'origin'>, path: string, asked: Asked = {}): Promise<SiteAnswer> {
  const { body, method = body === undefined ? 'GET' : 'POST', token, headers = {} } = asked
  const response = await fetch(site.origin + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' || body === undefined ? (body ?? null) : JSON.stringify(body),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
}

/** The same, where nothing but success is right. */
export async function askFor<T>(site: Pick<Site, 'origin'>, path: string, asked: Asked = {}): Promise<T> {
  const answer = await ask(site, path, asked)
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`)
  return answer.body as T
}

/**
 * P3: a refusal has a code of the table with that code's status, and the id of its request; one that may be repeated
 * later says when, and one that may not says so.
 */
export function expectWellFormed({ status, headers, body }: SiteAnswer): void {
  if (status < 400) return
  const code = body.code as ProblemCode
  expect(Object.keys(problemCodes)).toContain(code)
  expect({ status, retry: body.retry }).toEqual({ status: problemCodes[code].status, retry: problemCodes[code].retry })
  expect(body.requestId).toMatch(/^[\w.-]{8,40}$/)
  expect(headers.get('x-request-id')).toBe(body.requestId)
  if (status < 500 || body.retry !== 'later') return
  const seconds = Number(headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBe(Math.ceil(Number(body.retryAfterMs) / 1000))
}

/** P4: no log line holds a secret, neither as it is nor as it stands in URLs and JSON. */
export function expectDiscreet({ lines, secrets }: Pick<Site, 'lines' | 'secrets'>): void {
  const text = lines.join('\n')
  const spellings = [...secrets].flatMap(secret => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ])
  expect(spellings.filter(one => text.includes(one))).toEqual([])
}
