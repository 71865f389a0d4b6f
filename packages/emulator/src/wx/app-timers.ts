import type { HostTimers } from './host-timers.ts'
import type { LifeCycle } from './life-cycle.ts'

type Run = (...args: never[]) => unknown

/** The timers that a mini program itself sees. They stand still while it is suspended and end with it. */
export interface AppTimers {
  setTimeout(run: Run, ms?: number, ...args: unknown[]): number
  clearTimeout(id?: number): void
  setInterval(run: Run, ms?: number, ...args: unknown[]): number
  clearInterval(id?: number): void
  /** Ends all of them; later ones never start. */
  stop(): void
}

/** @param failed is told what a callback threw */
export function createAppTimers(
  host: HostTimers,
  life: Pick<LifeCycle, 'whenAwake'>,
  failed: (error: unknown) => void,
): AppTimers {
  const running = new Map<number, () => void>()
  let count = 0
  let stopped = false

  function start(run: Run, ms: number, args: unknown[], again: boolean): number {
    count += 1
    const id = count
    const fire = () => {
      if (!running.has(id)) return
      if (again) running.set(id, host.after(ms, wake))
      else running.delete(id)
      try {
        run(...(args as never[]))
      } catch (error) {
        failed(error)
      }
    }
    const wake = () => life.whenAwake(fire)
    if (!stopped) running.set(id, host.after(ms, wake))
    return id
  }

  function end(id?: number): void {
    if (id === undefined) return
    running.get(id)?.()
    running.delete(id)
  }

  return {
    setTimeout: (run, ms = 0, ...args) => start(run, ms, args, false),
    // Like browsers: an interval of nothing would never let anything else run.
    setInterval: (run, ms = 0, ...args) => start(run, Math.max(1, ms), args, true),
    clearTimeout: end,
    clearInterval: end,
    stop() {
      stopped = true
      for (const id of [...running.keys()]) end(id)
    },
  }
}
