/** So many within so long, evenly: what was taken comes back bit by bit. */
export interface Rate {
  /** At once, and in the long run within each window; 1 or more. */
  readonly requests: number
  readonly windowMs: number
}

export type Taken =
  | { readonly status: 'taken' }
  /** `retryAfterMs`: when the next one can be taken. Nothing was counted. */
  | { readonly status: 'refused'; readonly retryAfterMs: number }

/**
 * Counts requests. What it forgets (a restart, too many keys) is given again: it slows abuse down and protects no
 * money; for that there is `BudgetStore`.
 */
export interface Limiter {
  /**
   * Takes one for this key.
   * Race: of any number of callers at once exactly `requests` take one. One counter serves every process that shares
   * the limiter.
   */
  take(key: string, rate: Rate, now: number): Taken | Promise<Taken>
}
