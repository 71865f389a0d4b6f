import { routes } from '@weapp-auth/protocol/contract'
import type { PublicJwk } from '../keys/signing-key.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'
import type { AvatarFiles } from '../usecases/avatar-files.ts'
import type { BindPhone } from '../usecases/bind-phone.ts'
import type { ChangeProfile } from '../usecases/change-profile.ts'
import type { CountSteps } from '../usecases/count-steps.ts'
import type { EndSession } from '../usecases/end-session.ts'
import type { EndUserSessions } from '../usecases/end-user-sessions.ts'
import type { EraseMe } from '../usecases/erase-me.ts'
import type { ExportMe } from '../usecases/export-me.ts'
import type { Introspect } from '../usecases/introspect.ts'
import type { KeepConsents } from '../usecases/keep-consents.ts'
import type { ListSessions } from '../usecases/list-sessions.ts'
import type { LogIn } from '../usecases/log-in.ts'
import type { LogInWithPhone } from '../usecases/log-in-with-phone.ts'
import type { MergeMe } from '../usecases/merge-me.ts'
import type { ProfileByOpenData } from '../usecases/profile-by-open-data.ts'
import type { ReadMe } from '../usecases/read-me.ts'
import type { ReadPhones } from '../usecases/read-phones.ts'
import type { ReceiveComponentPush } from '../usecases/receive-component-push.ts'
import type { ReceivePush } from '../usecases/receive-push.ts'
import type { RefreshByGrant } from '../usecases/refresh-by-grant.ts'
import type { RevokeToken } from '../usecases/revoke-token.ts'
import type { RotateSession } from '../usecases/rotate-session.ts'
import type { SendSms } from '../usecases/send-sms.ts'
import type { VerifySms } from '../usecases/verify-sms.ts'
import type { AuthenticateBackend } from './authenticate-backend.ts'
import { bearerOf, type Guard } from './guard.ts'
import type { HttpRequest } from './http-message.ts'
import { oauthProblem } from './oauth-problem.ts'
import { describeApi } from './openapi/openapi.ts'
import { avatarOf } from './read-avatar.ts'
import { form } from './read-form.ts'
import { pushMessage, pushQuery } from './read-push.ts'
import { json, nothing, query } from './read-request.ts'
import type { RequestLimits } from './request-limits.ts'
import { guardedBy, open, type ReadBody, type Route } from './route.ts'
import { deleteAvatar } from './routes/delete-avatar.ts'
import { deleteConsent } from './routes/delete-consent.ts'
import { deleteMe } from './routes/delete-me.ts'
import { deleteMeSession } from './routes/delete-me-session.ts'
import { getAvatar } from './routes/get-avatar.ts'
import { getHealth } from './routes/get-health.ts'
import { getJwks } from './routes/get-jwks.ts'
import { getMe } from './routes/get-me.ts'
import { getMeConsents } from './routes/get-me-consents.ts'
import { getMeExport } from './routes/get-me-export.ts'
import { getMeMerges } from './routes/get-me-merges.ts'
import { getMePhones } from './routes/get-me-phones.ts'
import { getMeSessions } from './routes/get-me-sessions.ts'
import { getMetrics, type MetricsSource } from './routes/get-metrics.ts'
import { getOauthMetadata } from './routes/get-oauth-metadata.ts'
import { getOpenapi } from './routes/get-openapi.ts'
import { getReady } from './routes/get-ready.ts'
import { getReference } from './routes/get-reference.ts'
import { getWechatAccessToken } from './routes/get-wechat-access-token.ts'
import { getWechatPush } from './routes/get-wechat-push.ts'
import { postAvatar } from './routes/post-avatar.ts'
import { postConsent } from './routes/post-consent.ts'
import { postIntrospect } from './routes/post-introspect.ts'
import { postLogin } from './routes/post-login.ts'
import { postLoginPhone } from './routes/post-login-phone.ts'
import { postLogout } from './routes/post-logout.ts'
import { postLogoutAll } from './routes/post-logout-all.ts'
import { postMeMerge } from './routes/post-me-merge.ts'
import { postMeMergeCode } from './routes/post-me-merge-code.ts'
import { postMeMergePreview } from './routes/post-me-merge-preview.ts'
import { postMeMergeUndo } from './routes/post-me-merge-undo.ts'
import { postOauthToken } from './routes/post-oauth-token.ts'
import { postPhone } from './routes/post-phone.ts'
import { postProfile } from './routes/post-profile.ts'
import { postProfileOpenData } from './routes/post-profile-open-data.ts'
import { postRevoke } from './routes/post-revoke.ts'
import { postSms } from './routes/post-sms.ts'
import { postSmsVerify } from './routes/post-sms-verify.ts'
import { postSteps } from './routes/post-steps.ts'
import { postToken } from './routes/post-token.ts'
import { postWechatComponent } from './routes/post-wechat-component.ts'
import { postWechatPush } from './routes/post-wechat-push.ts'
import {
  appIdQuerySchema,
  consentHistorySchema,
  consentSchema,
  erasureSchema,
  grantFormSchema,
  historySchema,
  loginPhoneSchema,
  loginSchema,
  logoutAllSchema,
  logoutSchema,
  mergePreviewSchema,
  mergeSchema,
  mergeUndoSchema,
  phoneSchema,
  profileOpenDataSchema,
  profileSchema,
  smsSchema,
  smsVerifySchema,
  stepsSchema,
  tokenFormSchema,
  tokenSchema,
} from './schemas.ts'

