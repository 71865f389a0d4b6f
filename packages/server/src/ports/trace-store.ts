import type { Page } from './page.ts'

/** One step of an attempt: a kind of event or a call of WeChat, and what is worth knowing of it. */
export interface TraceStep {
  /** Milliseconds since the request came. */
  readonly afterMs: number
  /** Name of a server event, or `wechat`. */
  readonly type: string
  /** Neither secrets nor personal data. */
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

/** What came of one request, for whoever looks for the reason later. It names an app and perhaps a user, nothing else. */
export interface RequestTrace {
  /** Ids grow with time. */
  readonly id: string
  /** As it was answered in `x-request-id`; a caller may have chosen it, and may have chosen it twice. 1 to 64 characters. */
  readonly requestId: string
  /** When it came, milliseconds since 1970. */
  readonly at: number
  readonly tookMs: number
  readonly appId: string | null
  readonly userId: string | null
  readonly method: string
  /** The route's pattern. */
  readonly route: string
  readonly status: number
  readonly code: string | null
  /** WeChat's, of its last refusal. */
  readonly errcode: number | null
  /** WeChat's name of that call. */
  readonly rid: string | null
  /** At most 4000 characters as JSON. */
  readonly steps: readonly TraceStep[]
  /** When it may be removed. */
  readonly until: number
}

/** Which traces: of one request, of one call of WeChat, of one user, or all that failed (status 400 and above). */
export type TraceQuery =
  | { readonly by: 'request' | 'rid' | 'user'; readonly value: string }
  | { readonly by: 'failure' }

/** What came of requests, kept for some days. */
export interface TraceStore {
  /**
   * All in one step; one whose id is there already stays as it is. Race: a user who is erased or merged meanwhile is named by
   * none of them.
   */
  addTraces(traces: readonly RequestTrace[]): Promise<void>
  /** The newest first. */
  tracesOf(query: TraceQuery, page?: Page): Promise<readonly RequestTrace[]>
}
