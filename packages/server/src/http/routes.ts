import { routes } from '@weapp-auth/protocol/contract'
import type { PublicJwk } from '../keys/signing-key.ts'
import type { BindPhone } from '../usecases/bind-phone.ts'
import type { EndSession } from '../usecases/end-session.ts'
import type { LogIn } from '../usecases/log-in.ts'
import type { LogInWithPhone } from '../usecases/log-in-with-phone.ts'
import type { ReadMe } from '../usecases/read-me.ts'
import type { ReadPhones } from '../usecases/read-phones.ts'
import type { RotateSession } from '../usecases/rotate-session.ts'
import type { Guard } from './guard.ts'
import { json, nothing } from './read-request.ts'
import { guardedBy, open, type Route } from './route.ts'
import { getHealth } from './routes/get-health.ts'
import { getJwks } from './routes/get-jwks.ts'
import { getMe } from './routes/get-me.ts'
import { getMePhones } from './routes/get-me-phones.ts'
import { getReady } from './routes/get-ready.ts'
import { postLogin } from './routes/post-login.ts'
import { postLoginPhone } from './routes/post-login-phone.ts'
import { postLogout } from './routes/post-logout.ts'
import { postPhone } from './routes/post-phone.ts'
import { postToken } from './routes/post-token.ts'
import { loginPhoneSchema, loginSchema, logoutSchema, phoneSchema, tokenSchema } from './schemas.ts'

export interface RouteTools {
  readonly logIn: LogIn
  readonly logInWithPhone: LogInWithPhone
  readonly bindPhone: BindPhone
  readonly rotateSession: RotateSession
  readonly endSession: EndSession
  readonly readMe: ReadMe
  readonly readPhones: ReadPhones
  readonly publicKeys: readonly PublicJwk[]
  readonly checkStore: () => Promise<void>
  readonly guard: Guard
}

/** Public keys change by rotation only, and a new key is published before it signs. */
const cached = { 'cache-control': 'public, max-age=300' }

/** The HTTP API: method, path, body, handler. */
export function createRoutes(use: RouteTools): readonly Route[] {
  const guarded = guardedBy(use.guard)
  return [
    open('POST', routes.login, json(loginSchema), postLogin(use.logIn)),
    open('POST', routes.loginPhone, json(loginPhoneSchema), postLoginPhone(use.logInWithPhone)),
    guarded('POST', routes.phone, json(phoneSchema), postPhone(use.bindPhone)),
    open('POST', routes.token, json(tokenSchema), postToken(use.rotateSession)),
    open('POST', routes.logout, json(logoutSchema), postLogout(use.endSession)),
    guarded('GET', routes.me, nothing, getMe(use.readMe)),
    guarded('GET', routes.myPhones, nothing, getMePhones(use.readPhones)),
    open('GET', routes.jwks, nothing, getJwks(use.publicKeys), { headers: cached }),
    open('GET', routes.health, nothing, getHealth, { always: true }),
    open('GET', routes.ready, nothing, getReady(use.checkStore)),
  ]
}
