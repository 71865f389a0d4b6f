import type { WechatPhone } from '@weapp-auth/protocol/wechat'
import { hex } from '../keys/digest.ts'
import type { Clock } from '../ports/clock.ts'
import type { Claim } from '../ports/store.ts'

/** What is left of an exchange that did not come to its end: the phone, or `null` when WeChat's answer is missing. */
export interface Leftover {
  readonly phone: WechatPhone | null
}

/** Leftovers of this process, for the retry that will come. */
export interface Unfinished {
  find(claim: Claim): Leftover | undefined
  keep(claim: Claim, phone: WechatPhone | null): void
  drop(claim: Claim): void
}

/** A phone number waits here in the clear, so neither many nor for long. */
const most = 1000
const longest = 10 * 60_000

/**
 * Keeps what WeChat said when the store could not take it: the code is spent, the user agreed and was charged for,
 * so the retry must not ask for a second tap. Found by the same attempt only, for ten minutes.
 *
 * @example
 * const unfinished = createUnfinished(clock)
 * unfinished.keep(claim, phone)
 * unfinished.find(claim)?.phone === phone
 */
export function createUnfinished(clock: Clock): Unfinished {
  /** The oldest first. */
  const leftovers = new Map<string, Leftover & { readonly until: number }>()

  function forgetOld(): void {
    const now = clock.now()
    for (const [name, { until }] of leftovers) {
      if (until > now && leftovers.size <= most) return
      leftovers.delete(name)
    }
  }

  return {
    find(claim) {
      forgetOld()
      return leftovers.get(nameOf(claim))
    },
    keep(claim, phone) {
      leftovers.delete(nameOf(claim))
      leftovers.set(nameOf(claim), { phone, until: clock.now() + longest })
      forgetOld()
    },
    drop: claim => void leftovers.delete(nameOf(claim)),
  }
}

function nameOf({ hash, attempt }: Claim): string {
  return `${hex(hash)} ${hex(attempt)}`
}
