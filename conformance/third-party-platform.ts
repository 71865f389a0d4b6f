import type { Emulator } from '@weapp-auth/emulator'
import {
  decryptPush,
  encryptPush,
  parsePushBody,
  pushSignature,
  verifyPushSignature,
} from '@weapp-auth/protocol/wechat'
import type { Component } from '@weapp-auth/wechat'
import type { Fetch } from './stage.ts'

/** A company that runs the mini programs of shops. */
const company = { appId: 'wx00000000000000d1', secret: 'd1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1', name: 'Shop Keeper' }

/** What the company entered on the open platform for the events of its authorizations. */
const push = { token: 'OnlyForTheStories', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }

/** The company with WeChat in front of it: the emulator, and the two calls that give the platform its tokens. */
export function openThirdParty(emulator: Emulator, authorizerId: string) {
  const { components } = emulator.control
  components.put({ appId: company.appId, name: company.name })
  components.authorize(company.appId, authorizerId)
  /** What the company keeps; `ticket` comes by push. */
  const held = { ticket: null as string | null, refreshToken: 'refreshtoken@@@1' }
  /** The refresh token that WeChat takes. */
  let valid = held.refreshToken
  let rotations = 1
  const asked: string[] = []

  const component: Component = {
    appId: company.appId,
    secret: company.secret,
    grants: {
      readTicket: async () => held.ticket,
      readRefreshToken: async () => held.refreshToken,
      async replaceRefreshToken(_, { former, refreshToken }) {
        if (held.refreshToken === former) held.refreshToken = refreshToken
      },
    },
  }

  /** The route of the company as docs/third-party-platform.md shows it. */
  async function receive(request: Request): Promise<Response> {
    const query = new URL(request.url).searchParams
    const of = (name: string) => query.get(name) ?? ''
    const encrypt = parsePushBody(await request.text())?.get('encrypt') ?? ''
    const stamp = { timestamp: of('timestamp'), nonce: of('nonce'), signature: of('msg_signature') }
    if (!verifyPushSignature({ ...stamp, token: push.token, encrypt })) return new Response(null, { status: 403 })
    const { encodingAesKey } = push
    const event = parsePushBody(decryptPush({ encodingAesKey, appId: company.appId, encrypt }))
    if (event?.get('infotype') === 'component_verify_ticket') held.ticket = event.get('componentverifyticket') ?? null
    return new Response('success')
  }

  /** WeChat pushes a ticket, as it does every ten minutes. */
  function pushTicket(ticket: string, { token }: { readonly token: string } = push): Promise<Response> {
    const seconds = String(Math.floor(emulator.control.clock.now() / 1000))
    const message = `<xml><AppId><![CDATA[${company.appId}]]></AppId><CreateTime>${seconds}</CreateTime><InfoType><![CDATA[component_verify_ticket]]></InfoType><ComponentVerifyTicket><![CDATA[${ticket}]]></ComponentVerifyTicket></xml>`
    const { encodingAesKey } = push
    const encrypt = encryptPush({ encodingAesKey, appId: company.appId, message, random: new Uint8Array(16) })
    const stamp = { timestamp: seconds, nonce: '1' }
    const query = new URLSearchParams({ ...stamp, msg_signature: pushSignature({ ...stamp, token, encrypt }) })
    const body = `<xml><AppId><![CDATA[${company.appId}]]></AppId><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`
    return receive(new Request(`https://shop-keeper.example.com/wechat?${query}`, { method: 'POST', body }))
  }

  function componentToken(body: Body) {
    if (body.component_appsecret !== company.secret) return { errcode: 40125, errmsg: 'invalid appsecret' }
    if (body.component_verify_ticket !== held.ticket) return { errcode: 61006, errmsg: 'component ticket is invalid' }
    return { component_access_token: components.token(company.appId), expires_in: 7200 }
  }

  /** Every answer rotates the refresh token, and the former one is dead. */
  function authorizerToken(body: Body) {
    if (body.authorizer_refresh_token !== valid) return { errcode: 61023, errmsg: 'refresh_token is invalid' }
    rotations += 1
    valid = `refreshtoken@@@${rotations}`
    return {
      authorizer_access_token: components.authorizerToken(company.appId, authorizerId),
      expires_in: 7200,
      authorizer_refresh_token: valid,
    }
  }

  const fetch: Fetch = async request => {
    const { pathname } = new URL(request.url)
    asked.push(pathname)
    if (pathname === '/cgi-bin/component/api_component_token')
      return Response.json(componentToken(await bodyOf(request)))
    if (pathname === '/cgi-bin/component/api_authorizer_token')
      return Response.json(authorizerToken(await bodyOf(request)))
    return emulator.fetch(request)
  }

  return {
    component,
    fetch,
    held,
    pushTicket,
    countOf: (name: string) => asked.filter(path => path.endsWith(`/${name}`)).length,
    revoke: () => components.revoke(company.appId, authorizerId),
  }
}

type Body = Readonly<Record<string, unknown>>

async function bodyOf(request: Request): Promise<Body> {
  return (await request.json()) as Body
}
