import { Raced } from './statements.ts'

export interface RunAgainOptions {
  /** Whether an error means that the database undid all of it, and that it may succeed now. {@link Raced} always does. */
  readonly mayRepeat: (error: unknown) => boolean
  /** Whether its connection broke before anything could have been kept: then once more, on another one. Default: never. */
  readonly isCutOff?: (error: unknown) => boolean
  /** From 0 to less than 1. Default `Math.random`. */
  readonly random?: () => number
  /** Default a timer. */
  readonly wait?: (milliseconds: number) => Promise<void>
}

const most = 10

/**
 * Runs a transaction until nobody is in its way, ten times at most, and then throws what was in its way last. Those who
 * met once come back at different times: after up to 4 ms, then 8, 16 … 256.
 */
export function createRunAgain({ mayRepeat, isCutOff, random = Math.random, wait = sleep }: RunAgainOptions) {
  return async function runAgain<T>(transaction: () => Promise<T>): Promise<T> {
    let wasCutOff = false
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transaction()
      } catch (error) {
        const isCut: boolean = !wasCutOff && isCutOff?.(error) === true
        if (attempt === most || !(isCut || error instanceof Raced || mayRepeat(error))) throw error
        wasCutOff ||= isCut
        await wait(random() * Math.min(256, 2 * 2 ** attempt))
      }
    }
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
