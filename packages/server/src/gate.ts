/** What must be waited for; `null` once it is done, so that nobody waits for nothing. */
export type Gate = () => Promise<void> | null

/**
 * Runs `work` once for everybody. After a failure the next caller tries again.
 *
 * @example
 * const gate = createGate(checkKeys)
 * await gate()
 */
export function createGate(work: () => Promise<void>): Gate {
  let done = false
  let running: Promise<void> | null = null
  return () => {
    if (done) return null
    running ??= work()
      .then(() => {
        done = true
      })
      .finally(() => {
        running = null
      })
    return running
  }
}
