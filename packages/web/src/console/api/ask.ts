import { type adminRoutes, consoleHeader, type Problem } from '@weapp-auth/protocol/contract'

type AdminPath = (typeof adminRoutes)[keyof typeof adminRoutes]

/** What came of a request: the answer, or why not. Nothing is thrown. */
export type Answer<T> = { readonly ok: true; readonly body: T } | { readonly ok: false; readonly problem: Trouble }

/** A refusal of the server, or that nothing came from it. */
export type Trouble = Pick<Problem, 'message' | 'fix'> & Partial<Omit<Problem, 'message' | 'fix'>>

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** For `{id}` and the like in the path. */
  readonly at?: Readonly<Record<string, string>>
  /** Those that are `undefined` are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: object
  readonly signal?: AbortSignal
}

const unreachable: Trouble = {
  message: { zh: '连接不上服务端。', en: 'The server cannot be reached.' },
  fix: {
    zh: '检查网络与服务是否在运行，然后重试。',
    en: 'Check the network and that the server runs, then try again.',
  },
}

/**
 * Asks a route of the operators' API; the browser adds the session by itself.
 *
 * @example
 * const answer = await ask<OperatorUserAnswer>(adminRoutes.user, { at: { id } })
 */
export function ask<T>(path: AdminPath, question: Question = {}): Promise<Answer<T>> {
  return send(path, question, async response => {
    const text = await response.text()
    return (text === '' ? null : JSON.parse(text)) as T
  })
}

/** The same for a route that answers with a file; one that is cut off on its way is no answer. */
export function askForFile(path: AdminPath, question: Question): Promise<Answer<Blob>> {
  return send(path, question, response => response.blob())
}

async function send<T>(
  path: AdminPath,
  question: Question,
  read: (response: Response) => Promise<T>,
): Promise<Answer<T>> {
  const { method = question.body ? 'POST' : 'GET', body, signal } = question
  const headers: Record<string, string> = { accept: 'application/json' }
  if (method !== 'GET') headers[consoleHeader] = '1'
  if (body) headers['content-type'] = 'application/json'
  try {
    const response = await fetch(addressOf(path, question), {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    if (response.ok) return { ok: true, body: await read(response) }
    const refusal: unknown = await response.json()
    return { ok: false, problem: isProblem(refusal) ? refusal : unreachable }
  } catch {
    return { ok: false, problem: unreachable }
  }
}

/** The path with its places filled in, and the query behind it. */
export function addressOf(path: string, { at = {}, query = {} }: Pick<Question, 'at' | 'query'>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value)
  return search.size === 0 ? filled : `${filled}?${search}`
}

function isProblem(read: unknown): read is Problem {
  return typeof read === 'object' && read !== null && 'message' in read && 'fix' in read
}
