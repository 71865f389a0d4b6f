import type { EventLoop } from '../ports/event-loop.ts'
import type { Random } from '../ports/random.ts'
import type { Timer } from '../ports/timer.ts'

export interface RefuseEvenlyTools {
  readonly timer: Timer
  readonly loop: Pick<EventLoop, 'afterTurn'>
  readonly random: Random
}

/** Makes refusals of `work` wait for an even time; what succeeds does not wait. */
export type RefuseEvenly = <Input, T>(work: (input: Input) => Promise<T>) => (input: Input) => Promise<T>

/** Whole steps since the request came; a refusal takes less than one, unless WeChat or the store is slow. */
const stepMs = 5
/** Up to so many more, one millisecond at a time. A power of two, so that a random byte gives each as often. */
const jitterMs = 4

/**
 * How long it took to refuse a ciphertext tells how far it came: microseconds, which an attacker averages out of many
 * tries. So a refusal is answered at a time that its cause has no part in: the next whole step after the request came,
 * and a random moment more (docs/decisions, "Refusals of ciphertexts wait").
 *
 * @example
 * const phoneByOpenData = createRefuseEvenly(tools)(createPhoneByOpenData(tools))
 */
export function createRefuseEvenly({ timer, loop, random }: RefuseEvenlyTools): RefuseEvenly {
  return work => async input => {
    const startedAt = timer.now()
    try {
      return await work(input)
    } catch (error) {
      const steps = Math.floor((timer.now() - startedAt) / stepMs) + 1
      await until(startedAt + steps * stepMs + jitter())
      throw error
    }
  }

  function jitter(): number {
    const [byte = 0] = random.bytes(1)
    return byte % jitterMs
  }

  /**
   * A timer waits for whole milliseconds from now, so alone it would hand on what the work took beyond whole ones. The
   * rest of the last millisecond is waited for turn by turn, and others are served in each.
   */
  async function until(due: number): Promise<void> {
    for (let left = due - timer.now(); left > 0; left = due - timer.now()) await wait(Math.floor(left))
  }

  function wait(ms: number): Promise<void> {
    return new Promise(resolve => void (ms > 0 ? timer.after(ms, resolve) : loop.afterTurn(resolve)))
  }
}
