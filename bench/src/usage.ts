/** What a process has used since its start. */
export interface Usage {
  /** User and system time of all its threads, microseconds. */
  readonly cpuMicros: number
  /** Largest resident set so far, bytes. */
  readonly peakBytes: number
}
