import type { LoginAnswer } from '@weapp-auth/protocol/contract'
import { identifyFailure } from '@weapp-auth/protocol/identify-failure'
import type { Platform } from '../platform.ts'
import type { AskServer, Refused } from './ask-server.ts'
import type { AuthStateHolder } from './auth-state.ts'
import type { Lease } from './lease.ts'
import { failure, type LoginFailure, type LoginOutcome, loggedOut } from './outcomes.ts'
import { failureText, readFailure } from './read-failure.ts'
import type { Session } from './session.ts'
import { singleFlight } from './single-flight.ts'
import { isRecent, within } from './wait.ts'

export interface SignInTools {
  readonly platform: Platform
  readonly appId: string
  readonly askServer: AskServer
  readonly session: Session
  readonly lease: Lease
  readonly state: AuthStateHolder
}

export interface SignIn {
  /** One `wx.login` at a time for any number of callers; waits while a tap holds the lease. Never rejects. */
  signIn(): Promise<LoginOutcome>
  /** The flight whose `wx.login` has been called, if there is one. */
  underWay(): Promise<LoginOutcome> | null
}

/** The platform gives `wx.login` ten seconds; a callback that has not come by now will not come. */
const loginLostAfterMs = 15_000
/** `wx.login` may be called four times a second per user; a failure is not repeated sooner than this. */
const coolDownMs = 1000

export function createSignIn({ platform, appId, askServer, session, lease, state }: SignInTools): SignIn {
  let called = false
  let failedAt = 0
  let lastFailure: LoginFailure | null = null
  let last = { code: '', nonce: '' }

  const isOut = () => state.get().session === 'out'

  const fly = singleFlight(async () => {
    const before = state.get().session
    lastFailure = null
    state.set({ session: 'logging-in', failure: null })
    const outcome = await attempt(true).catch(platformRefused)
    called = false
    if (outcome.status !== 'ready' && state.get().session === 'logging-in') {
      lastFailure = outcome
      failedAt = platform.now()
      // The session that was there before the attempt is as good as it was.
      state.set(session.stored() ? { session: before } : { session: 'failed', failure: outcome })
    }
    return outcome
  })

  async function attempt(mayRepeat: boolean): Promise<LoginOutcome> {
    while (lease.held()) await lease.over()
    if (isOut()) return loggedOut
    called = true
    const startedAt = platform.now()
    const { code } = await within(platform, loginLostAfterMs, platform.login())
    // The platform's cache for weak networks may hand out an old code again: that is still the same attempt.
    if (last.code !== code) last = { code, nonce: await platform.randomHex() }
    const body = { appId, code, nonce: last.nonce }
    const nextNonce = await platform.randomHex()
    const answer = await askServer<LoginAnswer>({ path: '/v1/login', body, mark: 'loginId' })
    if (answer.status === 'granted') return enter(answer.value, startedAt, nextNonce)
    // A code that came too late or twice is the platform's doing: a fresh one mends it, and the user does not notice.
    return mayRepeat && answer.retry === 'login' ? attempt(false) : serverRefused(answer)
  }

  function enter(answer: LoginAnswer, startedAt: number, nextNonce: string): LoginOutcome {
    const { user, tokens } = answer
    if (isOut()) {
      askServer({ path: '/v1/logout', body: { refreshToken: tokens.refreshToken } })
      return loggedOut
    }
    session.begin(answer, startedAt, nextNonce)
    state.set({ session: 'in', user, failure: null })
    return { status: 'ready', user }
  }

  return {
    signIn: () => (lastFailure && isRecent(platform, failedAt, coolDownMs) ? Promise.resolve(lastFailure) : fly()),
    underWay: () => (called ? fly() : null),
  }
}

function serverRefused({ code, retry, detail }: Refused): LoginFailure {
  if (/_blocked/.test(code)) return failure('blocked', detail)
  return failure(retry === 'later' ? 'unavailable' : 'failed', detail)
}

function platformRefused(error: unknown): LoginFailure {
  const reason = identifyFailure(Object.assign({ api: 'login' }, readFailure(error)))
  const passing = reason === 'network' || reason === 'timeout' || reason === 'busy'
  return failure(passing ? 'unavailable' : 'failed', failureText(error))
}
