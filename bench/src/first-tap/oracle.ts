// One question, "could anybody have done it?", reads better whole.
import type { Assumption } from './assumptions.ts'
import { lengthOf, type Spell, type Timeline } from './timeline.ts'
import { brokenMs, type Fact, upstreamMs } from './world.ts'

/** A login code, a phone code: five minutes each ("小程序登录", "手机号快速验证组件"). */
const codeLivesMs = 300_000
/** The person waits that long in front of a disabled button. */
export const restartAfterMs = 120_000
const gridMs = 250
const suspendAfterMs = 5000

/**
 * Whether a player who knows the future could have bound the number with the first tap: who logs in at the best moment
 * between two key changes, holds the answer of the sheet, and sends it whenever the way to the server and to WeChat is
 * free. In doubt the answer is yes, so this is a bound from above.
 *
 * @param facts of any play of this timeline: until the first event they do not depend on the strategy
 * @param believes whether a ciphertext counts that WeChat did not confirm; AES-CBC alone proves nothing
 */
export function couldSucceed(
  timeline: Timeline,
  assumption: Assumption,
  facts: readonly Fact[],
  believes: 'confirmed' | 'anything' = 'confirmed',
): boolean {
  const eventAt = facts.find(({ what }) => what === 'event')?.at
  if (eventAt === undefined) return false
  const past = facts.filter(({ at }) => at <= eventAt)
  const openedAt = lastOf(past, 'sheet-opened')
  const launchedAt = lastOf(past, 'launched')
  const begunAt =
    past.filter(({ what }) => what === 'launched').at(timeline.earlierMs === null ? 0 : 1)?.at ?? launchedAt
  const horizon = eventAt + lengthOf(timeline.after) + restartAfterMs
  const awake = awakeTimes(facts, horizon)
  const isAwake = (from: number, to: number) => awake.some(one => one.from <= from && to <= one.to)

  function spellAt(at: number, ...kinds: readonly Spell['what'][]): Spell | undefined {
    return timeline.spells.find(({ what, from, afterMs, forMs }) => {
      const age = at - (from === 'launch' ? begunAt : (eventAt ?? at))
      return kinds.includes(what) && age >= afterMs && age < afterMs + forMs
    })
  }

  /** When the server turns to what is sent at `at`; null when it never gets it. */
  function arrival(at: number): number | null {
    const arrives = at + timeline.latencyMs
    if (spellAt(arrives, 'request-lost', 'server-down')) return null
    return arrives + (spellAt(arrives, 'server-slow')?.byMs ?? 0)
  }

  /** When WeChat has answered the server; null when it cannot be reached. */
  function askedWechat(at: number): number | null {
    const asks = arrival(at)
    return asks === null || spellAt(asks + upstreamMs, 'wechat-down') ? null : asks + 2 * upstreamMs
  }

  const reachesWechat = (at: number) => isAwake(at, at + timeline.latencyMs) && askedWechat(at) !== null
  const isAnswered = (at: number) => {
    const made = believes === 'confirmed' ? askedWechat(at) : arrival(at)
    if (made === null || spellAt(made, 'answer-lost', 'answer-silent')) return false
    return made + timeline.latencyMs <= horizon && isAwake(at, made + timeline.latencyMs)
  }

  /** When `wx.login` calls back; null for never. */
  const calledBack = (at: number) =>
    spellAt(at, 'login-lost') && !spellAt(at, 'login-slow') ? null : at + (spellAt(at, 'login-slow')?.byMs ?? 0)

  const sends = grid(eventAt, horizon, gridMs)
  /** The last moment at which a page could be told. */
  const lastAnswered = sends.filter(isAnswered).at(-1)
  if (lastAnswered === undefined) return false

  const logins = [
    ...grid(launchedAt, eventAt - 600_000, 10_000),
    ...grid(Math.max(launchedAt, eventAt - 600_000), horizon, gridMs),
    ...facts.flatMap(({ at }) => [at, at + 1]).filter(at => at >= launchedAt && at <= horizon),
  ]
  /** Whether the server can have learnt the session of a login that was made at `at`. */
  const isExchanged = (at: number) => {
    if (at < begunAt) return true
    const from = calledBack(at)
    if (from === null || !isAwake(at, at)) return false
    return [from, ...grid(from, Math.min(at + codeLivesMs, lastAnswered), gridMs)].some(
      sent => sent <= lastAnswered && reachesWechat(sent),
    )
  }

  function byCode(): boolean {
    if (timeline.library === '2.20.0') return false
    const knowsUser = timeline.earlierMs !== null || logins.some(at => isExchanged(at))
    return knowsUser && sends.some(at => (askedWechat(at) ?? Infinity) < openedAt + codeLivesMs && reachesWechat(at))
  }

  const { minKeyAgeMs, keyLifeMs, sharedByDevices } = assumption
  const rotations = facts.flatMap(fact =>
    fact.what === 'rotated' && (fact.by !== 'device' || sharedByDevices) ? [fact.at] : [],
  )
  const replacedIn = (after: number, until: number, young: number) =>
    rotations.some(at => at > after && at <= until && at - young >= minKeyAgeMs)
  /** Whether a login at `at` gets the key that the sheet encrypts with. */
  const hasKey = (at: number) =>
    at <= openedAt
      ? openedAt - at < keyLifeMs && !replacedIn(at, openedAt, at)
      : at - openedAt < minKeyAgeMs && !replacedIn(openedAt, at, openedAt)

  const earlier = timeline.earlierMs === null ? [] : [facts[0]?.at ?? begunAt]
  return byCode() || [...earlier, ...logins].some(at => hasKey(at) && isExchanged(at))
}

function lastOf(facts: readonly Fact[], what: Fact['what']): number {
  return facts.filter(fact => fact.what === what).at(-1)?.at ?? 0
}

function grid(from: number, to: number, step: number): number[] {
  return from > to ? [] : Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)
}

interface Time {
  readonly from: number
  readonly to: number
}

/** When the mini program ran: from a launch or a return until five seconds after it went to the background. */
function awakeTimes(facts: readonly Fact[], end: number): readonly Time[] {
  const times: Time[] = []
  let from: number | null = null
  for (const { what, at } of facts) {
    if (what === 'launched' || what === 'back') {
      // Back within five seconds: it never stopped.
      const last = times.at(-1)
      if (what === 'back' && last && last.to >= at) times.pop()
      from ??= what === 'back' && last && last.to >= at ? last.from : at
    } else if (from !== null && (what === 'away' || what === 'ended')) {
      times.push({ from, to: what === 'away' ? at + suspendAfterMs : at })
      from = null
    }
  }
  return from === null ? times : [...times, { from, to: end + brokenMs }]
}
