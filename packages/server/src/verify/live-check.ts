import { type Fetch, readJson, StatusRefused } from './read-json.ts'
import { VerifierFault } from './verifier-fault.ts'

/** How the server is asked whether a session is still live (RFC 7662). */
export interface IntrospectOptions {
  /** A backend that the server knows by its option `backends`. */
  readonly id: string
  readonly secret: string
  /** Milliseconds an answer is used, 0 to 600000: so long may a session that ended still pass. Default 2000. */
  readonly cacheMs?: number
  /** Default: `/v1/introspect` under the issuer. */
  readonly url?: string
}

export interface LiveCheckTools {
  readonly url: string
  readonly id: string
  readonly secret: string
  readonly cacheMs: number
  readonly clock: { now(): number }
  readonly fetch: Fetch
  /** Sessions whose answer is remembered. Default 10000. */
  readonly remembered?: number
}

/**
 * Whether the session of a verified token is live. Answers are remembered by session, never by token; those who ask
 * at once share one question. Throws VerifierFault introspection_unavailable or introspection_refused.
 */
export function createLiveCheck(tools: LiveCheckTools) {
  const { url, id, secret, cacheMs, clock, fetch, remembered = 10_000 } = tools
  const answers = new Map<string, { readonly live: Promise<boolean>; readonly at: number }>()
  const authorization = `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`

  async function ask(token: string, userId: string): Promise<boolean> {
    const body = new URLSearchParams({ token })
    const request = new Request(url, { method: 'POST', headers: { authorization }, body })
    const answer = await readJson(fetch, request).catch(refuse)
    if (typeof answer.active !== 'boolean') throw new VerifierFault('introspection_unavailable')
    return answer.active && answer.sub === userId
  }

  function forgetOldest(): void {
    for (const oldest of answers.keys()) {
      if (answers.size <= remembered) return
      answers.delete(oldest)
    }
  }

  return function isLive(token: string, { userId, sessionId }: { userId: string; sessionId: string }) {
    const now = clock.now()
    const found = answers.get(sessionId)
    if (found && now >= found.at && now - found.at < cacheMs) return found.live
    const live = ask(token, userId)
    answers.delete(sessionId)
    answers.set(sessionId, { live, at: now })
    live.catch(() => answers.delete(sessionId))
    forgetOldest()
    return live
  }
}

function refuse(cause: unknown): never {
  const refused = cause instanceof StatusRefused && (cause.status === 401 || cause.status === 403)
  throw new VerifierFault(refused ? 'introspection_refused' : 'introspection_unavailable', cause)
}
