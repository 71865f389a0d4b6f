import type { WechatPhone } from '@weapp-auth/protocol/wechat'
import { hex } from '../keys/digest.ts'
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

/** A phone number waits here in the clear, so not for long and not many. */
const most = 1000

/**
 * Keeps what WeChat said when the store could not take it: the code is spent, the user agreed and was charged for,
 * so the retry must not ask for a second tap. Found by the same attempt only.
 *
 * @example
 * const unfinished = createUnfinished()
 * unfinished.keep(claim, phone)
 * unfinished.find(claim)?.phone === phone
 */
export function createUnfinished(): Unfinished {
  const leftovers = new Map<string, Leftover>()
  return {
    find: claim => leftovers.get(nameOf(claim)),
    keep(claim, phone) {
      const oldest = leftovers.size >= most ? leftovers.keys().next().value : undefined
      if (oldest !== undefined) leftovers.delete(oldest)
      leftovers.set(nameOf(claim), { phone })
    },
    drop: claim => void leftovers.delete(nameOf(claim)),
  }
}

function nameOf({ hash, attempt }: Claim): string {
  return `${hex(hash)} ${hex(attempt)}`
}
