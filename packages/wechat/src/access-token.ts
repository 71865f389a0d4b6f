// One keeper for one app; it reads better whole.
import { WechatFault } from '@weapp-auth/protocol/wechat'
import { pause, type Timer } from './timer.ts'
import type { TokenEvent } from './token-event.ts'
import type { StoredToken, TokenStore } from './token-store.ts'

/** The access_token of one app. */
export interface AccessToken {
  /** A token that WeChat should accept. Any number of callers at once share one request. */
  current(): Promise<string>
  /**
   * Another token than `failed`, which WeChat has refused. Race: drops `failed` and nothing else; of any number of
   * callers whose token failed, one asks and all get its answer; an answer to an older question is not believed.
   */
  replace(failed: string): Promise<string>
}

export interface AccessTokenTools {
  readonly appId: string
  /** Asks WeChat in normal mode, which does not disturb the token in use. */
  readonly ask: () => Promise<{ readonly accessToken: string; readonly expiresInSeconds: number }>
  readonly store: TokenStore
  /** Names this process in the store's lease. */
  readonly holder: string
  readonly clock: { now(): number }
  readonly timer: Timer
  /** Must return at once and not throw. */
  readonly tell?: (event: TokenEvent) => void
}

/** WeChat renews a stable token when fewer than five minutes are left; until then it would answer the old one. */
const aheadMs = 300_000
/** A token with less to live that is refused may be one that WeChat renewed, or a clock that is wrong. */
const youngMs = 2 * aheadMs
/** A renewal ahead of time that brought nothing is not tried again sooner. */
const aheadEveryMs = 30_000
/** A refused configuration is not asked about more than once a minute. */
const restMs = 60_000
/** Longer than WeChat is ever waited for. */
const leaseMs = 7_000
const pollMs = 200

export function createAccessToken(tools: AccessTokenTools): AccessToken {
  const { appId, ask, store, holder, clock, timer, tell = () => undefined } = tools
  let held: StoredToken | null = null
  let flight: Promise<string> | null = null
  /** Counts flights: only the newest may write. */
  let turn = 0
  /** Tokens that WeChat refused since the last answer. */
  const refused = new Set<string>()
  /** A young token that WeChat refused, until it is known who renewed it. */
  let lost: StoredToken | null = null
  let aheadFrom = 0
  let rest: { readonly until: number; readonly fault: WechatFault } | null = null

  async function current(): Promise<string> {
    const now = clock.now()
    if (!held || now >= held.expiresAt) return refresh()
    // Both tokens work for five minutes around a renewal, so nobody waits for it and nobody minds if it fails.
    if (now >= held.expiresAt - aheadMs && timer.now() >= aheadFrom) refresh().catch(() => undefined)
    return held.accessToken
  }

  async function replace(failed: string): Promise<string> {
    if (held && held.accessToken !== failed) return current()
    if (!refused.has(failed)) {
      refused.add(failed)
      if (held && held.expiresAt - clock.now() > youngMs) lost = held
      held = null
      flight = null // Began before the refusal: it may bring the refused token back.
    }
    return refresh()
  }

  function refresh(): Promise<string> {
    flight ??= fly(++turn)
    return flight
  }

  async function fly(mine: number): Promise<string> {
    try {
      const token = await obtain()
      if (mine === turn) {
        held = token
        refused.clear()
      }
      return token.accessToken
    } catch (error) {
      // Without an errcode WeChat was not asked: what is missing here may come at any moment.
      const isRefused = error instanceof WechatFault && error.code === 'misconfigured' && error.errcode !== undefined
      if (isRefused && error !== rest?.fault) {
        rest = { until: timer.now() + restMs, fault: error }
      }
      throw error
    } finally {
      if (mine === turn) {
        flight = null
        aheadFrom = timer.now() + aheadEveryMs
      }
    }
  }

  async function obtain(): Promise<StoredToken> {
    try {
      const { fresh, generation } = await findOrLease()
      tellLost(generation)
      if (fresh) return fresh
      const token = await publish(await askUnlessResting(), generation + 1)
      tell({ type: 'renewed', appId, generation: token.generation, leftMs: token.expiresAt - clock.now() })
      return token
    } finally {
      // Ended early for the others; if this fails, it ends by itself.
      await store.lease(appId, holder, clock.now(), clock.now()).catch(() => false)
    }
  }

  /** A newer one in the store was asked for by one of our processes, which has told then. */
  function tellLost(generation: number): void {
    if (lost && generation <= lost.generation)
      tell({ type: 'lost', appId, generation: lost.generation, leftMs: lost.expiresAt - clock.now() })
    lost = null
  }

  /** Another process's fresh token, or the right to ask. Who waits too long asks without it. */
  async function findOrLease(): Promise<{ fresh: StoredToken | null; generation: number }> {
    for (let waited = 0; ; waited += pollMs) {
      const isMine = await store.lease(appId, holder, clock.now(), clock.now() + leaseMs)
      const stored = await store.read(appId)
      const generation = Math.max(stored?.generation ?? 0, held?.generation ?? 0)
      if (stored && isFresh(stored)) return { fresh: stored, generation }
      if (isMine || waited >= leaseMs) return { fresh: null, generation }
      await pause(timer, pollMs)
    }
  }

  async function askUnlessResting(): Promise<Omit<StoredToken, 'generation'>> {
    if (rest && timer.now() < rest.until) throw rest.fault
    rest = null
    const askedAt = clock.now()
    const { accessToken, expiresInSeconds } = await ask()
    return { accessToken, expiresAt: askedAt + expiresInSeconds * 1000 }
  }

  /** Another process may have published meanwhile: its token counts if WeChat has not refused it. */
  async function publish(token: Omit<StoredToken, 'generation'>, generation: number): Promise<StoredToken> {
    const mine = { ...token, generation }
    if (await store.write(appId, mine)) return mine
    const stored = await store.read(appId)
    if (stored && isFresh(stored)) return stored
    return publish(token, Math.max(stored?.generation ?? 0, generation) + 1)
  }

  function isFresh({ accessToken, expiresAt }: StoredToken): boolean {
    return !refused.has(accessToken) && clock.now() < expiresAt - aheadMs
  }

  return { current, replace }
}
