import type { Device, LoginAnswer, LoginRequest } from '@weapp-auth/protocol/contract'
import type { App, Apps } from '../domain/app-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { digest, hex } from '../keys/digest.ts'
import type { IssueTokens } from '../keys/tokens.ts'
import type { Vault } from '../keys/vault.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe } from '../ports/observer.ts'
import { type Claim, type RecordLogin, StorageFault, type Store } from '../ports/store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import type { Audit } from './audit.ts'
import { createDraftLogin, type LoginFacts, type LoginUser } from './draft-login.ts'
import type { OpenUser } from './open-user.ts'
import { isLive, type Session } from './session.ts'
import { createSingleFlight } from './single-flight.ts'
import type { TellUnionIdConflict } from './tell-union-id-conflict.ts'

export interface LogInTools {
  readonly apps: Apps
  readonly store: Store
  readonly wechat: WechatPlatform
  readonly vault: Vault
  readonly openUser: OpenUser
  readonly issueTokens: IssueTokens
  readonly audit: Audit
  readonly tellUnionIdConflict: TellUnionIdConflict
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
}

interface LogInInput extends LoginRequest {
  readonly requestId: string
  /** For the list of devices. Default `unknown`. */
  readonly device?: Device
}

/** What a login brought, and the session it made. */
export interface LoggedIn {
  readonly answer: LoginAnswer
  readonly session: Session
}

export type LogIn = (input: LogInInput) => Promise<LoggedIn>

/** First logins of one user that lose to each other: the loser reads again and finds the winner's user. */
const firstLoginRaces = 3

/**
 * Logs in: WeChat exchanges the code, the user is found or created, a session begins.
 *
 * A code works once. A retry of the same attempt (same code, same nonce) gets the session of the first one again, for
 * as long as nobody has used its refresh token; any other use of the code is `code_consumed`.
 */
export function createLogIn(tools: LogInTools): LogIn {
  const { apps, store, wechat, vault, openUser, issueTokens, audit, tellUnionIdConflict, clock, tell } = tools
  const draftLogin = createDraftLogin(tools)
  const fly = createSingleFlight<LoggedIn>()

  return async function logIn(input) {
    const app = apps.get(input.appId)
    if (!app) throw new ProblemError('app_unknown', { field: 'appId' })
    const claim: Claim = {
      kind: 'login-code',
      appId: app.appId,
      hash: digest('login-code', app.appId, input.code),
      attempt: digest('login', input.nonce),
      until: clock.now() + limits.spentCode,
    }
    return fly({
      key: hex(claim.hash),
      attempt: hex(claim.attempt),
      start: () => exchange(app, claim, input),
      late: () => new ProblemError('code_consumed'),
    })
  }

  async function exchange(app: App, claim: Claim, input: LogInInput): Promise<LoggedIn> {
    const { code, requestId, device = 'unknown' } = input
    const outcome = await wechat.codeToSession({ appId: app.appId, code, requestId })
    if (outcome.status === 'ok') return record(app, { claim, device, wechatSession: outcome.session }, requestId)
    if (outcome.status === 'user-blocked') throw new ProblemError('user_blocked')
    // Perhaps it was us who spent it, and our answer was lost on the way.
    const earlier = await store.findClaimedLogin(claim)
    if (earlier) return resume(hex(earlier.attempt) === hex(claim.attempt), earlier.login.id, earlier.login.sessionId)
    throw new ProblemError(outcome.status === 'code-used' ? 'code_consumed' : 'code_invalid')
  }

  async function record(app: App, facts: LoginFacts, requestId: string): Promise<LoggedIn> {
    for (let race = 0; race < firstLoginRaces; race += 1) {
      const { user, login } = await draftLogin(app, facts)
      const outcome = await store.recordLogin(login)
      if (outcome.status === 'user-exists') continue
      if (outcome.status === 'blocked') throw new ProblemError('account_blocked')
      if (outcome.status === 'code-spent') return resume(outcome.sameAttempt, outcome.loginId, outcome.sessionId)
      report(login, requestId)
      const { appId, openId } = login
      const userId = login.user.id
      if (outcome.unionIdOf !== undefined)
        await tellUnionIdConflict({ requestId, appId, userId, otherUserId: outcome.unionIdOf })
      if (user.joined)
        await audit.append({ actor: 'server', act: 'identity-joined', appId, subject: userId, details: {} })
      const session = { id: login.session.id, userId, appId, openId, counter: 0 }
      return answer({ session, user, loginId: login.loginId })
    }
    throw new StorageFault('busy')
  }

  /** The first answer again, unless somebody has gone on with it: then the code counts like every other used one. */
  async function resume(sameAttempt: boolean, loginId: string, sessionId: string): Promise<LoggedIn> {
    const consumed = new ProblemError('code_consumed')
    if (!sameAttempt) throw consumed
    const [login, session] = await Promise.all([store.findLogin(loginId), store.findSession(sessionId)])
    if (!login || !session || session.counter > 0 || !isLive(session, clock.now())) throw consumed
    const account = await store.findAccount(session.userId)
    if (!account) throw consumed
    const created = account.user.createdAt === login.at
    const user = { account, created, joined: false, key: () => vault.openUserKey(account.user) }
    return answer({ session, user, loginId })
  }

  function answer({ session, user, loginId }: Recorded): LoggedIn {
    return {
      session,
      answer: {
        user: openUser(user.account, user.key),
        created: user.created,
        tokens: issueTokens(session),
        loginId,
      },
    }
  }

  function report({ appId, user, loginId, sessionKey }: RecordLogin, requestId: string): void {
    if (user.create) tell({ type: 'user-created', requestId, appId, userId: user.id })
    tell({ type: 'login-recorded', requestId, appId, userId: user.id, loginId, keyKept: sessionKey !== null })
  }
}

interface Recorded {
  readonly session: Session
  readonly user: LoginUser
  readonly loginId: string
}
