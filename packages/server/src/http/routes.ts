import { routes } from '@weapp-auth/protocol/contract'
import type { PublicJwk } from '../keys/signing-key.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import type { BindPhone } from '../usecases/bind-phone.ts'
import type { EndSession } from '../usecases/end-session.ts'
import type { EndUserSessions } from '../usecases/end-user-sessions.ts'
import type { Introspect } from '../usecases/introspect.ts'
import type { ListSessions } from '../usecases/list-sessions.ts'
import type { LogIn } from '../usecases/log-in.ts'
import type { LogInWithPhone } from '../usecases/log-in-with-phone.ts'
import type { ReadMe } from '../usecases/read-me.ts'
import type { ReadPhones } from '../usecases/read-phones.ts'
import type { RefreshByGrant } from '../usecases/refresh-by-grant.ts'
import type { RevokeToken } from '../usecases/revoke-token.ts'
import type { RotateSession } from '../usecases/rotate-session.ts'
import type { AuthenticateBackend } from './authenticate-backend.ts'
import type { Guard } from './guard.ts'
import { oauthProblem } from './oauth-problem.ts'
import { form } from './read-form.ts'
import { json, nothing, query } from './read-request.ts'
import type { RequestLimits } from './request-limits.ts'
import { guardedBy, open, type Route } from './route.ts'
import { deleteMeSession } from './routes/delete-me-session.ts'
import { getHealth } from './routes/get-health.ts'
import { getJwks } from './routes/get-jwks.ts'
import { getMe } from './routes/get-me.ts'
import { getMePhones } from './routes/get-me-phones.ts'
import { getMeSessions } from './routes/get-me-sessions.ts'
import { getOauthMetadata } from './routes/get-oauth-metadata.ts'
import { getReady } from './routes/get-ready.ts'
import { getWechatAccessToken } from './routes/get-wechat-access-token.ts'
import { postIntrospect } from './routes/post-introspect.ts'
import { postLogin } from './routes/post-login.ts'
import { postLoginPhone } from './routes/post-login-phone.ts'
import { postLogout } from './routes/post-logout.ts'
import { postLogoutAll } from './routes/post-logout-all.ts'
import { postOauthToken } from './routes/post-oauth-token.ts'
import { postPhone } from './routes/post-phone.ts'
import { postRevoke } from './routes/post-revoke.ts'
import { postToken } from './routes/post-token.ts'
import {
  appIdQuerySchema,
  grantFormSchema,
  loginPhoneSchema,
  loginSchema,
  logoutAllSchema,
  logoutSchema,
  phoneSchema,
  tokenFormSchema,
  tokenSchema,
} from './schemas.ts'

export interface RouteTools {
  readonly logIn: LogIn
  readonly logInWithPhone: LogInWithPhone
  readonly bindPhone: BindPhone
  readonly rotateSession: RotateSession
  readonly endSession: EndSession
  readonly readMe: ReadMe
  readonly readPhones: ReadPhones
  readonly listSessions: ListSessions
  readonly endUserSessions: EndUserSessions
  readonly backend: AuthenticateBackend
  readonly introspect: Introspect
  readonly revokeToken: RevokeToken
  readonly refreshByGrant: RefreshByGrant
  readonly wechat: WechatPlatform
  readonly issuer: string
  readonly publicKeys: readonly PublicJwk[]
  readonly checkStore: () => Promise<void>
  readonly guard: Guard
  readonly limits: RequestLimits
}

const oauth = { refusal: oauthProblem }
/** Public keys change by rotation only, and a new key is published before it signs. */
const cached = { 'cache-control': 'public, max-age=300' }

/** The HTTP API: method, path, body, handler. */
export function createRoutes(use: RouteTools): readonly Route[] {
  const guarded = guardedBy(use.guard, use.limits)
  const { perApp } = use.limits
  const metadata = getOauthMetadata(use.issuer)
  return [
    open('POST', routes.login, perApp(json(loginSchema)), postLogin(use.logIn)),
    open('POST', routes.loginPhone, perApp(json(loginPhoneSchema)), postLoginPhone(use.logInWithPhone)),
    guarded('POST', routes.phone, json(phoneSchema), postPhone(use.bindPhone)),
    open('POST', routes.token, json(tokenSchema), postToken(use.rotateSession)),
    open('POST', routes.logout, json(logoutSchema), postLogout(use.endSession)),
    guarded('POST', routes.logoutAll, json(logoutAllSchema), postLogoutAll(use.endUserSessions)),
    guarded('GET', routes.me, nothing, getMe(use.readMe)),
    guarded('GET', routes.myPhones, nothing, getMePhones(use.readPhones)),
    guarded('GET', routes.mySessions, nothing, getMeSessions(use.listSessions)),
    guarded('DELETE', routes.mySession, nothing, deleteMeSession(use.endUserSessions)),
    open('POST', routes.introspect, form(tokenFormSchema), postIntrospect(use.backend, use.introspect), oauth),
    open('POST', routes.revoke, form(tokenFormSchema), postRevoke(use.backend, use.revokeToken), oauth),
    open('POST', routes.oauthToken, form(grantFormSchema), postOauthToken(use.refreshByGrant), oauth),
    open('GET', routes.wechatAccessToken, query(appIdQuerySchema), getWechatAccessToken(use.backend, use.wechat)),
    open('GET', routes.oauthMetadata, nothing, metadata, { headers: cached }),
    open('GET', routes.openidConfiguration, nothing, metadata, { headers: cached }),
    open('GET', routes.jwks, nothing, getJwks(use.publicKeys), { headers: cached }),
    open('GET', routes.health, nothing, getHealth, { always: true }),
    open('GET', routes.ready, nothing, getReady(use.checkStore)),
  ]
}
