/**
 * A request to WeChat's server API, without scheme and host. Query and body hold secrets (WeChat wants the app secret
 * in the query of `jscode2session`), so it is never logged.
 */
export interface WireRequest {
  readonly method: 'GET' | 'POST'
  /** Begins with a slash. */
  readonly path: string
  /** Not escaped yet. */
  readonly query: Readonly<Record<string, string>>
  /** Sent as JSON; absent means no body. */
  readonly body?: unknown
}
