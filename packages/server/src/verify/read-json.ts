/** Such as the global `fetch`, or `server.fetch` when the server is in the same process. */
export type Fetch = (request: Request) => Promise<Response>

/** A status other than 200. */
export class StatusRefused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the answer has status ${status}`)
    this.status = status
  }
}

/** How long an answer may take. */
const timeoutMs = 5000

/** The JSON object of an answer with status 200. Throws StatusRefused, TypeError and whatever `fetch` throws. */
export async function readJson(fetch: Fetch, request: Request): Promise<Readonly<Record<string, unknown>>> {
  const signal = AbortSignal.timeout(timeoutMs)
  const answer = await fetch(new Request(request, { redirect: 'error', signal }))
  if (answer.status !== 200) throw new StatusRefused(answer.status)
  const body: unknown = await answer.json()
  if (typeof body !== 'object' || body === null) throw new TypeError('the answer is not a JSON object')
  return body as Readonly<Record<string, unknown>>
}
