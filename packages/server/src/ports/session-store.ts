/**
 * Why a session ended before its time: `user` by the list of devices or a merge of their accounts, `backend` by token
 * revocation (RFC 7009), `operator` by a merge of theirs.
 */
export type SessionEnd = 'logout' | 'refresh-reused' | 'user' | 'backend' | 'operator'

export interface EndSessionsOf {
  readonly userId: string
  readonly now: number
  readonly reason: SessionEnd
  /** One session, if it is the user's; or all, with or without one that goes on. */
  readonly which: { readonly only: string } | { readonly except: string | null }
}

/** The sessions of a user. */
export interface SessionStore {
  /**
   * Ends sessions that have not ended, and erases the session_keys that their logins brought; answers the ids of those
   * it ended. Race: of any number of callers exactly one ends a session; a rotation at the same moment either came
   * before, and its session is ended too, or finds it ended.
   */
  endSessionsOf(input: EndSessionsOf): Promise<readonly string[]>
}
