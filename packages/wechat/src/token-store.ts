/** An access_token that WeChat gave out. */
export interface StoredToken {
  readonly accessToken: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Grows with every new token of the app; tells the newer of two. */
  readonly generation: number
}

/**
 * Where the processes of one deployment share the access tokens. The default is the memory of this process; with
 * several processes give one that they share, such as {@link createSealedTokenStore} over a database.
 */
export interface TokenStore {
  read(appId: string): Promise<StoredToken | null>
  /** Race: written only when `generation` is larger than the stored one; false otherwise. An older token never replaces a newer one. */
  write(appId: string, token: StoredToken): Promise<boolean>
  /**
   * The right to ask WeChat for a token. Race: of any number of holders exactly one gets true until `until`; a holder
   * may take its own lease again, also to end it. Without it two processes would ask at once: harmless, as WeChat
   * answers both with the same token, but counted.
   */
  lease(appId: string, holder: string, now: number, until: number): Promise<boolean>
}

/** Keeps tokens in this process. Every method runs to its end before another begins, so no race is possible. */
export function createMemoryTokenStore(): TokenStore {
  const tokens = new Map<string, StoredToken>()
  const leases = new Map<string, { readonly holder: string; readonly until: number }>()
  return {
    read: async appId => tokens.get(appId) ?? null,
    async write(appId, token) {
      if (token.generation <= (tokens.get(appId)?.generation ?? 0)) return false
      tokens.set(appId, token)
      return true
    },
    async lease(appId, holder, now, until) {
      const lease = leases.get(appId)
      if (lease && lease.holder !== holder && lease.until > now) return false
      leases.set(appId, { holder, until })
      return true
    },
  }
}
