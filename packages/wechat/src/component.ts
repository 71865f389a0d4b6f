import {
  type AppCredentials,
  type AuthorizerToken,
  authorizerTokenRequest,
  type ComponentAuthorization,
  componentCodeToSessionRequest,
  componentTokenRequest,
  queryAuthRequest,
  readAuthorizerToken,
  readComponentAuthorization,
  readComponentToken,
  WechatFault,
} from '@weapp-auth/protocol/wechat'
import type { AccessToken, AccessTokenTools } from './access-token.ts'
import { refusalFault } from './refusal-fault.ts'
import type { Send } from './send.ts'
import { type AppTools, withAccessToken } from './wechat-tools.ts'

/** A third-party platform (第三方平台): its app id and secret on the open platform, and what it was granted. */
export interface Component extends AppCredentials {
  readonly grants: ComponentGrants
}

/**
 * What a third-party platform receives from WeChat and keeps, sealed, where all its processes find it. What a method
 * rejects with is what the call that needed it rejects with.
 */
export interface ComponentGrants {
  /** The newest component_verify_ticket, which WeChat pushes every ten minutes; null before the first. */
  readTicket(): Promise<string | null>
  /** The authorizer_refresh_token of a mini program, from its authorization; null when it never authorized. */
  readRefreshToken(appId: string): Promise<string | null>
  /**
   * WeChat answered a new refresh token. Race: replaces `former` and nothing else, so that an authorization renewed
   * meanwhile stays. Called again before the next use until it has resolved once.
   */
  replaceRefreshToken(appId: string, tokens: { readonly former: string; readonly refreshToken: string }): Promise<void>
}

interface ComponentTools {
  readonly send: Send
  readonly deadline: () => number
  readonly clock: { now(): number }
  /** Keeps the token of this app id. */
  readonly keep: (appId: string, ask: AccessTokenTools['ask']) => AccessToken
}

/** Acts for the mini programs that authorized the platform. */
export function createComponent({ appId: componentAppId, secret, grants }: Component, tools: ComponentTools) {
  const { send, deadline, clock, keep } = tools
  const token = keep(componentAppId, askForToken)

  async function askForToken() {
    const api = 'componentToken'
    const ticket = await grants.readTicket()
    if (!ticket)
      throw missing(
        'misconfigured',
        api,
        'WeChat has not pushed a component_verify_ticket yet; it does every ten minutes',
      )
    const request = componentTokenRequest({ appId: componentAppId, secret }, ticket)
    const call = { api, appId: componentAppId, request, read: readComponentToken }
    const reply = await send({ ...call, spends: false, repeatLost: true, deadline: deadline() })
    if (reply.status === 'refused') throw refusalFault(api, reply.refusal, clock.now())
    const { componentAccessToken, expiresInSeconds } = reply.value
    return { accessToken: componentAccessToken, expiresInSeconds }
  }

  function authorizer(appId: string): Pick<AppTools, 'askForSession' | 'token'> {
    /** A refresh token that could not be kept yet. */
    let unkept: { readonly former: string; readonly refreshToken: string } | null = null

    async function keepRefreshToken(): Promise<void> {
      if (!unkept) return
      await grants.replaceRefreshToken(appId, unkept)
      unkept = null
    }

    async function askForAuthorizerToken(): Promise<AuthorizerToken> {
      const api = 'authorizerToken'
      await keepRefreshToken()
      const former = await grants.readRefreshToken(appId)
      if (!former)
        throw missing(
          'unauthorized',
          api,
          'the mini program has not authorized the platform: there is no refresh token',
        )
      const until = deadline()
      const reply = await withAccessToken(token, componentAccessToken => {
        const credentials = { componentAppId, componentAccessToken }
        const request = authorizerTokenRequest(credentials, { appId, refreshToken: former })
        return send({
          api,
          appId,
          request,
          read: readAuthorizerToken,
          spends: false,
          repeatLost: true,
          deadline: until,
        })
      })
      if (reply.status === 'refused') throw refusalFault(api, reply.refusal, clock.now())
      const { refreshToken } = reply.value
      if (refreshToken !== former) unkept = { former, refreshToken }
      await keepRefreshToken()
      return reply.value
    }

    return {
      token: keep(appId, askForAuthorizerToken),
      askForSession: (code, ask) =>
        withAccessToken(token, componentAccessToken =>
          ask(componentCodeToSessionRequest({ componentAppId, componentAccessToken }, appId, code)),
        ),
    }
  }

  async function authorization(code: string): Promise<AuthorizationOutcome> {
    const api = 'queryAuth'
    const until = deadline()
    const reply = await withAccessToken(token, componentAccessToken => {
      const request = queryAuthRequest({ componentAppId, componentAccessToken }, code)
      const call = { api, appId: componentAppId, request, read: readComponentAuthorization }
      return send({ ...call, spends: true, repeatLost: true, deadline: until })
    })
    if (reply.status === 'ok') return { status: 'ok', authorization: reply.value }
    const { errcode } = reply.refusal
    if (deadCodeErrcodes.includes(errcode)) return { status: 'refused', errcode }
    throw refusalFault(api, reply.refusal, clock.now())
  }

  return { authorizer, authorization }
}

/** No repetition helps: wrong or used, expired, or the authorization was withdrawn since. */
const deadCodeErrcodes = [61009, 61010, 61003]

/** What an authorization code was worth. `refused`: nothing any more; the administrator must authorize again. */
export type AuthorizationOutcome =
  | { readonly status: 'ok'; readonly authorization: ComponentAuthorization }
  | { readonly status: 'refused'; readonly errcode: number }

function missing(code: 'misconfigured' | 'unauthorized', api: string, reason: string): WechatFault {
  return new WechatFault(code, { api, cause: new Error(reason) })
}
