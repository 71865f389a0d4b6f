/** One group commit of the SQLite store. */
export interface CommitReport {
  /** Steps that shared the commit. */
  readonly steps: number
  /** Milliseconds from the arrival of the first step to the start of the transaction. */
  readonly waitedMs: number
  /** Milliseconds from there until all was on the disk, or until it failed. */
  readonly tookMs: number
}
