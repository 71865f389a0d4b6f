import { StorageFault } from '../../ports/store.ts'

export interface PulseOptions {
  /** Asks the database for a sign of life, as briefly as can be and beside all who wait; rejects where none comes. */
  readonly beat: () => Promise<void>
  /** Calls back again and again until the returned function is called. Default: each quarter of a second. */
  readonly tick?: (run: () => void) => () => void
}

/** Knows whether a database says anything at all. */
export interface Pulse {
  /**
   * Runs `work`. Rejects with a fault as soon as the database is taken for dead, and at once for as long as it is; the
   * signal tells `work` to let go of its connection then.
   */
  hold<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
  close(): void
}

/** Ticks without an answer until the database is asked for a sign of life; and as many for that to come. */
const patience = 4
/** Ticks from one such question to the next one, while it is taken for dead. */
const pause = 2

/**
 * A database that was stopped refuses, and everybody is told at once. One behind a cable that was pulled, or one that
 * hangs, says nothing: each request would wait out its own ten seconds, and hold a connection meanwhile. Here one second
 * without any answer to anybody raises the question, and one more without a sign of life settles it: who waits is told,
 * who comes is refused, until there is a sign. A slow answer is none of this, because the others get theirs.
 *
 * Time is counted in ticks, each a turn of the loop in which answers are read first: a process that itself stood still for
 * seconds does not blame the database.
 */
export function createPulse({ beat, tick = everyQuarter }: PulseOptions): Pulse {
  const waiting = new Set<() => void>()
  let silentFor = 0
  let isDead = false
  let stop: (() => void) | null = null

  function heard(): void {
    silentFor = 0
    isDead = false
  }

  function count(): void {
    if (waiting.size === 0 && !isDead) return void rest()
    silentFor += 1
    if (silentFor === patience || (isDead && silentFor % pause === 0)) beat().then(heard, () => undefined)
    if (silentFor >= 2 * patience) giveUp()
  }

  function rest(): void {
    stop?.()
    stop = null
    silentFor = 0
  }

  function giveUp(): void {
    isDead = true
    for (const tell of waiting) tell()
    waiting.clear()
  }

  return {
    hold(work) {
      if (isDead) return Promise.reject(silence())
      stop ??= tick(count)
      const given = new AbortController()
      return new Promise((resolve, reject) => {
        const tell = () => {
          given.abort()
          reject(silence())
        }
        waiting.add(tell)
        work(given.signal).then(
          result => {
            heard()
            waiting.delete(tell)
            resolve(result)
          },
          error => {
            // A refusal is an answer too.
            if (waiting.delete(tell)) silentFor = 0
            reject(error)
          },
        )
      })
    },
    close: rest,
  }
}

/** What was asked may have happened or not. */
class DatabaseSilent extends Error {
  override readonly name = 'DatabaseSilent'
}

const silence = () => new StorageFault('failed', new DatabaseSilent('the database says nothing'))

function everyQuarter(run: () => void): () => void {
  const timer = setInterval(run, 250).unref()
  return () => clearInterval(timer)
}
