import { Pool } from 'undici'

/** A request of the soak and the only status that is right. */
export interface CallInput {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token?: string
  readonly json?: object
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
}

/** How often a request that the server shed comes again. */
const repeats = 10

/**
 * Calls the server; what is not right in an answer is thrown. A request that was shed comes again when the server said,
 * with the same nonce, as it does of every client; `shed` is told.
 */
export function createCaller(port: number, shed: () => void) {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 32 })

  async function call<T>(input: CallInput, left = repeats): Promise<T> {
    const { method, path, token, json, text, headers = {}, status = 200 } = input
    const body = json ? JSON.stringify(json) : text
    const answer = await pool.request({
      method,
      path,
      headers: {
        ...(json && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    })
    const said = await answer.body.text()
    if (answer.statusCode === 503 && said.includes('"overloaded"') && left > 0) {
      shed()
      await new Promise(resolve => setTimeout(resolve, (JSON.parse(said) as { retryAfterMs: number }).retryAfterMs))
      return call(input, left - 1)
    }
    if (answer.statusCode !== status) throw new Error(`${method} ${path.split('?')[0]}: ${answer.statusCode} ${said}`)
    return (said.startsWith('{') ? JSON.parse(said) : said) as T
  }
  return { call, close: () => pool.close() }
}

export type Call = ReturnType<typeof createCaller>['call']
