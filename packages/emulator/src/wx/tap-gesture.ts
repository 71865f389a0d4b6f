import { WxFail } from './fail.ts'
import type { HostTimers } from './host-timers.ts'

/** Whether the mini program is being tapped: some APIs work in no other moment. */
export interface TapGesture {
  /** Runs the handlers of a tap. */
  during<T>(run: () => T): T
  /** What comes from outside, such as the answer of another call, is not part of the tap any more. */
  end(): void
  /** @throws WxFail when nobody taps */
  require(): void
}

/**
 * A tap lasts while its handlers run, and one task longer: frameworks call some handlers with `setTimeout`. How long it
 * lasts in WeChat is not told; see LIMITS.md.
 */
export function createTapGesture(timers: HostTimers): TapGesture {
  let current: object | undefined
  return {
    during(run) {
      const tap = {}
      current = tap
      try {
        return run()
      } finally {
        timers.after(0, () =>
          timers.after(0, () => {
            if (current === tap) current = undefined
          }),
        )
      }
    },
    end() {
      current = undefined
    },
    require() {
      if (!current) throw new WxFail('can only be invoked by user TAP gesture.')
    },
  }
}
