// Reads better whole: what people do in the soak, and what must come of it.
import { randomBytes } from 'node:crypto'
import type {
  LoginAnswer,
  MeAnswer,
  PhoneAnswer,
  ProfileAnswer,
  SmsAnswer,
  TokenAnswer,
} from '@weapp-auth/protocol/contract'
import { encryptPush, pushSignature } from '@weapp-auth/protocol/wechat'
import { phonePayload } from '../load/phone-payload.ts'
import { userOf } from '../on-disk/user-of.ts'
import { app, loginCode, openIdOf, phoneCode, phoneNumberOf } from '../world.ts'
import type { Call } from './caller.ts'
import { backend, push } from './soak-settings.ts'

/** Somebody who is logged in, and what the server must know of them. */
export interface Guest {
  /** The n-th user of the file, or one beyond. */
  readonly n: number
  readonly id: string
  readonly loginId: string
  access: string
  refresh: string
  number: string | null
  nickname: string | null
}

export interface ActTools {
  readonly call: Call
  /** The code that was sent to this number. */
  readonly smsCode: (number: string) => Promise<string | undefined>
  /** Another number each time. */
  readonly serial: () => number
}

const nonce = (): string => randomBytes(16).toString('base64url')

function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`the answer was wrong: ${rule}`)
}

export function createActs({ call, smsCode, serial }: ActTools) {
  /** Half a thousand million numbers that nobody in the file has. */
  const newNumber = () => phoneNumberOf(500_000_000 + (serial() % 499_000_000))
  const inE164 = (number: string | null) => (number === null ? null : `+86${number}`)

  async function logIn(n: number, known: Pick<Guest, 'number' | 'nickname'> | null): Promise<Guest> {
    const json = { appId: app.appId, code: loginCode(userOf(n), serial()), nonce: nonce() }
    const { user, created, tokens, loginId } = await call<LoginAnswer>({ method: 'POST', path: '/v1/login', json })
    must(created === (known === null), `"created" of user ${n}`)
    if (known) must((user.phone?.number ?? null) === inE164(known.number), `the number of user ${n} who returned`)
    if (known) must(user.profile.nickname === known.nickname, `the nickname of user ${n} who returned`)
    const { accessToken: access, refreshToken: refresh } = tokens
    return {
      n,
      id: user.id,
      loginId,
      access,
      refresh,
      number: known?.number ?? null,
      nickname: known?.nickname ?? null,
    }
  }

  async function givePhone(guest: Guest, number: string, path: string, json: object): Promise<void> {
    const answer = await call<PhoneAnswer>({
      method: 'POST',
      path,
      token: guest.access,
      json: { ...json, nonce: nonce() },
    })
    must(answer.change === (guest.number === null ? 'bound' : 'replaced'), '"change" of another number')
    must(answer.phone.number === inE164(number), 'the number that was given')
    guest.number = number
  }

  const acts = {
    async me(guest: Guest) {
      const { user } = await call<MeAnswer>({ method: 'GET', path: '/v1/me', token: guest.access })
      must(user.id === guest.id, 'who I am')
      must((user.phone?.number ?? null) === inE164(guest.number), 'my number')
      must(user.profile.nickname === guest.nickname, 'my nickname')
    },
    async phoneByCode(guest: Guest) {
      const number = newNumber()
      await givePhone(guest, number, '/v1/phone', { code: phoneCode(number, serial()) })
    },
    async phoneByData(guest: Guest) {
      const number = newNumber()
      await givePhone(guest, number, '/v1/phone', { ...phonePayload(userOf(guest.n), number), loginId: guest.loginId })
    },
    async phoneBySms(guest: Guest) {
      const number = newNumber()
      const json = { number: `+86${number}`, nonce: nonce() }
      const { smsId } = await call<SmsAnswer>({ method: 'POST', path: '/v1/sms', token: guest.access, json })
      const code = await smsCode(`+86${number}`)
      must(code !== undefined, 'a message was sent')
      await givePhone(guest, number, '/v1/sms/verify', { smsId, code })
    },
    async refresh(guest: Guest) {
      const json = { refreshToken: guest.refresh, nonce: nonce() }
      const { tokens } = await call<TokenAnswer>({ method: 'POST', path: '/v1/token', json })
      guest.access = tokens.accessToken
      guest.refresh = tokens.refreshToken
    },
    async introspect(guest: Guest, active = true) {
      const authorization = `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}`
      const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
      const text = `token=${encodeURIComponent(guest.access)}`
      const answer = await call<{ active: boolean }>({ method: 'POST', path: '/v1/introspect', text, headers })
      must(answer.active === active, '"active"')
    },
    async changeProfile(guest: Guest) {
      const nickname = `Guest ${serial()}`
      const { user } = await call<ProfileAnswer>({
        method: 'POST',
        path: '/v1/profile',
        token: guest.access,
        json: { nickname },
      })
      must(user.profile.nickname === nickname, 'the nickname that was given')
      guest.nickname = nickname
    },
  }

  return {
    acts,
    logIn,
    async logOut(guest: Guest) {
      const json = { refreshToken: guest.refresh }
      await call({ method: 'POST', path: '/v1/logout', json, status: 204 })
      await acts.introspect(guest, false)
    },
    /** WeChat tells, encrypted, that the user took the phone number back. */
    async takePhoneBack(guest: Guest) {
      const seconds = Math.floor(Date.now() / 1000)
      const message = JSON.stringify({
        ToUserName: 'gh_soak',
        FromUserName: openIdOf(userOf(guest.n)),
        CreateTime: seconds,
        MsgType: 'event',
        Event: 'user_authorization_revoke',
        OpenID: openIdOf(userOf(guest.n)),
        AppID: app.appId,
        RevokeInfo: '8',
      })
      const { token, encodingAesKey } = push
      const encrypt = encryptPush({ encodingAesKey, appId: app.appId, message, random: randomBytes(16) })
      const stamp = { timestamp: String(seconds), nonce: nonce() }
      const signature = pushSignature({ token, ...stamp, encrypt })
      const query = new URLSearchParams({ ...stamp, msg_signature: signature })
      await call({ method: 'POST', path: `/v1/wechat/push/${app.appId}?${query}`, json: { Encrypt: encrypt } })
    },
  }
}

export type ActName = keyof ReturnType<typeof createActs>['acts']