export interface RouteTools {
  readonly logIn: LogIn
  readonly logInWithPhone: LogInWithPhone
  readonly bindPhone: BindPhone
  readonly sendSms: SendSms
  readonly verifySms: VerifySms
  readonly rotateSession: RotateSession
  readonly endSession: EndSession
  readonly changeProfile: ChangeProfile
  readonly profileByOpenData: ProfileByOpenData
  readonly avatarFiles: AvatarFiles
  /** Bytes of an avatar. */
  readonly maxAvatar: number
  readonly keepConsents: KeepConsents
  readonly exportMe: ExportMe
  readonly eraseMe: EraseMe
  readonly mergeMe: MergeMe
  readonly countSteps: CountSteps
  readonly readMe: ReadMe
  readonly readPhones: ReadPhones
  readonly listSessions: ListSessions
  readonly endUserSessions: EndUserSessions
  readonly backend: AuthenticateBackend
  readonly introspect: Introspect
  readonly revokeToken: RevokeToken
  readonly refreshByGrant: RefreshByGrant
  readonly wechat: WechatPlatform
  readonly receivePush: ReceivePush
  readonly receiveComponentPush: ReceiveComponentPush
  readonly issuer: string
  readonly publicKeys: () => readonly PublicJwk[]
  readonly metrics: MetricsSource | undefined
  readonly checkReady: () => Promise<void>
  readonly guard: Guard
  readonly limits: RequestLimits
  /** The operators' API; empty: there is none. */
  readonly admin: readonly Route[]
}

/**
 * The questions of an orchestrator or a balancer are not counted: all of its probes may come by one address, and a
 * refusal would take the server away from its users just when many ask. They cost next to nothing.
 */
const probe = { uncounted: true, rank: 'always' } as const
const oauth = { refusal: oauthProblem }
/** Public keys change by rotation only, and a new key is published before it signs. */
const cached = { 'cache-control': 'public, max-age=300' }

const appOf = ({ appId }: { readonly appId: string }) => appId

const bearer: ReadBody<string> = async request => bearerOf(request)
const readErasure = query(erasureSchema)
const erasure: ReadBody<{ accessToken: string; nonce: string }> = Object.assign(
  async (request: HttpRequest) => ({ accessToken: bearerOf(request), ...(await readErasure(request)) }),
  readErasure,
)

