import { setTimeout as sleep } from 'node:timers/promises'
import { busyMicros } from './machine.ts'
import type { Turn } from './run-turn.ts'

/** Share of one core that other programs may take without making a turn worthless. */
export const tolerated = 0.1
const attempts = 4
const longestWaitMs = 300_000

/**
 * For a machine that is not ours alone: waits until it is quiet, and plays a disturbed turn again, at most four times;
 * the quietest one counts. The choice looks at other programs only, never at the outcome.
 */
export async function quietTurn(play: () => Promise<Turn>): Promise<Turn> {
  await quiet()
  let best = await play()
  for (let attempt = 1; attempt < attempts && best.othersBusy > tolerated; attempt++) {
    await quiet()
    const turn = await play()
    if (turn.othersBusy < best.othersBusy) best = turn
  }
  return best
}

/** Resolves after two seconds of silence, or when it has waited too long. */
async function quiet(): Promise<void> {
  const until = performance.now() + longestWaitMs
  for (let calm = 0; calm < 4 && performance.now() < until; ) {
    const before = { at: performance.now(), busy: busyMicros() }
    await sleep(500)
    const share = (busyMicros() - before.busy) / 1000 / (performance.now() - before.at)
    calm = share < tolerated ? calm + 1 : 0
  }
}
