/** Runs code of the mini program; an error of it never stops the host. */
export type Safely = (run: () => unknown) => void

/**
 * @param failed Told what the code threw. The browser shows it as uncaught all the same, and so does the console of whoever
 * develops the mini program.
 */
export const createSafely =
  (failed: (error: unknown) => void): Safely =>
  run => {
    try {
      run()
    } catch (error) {
      failed(error)
      setTimeout(() => {
        throw error
      })
    }
  }
