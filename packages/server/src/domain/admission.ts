/**
 * Who is refused first when there is more to do than can be done: `count`, which nobody waits for, before `login` before
 * `phone` before `session`, and `always` never. Why in this order: docs/decisions/0018-overload.md.
 */
export type Rank = 'always' | 'session' | 'phone' | 'login' | 'count'

/** `full`: too many requests are under way; `slow`: too many have come, for too long. */
export type ShedReason = 'full' | 'slow'

/** The requests that the event loop took at once, as one of them finds it. */
interface Turn {
  /** When the loop began with them, so that this one has waited since then at least. */
  readonly startedAt: number
  /** How many came before this one. */
  readonly ahead: number
}

/** Decides which requests begin. What was let in is finished. */
export interface Admission {
  /**
   * Lets a request in (`null`), and then `leave` must follow; or says why not. `turn`: where it stands in the present
   * turn of the event loop; `null`: it waited in no queue.
   */
  enter(rank: Rank, now: number, turn: Turn | null): ShedReason | null
  /** A request that was let in is answered; `tookMs`: since then. */
  leave(rank: Rank, tookMs: number): void
  /** A turn of the event loop in which requests came is over. */
  turnEnded(startedAt: number, now: number): void
  readonly underWay: number
}

/** How many requests may be under way unless somebody says otherwise. */
export const defaultMaxUnderWay = 2048

/** How long the requests of one turn of the event loop may take, in milliseconds, before the rest of them wait. */
const targetMs = 20
/** Fewer than these are no queue, however long they take: then machine or WeChat is slow, and refusing would not help. */
const fewest = 128
/**
 * For how long every turn must have taken longer to be an overload: a shorter burst is worked off. A second, because a
 * process that has just started serves the first thousand ten times as slowly as the next.
 */
const burstMs = 1000
/** The same for those that follow an overload: it is probably not over. */
const nextBurstMs = 100
/** How long after its last refusal an overload counts as over. */
const rememberedMs = 5000

/**
 * What asks WeChat waits in queues behind the door too; when it takes longer than this on average, those have grown. Well
 * above what WeChat itself takes from far away: a slow WeChat alone is no overload.
 */
const longMs = 1000
/** Weight of one request in that average. */
const weight = 1 / 32

/** How much of the places a rank may take, and how long it may have waited in an overload, in milliseconds. */
const shares = {
  always: { places: Number.POSITIVE_INFINITY, waitMs: Number.POSITIVE_INFINITY, asksWechat: false },
  session: { places: 1, waitMs: 2 * targetMs, asksWechat: false },
  phone: { places: 7 / 8, waitMs: 1.5 * targetMs, asksWechat: true },
  login: { places: 3 / 4, waitMs: targetMs, asksWechat: true },
  count: { places: 1 / 2, waitMs: targetMs / 2, asksWechat: false },
} as const satisfies Readonly<Record<Rank, { places: number; waitMs: number; asksWechat: boolean }>>

/**
 * Refuses by how many requests are under way, and by how long they wait: a queue that goes within a second is a burst, one
 * that stays is an overload, and waiting in it helps nobody (K. Nichols and V. Jacobson, "Controlling Queue Delay").
 * Pure: all times are of one clock that never jumps, in milliseconds, and come from whoever asks.
 *
 * @example
 * const admission = createAdmission(1000)
 * if (admission.enter('login', now, null) === null) admission.leave('login', 0)
 */
export function createAdmission(maxUnderWay: number = defaultMaxUnderWay): Admission {
  let underWay = 0
  /** Of those that ask WeChat: how many are under way, and how long they took of late. */
  let asking = 0
  let averageMs = 0
  /** Since when every turn has been too long, and when the last of them ended; `null`: the last one was not. */
  let slow: { readonly since: number; readonly until: number } | null = null
  /** When somebody was last refused for a queue. */
  let refusedAt = Number.NEGATIVE_INFINITY

  /** The slow turns before this one, unless the loop has rested in between. */
  const slowSince = (turnStartedAt: number) =>
    slow && turnStartedAt - slow.until < nextBurstMs ? slow.since : turnStartedAt

  /** Whether the queue of this turn has not gone for too long. */
  const stays = (turn: Turn, now: number) =>
    turn.ahead >= fewest && now - slowSince(turn.startedAt) >= (now - refusedAt < rememberedMs ? nextBurstMs : burstMs)

  return {
    enter(rank, now, turn) {
      const { places, waitMs, asksWechat } = shares[rank]
      if (underWay >= maxUnderWay * places) return 'full'
      if (turn && now - turn.startedAt > waitMs && stays(turn, now)) {
        refusedAt = now
        return 'slow'
      }
      if (asksWechat) {
        if (asking >= fewest && averageMs > longMs) return 'slow'
        asking += 1
      }
      underWay += 1
      return null
    },
    leave(rank, tookMs) {
      underWay -= 1
      if (!shares[rank].asksWechat) return
      asking -= 1
      averageMs += (tookMs - averageMs) * weight
    },
    turnEnded(startedAt, now) {
      slow = now - startedAt <= targetMs ? null : { since: slowSince(startedAt), until: now }
    },
    get underWay() {
      return underWay
    },
  }
}
