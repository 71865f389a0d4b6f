import type { Reply } from './send.ts'
import type { Timer } from './timer.ts'

/** App id or AppSecret are wrong: the next question would be answered the same way, whatever it asks. */
const wrongCredentials = [40013, 40125]
/** As long as the keeper of access tokens rests. */
const restMs = 60_000

/**
 * Asks, unless WeChat said less than a minute ago that the credentials of this app are wrong: then its answer stands, so
 * that the logins of a whole day do not knock at WeChat with a wrong secret. New credentials begin with a rest of their own.
 */
export function createRestWhenWrong(timer: Timer) {
  let rest: { readonly until: number; readonly reply: Reply<never> } | null = null
  return async function unlessWrong<T>(ask: () => Promise<Reply<T>>): Promise<Reply<T>> {
    if (rest && timer.now() < rest.until) return rest.reply
    const reply = await ask()
    const isWrong = reply.status === 'refused' && wrongCredentials.includes(reply.refusal.errcode)
    rest = isWrong ? { until: timer.now() + restMs, reply } : null
    return reply
  }
}
