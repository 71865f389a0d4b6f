import type { HostTimers } from '@weapp-auth/emulator/wx'

/** Timers of the phone, which follow the emulator's clock: when it is moved, what became due runs at once. */
export interface PhoneTimers extends HostTimers {
  /** The clock was moved. */
  wake(): void
}

/** @param now Milliseconds since 1970 on the phone. */
export function createPhoneTimers(now: () => number): PhoneTimers {
  interface Waiting {
    readonly due: number
    readonly run: () => void
    id?: ReturnType<typeof setTimeout>
  }
  const waiting = new Set<Waiting>()

  function start(timer: Waiting): void {
    clearTimeout(timer.id)
    timer.id = setTimeout(() => fire(timer), Math.max(0, timer.due - now()))
  }
  function fire(timer: Waiting): void {
    clearTimeout(timer.id)
    if (waiting.delete(timer)) timer.run()
  }
  return {
    after(ms, run) {
      const timer: Waiting = { due: now() + ms, run }
      waiting.add(timer)
      start(timer)
      return () => {
        clearTimeout(timer.id)
        waiting.delete(timer)
      }
    },
    wake() {
      for (const timer of [...waiting].sort((a, b) => a.due - b.due)) {
        if (timer.due <= now()) fire(timer)
        else start(timer)
      }
    },
  }
}