/** The HTTP API: method, path, body, handler. */
export function createRoutes(use: RouteTools): readonly Route[] {
  const guarded = guardedBy(use.guard, use.limits)
  const { perApp } = use.limits
  const metadata = getOauthMetadata(use.issuer)
  const table: readonly Route[] = [
    open('POST', routes.login, perApp(json(loginSchema)), postLogin(use.logIn), { rank: 'login', appOf }),
    open('POST', routes.loginPhone, perApp(json(loginPhoneSchema)), postLoginPhone(use.logInWithPhone), {
      rank: 'login',
      appOf,
    }),
    guarded('POST', routes.phone, json(phoneSchema), postPhone(use.bindPhone), 'phone'),
    guarded('POST', routes.sms, json(smsSchema), postSms(use.sendSms), 'phone'),
    guarded('POST', routes.smsVerify, json(smsVerifySchema), postSmsVerify(use.verifySms), 'phone'),
    open('POST', routes.token, json(tokenSchema), postToken(use.rotateSession)),
    open('POST', routes.logout, json(logoutSchema), postLogout(use.endSession)),
    guarded('POST', routes.logoutAll, json(logoutAllSchema), postLogoutAll(use.endUserSessions)),
    open('POST', routes.steps, json(stepsSchema), postSteps(use.countSteps), { rank: 'count', appOf }),
    open('GET', routes.me, bearer, getMe(use.readMe)),
    open('DELETE', routes.me, erasure, deleteMe(use.eraseMe)),
    guarded('GET', routes.myExport, nothing, getMeExport(use.exportMe)),
    guarded('POST', routes.profile, json(profileSchema), postProfile(use.changeProfile)),
    guarded('POST', routes.profileOpenData, json(profileOpenDataSchema), postProfileOpenData(use.profileByOpenData)),
    guarded('POST', routes.avatar, avatarOf(use.maxAvatar), postAvatar(use.changeProfile)),
    guarded('DELETE', routes.avatar, nothing, deleteAvatar(use.changeProfile)),
    open('GET', routes.avatarFile, nothing, getAvatar(use.avatarFiles)),
    guarded('POST', routes.consents, json(consentSchema), postConsent(use.keepConsents)),
    guarded('DELETE', routes.consent, nothing, deleteConsent(use.keepConsents)),
    guarded('GET', routes.myConsents, query(consentHistorySchema), getMeConsents(use.keepConsents)),
    guarded('GET', routes.myPhones, query(historySchema), getMePhones(use.readPhones)),
    guarded('GET', routes.mySessions, nothing, getMeSessions(use.listSessions)),
    guarded('DELETE', routes.mySession, nothing, deleteMeSession(use.endUserSessions)),
    guarded('POST', routes.mergeCode, nothing, postMeMergeCode(use.mergeMe)),
    guarded('POST', routes.mergePreview, json(mergePreviewSchema), postMeMergePreview(use.mergeMe)),
    guarded('POST', routes.myMerges, json(mergeSchema), postMeMerge(use.mergeMe)),
    guarded('GET', routes.myMerges, query(historySchema), getMeMerges(use.mergeMe)),
    guarded('POST', routes.mergeUndo, json(mergeUndoSchema), postMeMergeUndo(use.mergeMe)),
    open('POST', routes.introspect, form(tokenFormSchema), postIntrospect(use.backend, use.introspect), oauth),
    open('POST', routes.revoke, form(tokenFormSchema), postRevoke(use.backend, use.revokeToken), oauth),
    open('POST', routes.oauthToken, form(grantFormSchema), postOauthToken(use.refreshByGrant), oauth),
    open('GET', routes.wechatAccessToken, query(appIdQuerySchema), getWechatAccessToken(use.backend, use.wechat)),
    open('GET', routes.wechatPush, pushQuery, getWechatPush(use.receivePush)),
    open('POST', routes.wechatPush, pushMessage, postWechatPush(use.receivePush)),
    open('POST', routes.wechatComponent, pushMessage, postWechatComponent(use.receiveComponentPush)),
    open('GET', routes.oauthMetadata, nothing, metadata, { headers: cached }),
    open('GET', routes.openidConfiguration, nothing, metadata, { headers: cached }),
    open('GET', routes.jwks, nothing, getJwks(use.publicKeys), { headers: cached }),
    ...use.admin,
    ...(use.metrics
      ? [open('GET', routes.metrics, nothing, getMetrics(use.metrics), { always: true, rank: 'always' })]
      : []),
    open('GET', routes.health, nothing, getHealth, { always: true, ...probe }),
    open('GET', routes.ready, nothing, getReady(use.checkReady), probe),
    open(
      'GET',
      routes.openapi,
      nothing,
      getOpenapi(() => describe()),
      { always: true, headers: cached },
    ),
    open(
      'GET',
      routes.reference,
      nothing,
      getReference(() => describe()),
      { always: true },
    ),
  ]
  const describe = once(() => describeApi(table, use.issuer))
  return table
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
