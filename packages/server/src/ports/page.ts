/** A part of a list that grows with a user's history, the newest first. No question of a store is longer than its page. */
export interface Page {
  /**
   * The key of the last row of the page before; default `null`: from the newest. When that row is gone meanwhile, what
   * was behind it may be left out.
   */
  readonly after?: string | null
  /** Default 100. */
  readonly limit?: number
}
