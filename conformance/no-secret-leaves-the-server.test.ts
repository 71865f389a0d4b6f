import { createHmac } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createEmulator } from '@weapp-auth/emulator'
import {
  adminRoutes,
  consoleHeader,
  type InvitationAnswer,
  type JoinAnswer,
  routes,
} from '@weapp-auth/protocol/contract'
import { rawDataSignature } from '@weapp-auth/protocol/wechat'
import { createServer, generateKeyring, type ServerEvent, type SmsMessage, type SmsOutcome } from '@weapp-auth/server'
import { createMetrics } from '@weapp-auth/server/metrics'
import { createPasskeys } from '@weapp-auth/server/passkeys'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import { createSealedTokenStore, createWechat } from '@weapp-auth/wechat'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRequestLog } from 'weapp-auth'

/*
 * Canaries: everything secret or personal is planted, every route is asked, in success and in failure, and then all
 * that the server said, told, logged, counted and stored is searched, in every spelling that could be turned back.
 */

const app = { appId: 'wx00000000000000a1', secret: 'c0ffee00c0ffee11c0ffee22c0ffee33', name: 'Corner Shop' }
const origin = 'https://auth.example.com'
const backend = { id: 'orders', secret: 'canary-of-the-backend/+=0123456789', wechatAccessToken: [app.appId] }
const metricsToken = 'canary-of-the-metrics-0123456789'
const operator = { name: 'chen', token: 'canary-of-the-operator-0123456789abcdef', role: 'admin' } as const
const added = { appId: 'wx00000000000000b2', secret: 'decade00decade11decade22decade33' }
const push = { token: 'CanaryOfThePushToken01', encodingAesKey: 'CanaryOfTheEncodingAesKeyCanaryOfTheEncodin' }
const lin = { id: 'lin', name: 'Lin', phones: [{ number: '13812345678' }, { number: '13987654321' }] }
const mo = { id: 'mo', name: 'Mo', phones: [{ number: '13711112222' }] }
const typed = '13655556666'
const nickname = '金丝雀小林'
const noon = Date.UTC(2026, 10, 21, 4)
const minute = 60_000
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** One answer, and who asked for it. */
interface Answer {
  readonly who: 'lin' | 'mo' | 'nobody' | 'backend' | 'operator'
  readonly route: string
  readonly status: number
  readonly text: string
  readonly body: Readonly<Record<string, unknown>> | null
}

type Secrets = Readonly<Record<string, readonly RegExp[]>>

/** Any of these in a text is the secret itself. */
function spellings(secret: string): readonly RegExp[] {
  const bytes = Buffer.from(secret)
  const everyByte = [...bytes].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const escaped = [...secret].map(char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const plain = [secret, bytes.toString('latin1'), JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]
  const anyCase = [bytes.toString('hex'), everyByte, escaped]
  return [...[...plain, ...base64Of(bytes)].map(text => literal(text)), ...anyCase.map(text => literal(text, 'i'))]
}

/** How the bytes look inside of a longer text in Base64 or Base64URL, wherever they begin. */
function base64Of(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap(shift => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '')
    const certain = text.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + bytes.length) * 4) / 3))
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function literal(text: string, flags = ''): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'), flags)
}

/** A mainland number: as it stands, grouped, and masked so lightly that trying out gives it back. */
function phoneSpellings(national: string): readonly RegExp[] {
  const [head, middle, tail] = [national.slice(0, 3), national.slice(3, 7), national.slice(7)]
  const grouped = [' ', '-', '.', '_', '/'].map(gap => `${head}${gap}${middle}${gap}${tail}`)
  const e164 = [`+86${national}`, `+86 ${national}`].flatMap(spellings)
  return [national, ...grouped]
    .flatMap(spellings)
    .concat(e164, [
      new RegExp(`${head}[*x•]{1,5}${tail}`, 'i'),
      new RegExp(`${head}${middle}[*x•]{1,4}`, 'i'),
      new RegExp(`[*x•]{2,}${middle}${tail}`, 'i'),
    ])
}

/** Six digits that stand alone: among the digits of a time they mean nothing. */
function codeSpellings(code: string): readonly RegExp[] {
  return [new RegExp(`(?<![0-9A-Za-z.])${code}(?![0-9A-Za-z])`), literal(Buffer.from(code).toString('hex'))]
}

/** Base32 without padding (RFC 4648, section 6). */
function base32Bytes(text: string): Buffer {
  const bits = [...text]
    .map(char => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
}

/** What an authenticator app shows (RFC 6238). */
function totp(secret: string, now: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const hash = createHmac('sha1', base32Bytes(secret)).update(counter).digest()
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

function found(text: string, secrets: Secrets): readonly string[] {
  return Object.entries(secrets).flatMap(([name, forms]) => (forms.some(form => form.test(text)) ? [name] : []))
}

async function play() {
  const folder = await mkdtemp(join(tmpdir(), 'weapp-auth-canary-'))
  let now = noon
  const clock = { now: () => now }
  const emulator = createEmulator({ apps: [app], people: [lin, mo], clock })
  const heard: string[] = []
  const asked: string[] = []
  const refusals: ((url: string) => Error)[] = []
  const lines: string[] = []
  const events: ServerEvent[] = []
  const upstream: unknown[] = []
  const answers: Answer[] = []
  const messages: SmsMessage[] = []
  const smsFailures: ((message: SmsMessage) => Error)[] = []
  const planted = new Map<string, readonly RegExp[]>()
  const plant = (name: string, forms: readonly RegExp[]) => planted.set(name, [...(planted.get(name) ?? []), ...forms])

  const log = createRequestLog('trace', { write: line => void lines.push(line) })
  const metrics = createMetrics()
  const store = createSqliteStore({ database: new Database(join(folder, 'auth.sqlite')), observe: metrics.commit })
  const keys = generateKeyring()
  const root = keys.root.keys[0]
  if (!root) throw new Error('no root key')
  const wechat = createWechat({
    apps: [app],
    clock,
    tokens: createSealedTokenStore({ table: store, key: root.secret }),
    async fetch(request) {
      asked.push(request.url)
      const refusal = refusals.shift()
      if (refusal) throw refusal(request.url)
      const response = await emulator.fetch(request)
      heard.push(await response.clone().text())
      return response
    },
    observe(event) {
      upstream.push(event)
      log.upstream(event)
      metrics.upstream(event)
    },
  })
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const server = createServer({
    apps: [
      {
        ...{ appId: app.appId, name: app.name, openData: 'enforce', phoneConflict: 'reject', sms: 'on', push },
        legacy: { formats: ['000', '001', '002', '003a', '003b', '004'] },
      },
    ],
    backends: [backend],
    operators: [operator],
    console: { origin, passkeys: createPasskeys() },
    store,
    wechat,
    keys,
    clock,
    issuer: origin,
    avatars: {
      storage: {
        put: async (key, bytes) => void files.set(key, new Uint8Array(bytes)),
        get: async key => files.get(key) ?? null,
        async delete(key) {
          throw new Error(`cannot delete ${key}`)
        },
      },
    },
    sms: {
      name: 'canary',
      async send(message): Promise<SmsOutcome> {
        messages.push(message)
        plant('SMS code', codeSpellings(message.code))
        const failure = smsFailures.shift()
        if (failure) throw failure(message)
        return { status: 'sent', messageId: 'message-1' }
      },
    },
    metrics: { read: metrics.read, token: metricsToken },
    observe(event) {
      events.push(event)
      log.server(event)
      metrics.server(event)
    },
  })

  const nonce = (() => {
    let count = 0
    return () => {
      count += 1
      const text = `canary-nonce-${String(count).padStart(4, '0')}`
      plant('nonce', spellings(text))
      return text
    }
  })()

  async function send(who: Answer['who'], path: string, init: RequestInit = {}, route = path): Promise<Answer> {
    const headers = new Headers(init.headers)
    headers.set('referer', `https://servicewechat.com/${app.appId}/7/page-frame.html`)
    const response = await server.fetch(new Request(`${origin}${path}`, { ...init, headers }), { ip: '203.0.113.7' })
    const whole = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const text = inspect([...response.headers]) + whole
    const answer = { who, route, status: response.status, text, body: isJson ? JSON.parse(whole) : null }
    answers.push(answer)
    return answer
  }
  const bearer = (token = '') => ({ authorization: `Bearer ${token}` })
  const post = (who: Answer['who'], path: string, body: object, token?: string) =>
    send(who, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : bearer(token)) },
      body: JSON.stringify(body),
    })
  const form = (path: string, body: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) =>
    send('backend', path, { method: 'POST', headers, body: new URLSearchParams(body) })

  const phones = { lin: emulator.wx('lin', app.appId), mo: emulator.wx('mo', app.appId) }
  const codeOf = async (who: 'lin' | 'mo') => {
    const { code = '' } = (await phones[who].wx.login()) as { code?: string }
    plant('code', spellings(code))
    return code
  }
  const tap = async (who: 'lin' | 'mo', phone = 0) => {
    phones[who].decide({ decision: 'allow', phone })
    const { code = '', encryptedData = '', iv = '' } = await phones[who].tapPhoneButton()
    plant('code', spellings(code))
    plant('ciphertext', [...spellings(encryptedData), ...spellings(iv)])
    return { code, encryptedData, iv }
  }
  const logIn = async (who: 'lin' | 'mo') => {
    const login = { appId: app.appId, code: await codeOf(who), nonce: nonce() }
    const { body } = await post(who, routes.login, login)
    const { tokens, loginId, user } = body as {
      tokens: { accessToken: string; refreshToken: string }
      loginId: string
      user: { id: string }
    }
    return { login, loginId, userId: user.id, token: tokens.accessToken, refreshToken: tokens.refreshToken }
  }
  phones.lin.show()
  phones.mo.show()

  // The login, its repeats and its failures.
  const first = await logIn('lin')
  await post('lin', routes.login, first.login)
  await post('lin', routes.login, { ...first.login, nonce: nonce() })
  await post('nobody', routes.login, { ...first.login, code: 'never-issued' })
  for (const broken of [
    (url: string) => new TypeError(`fetch failed: ${url}`, { cause: new Error(url) }),
    (url: string) => Object.assign(new Error(`reset\n    at ${url}`), { name: `Error at ${url}`, url }),
  ]) {
    refusals.push(broken, broken, broken)
    await post('nobody', routes.login, { appId: app.appId, code: await codeOf('mo'), nonce: nonce() })
    refusals.length = 0
  }
  const second = await logIn('mo')

  // Both ways of the phone, and the one-time code.
  const { code, ...sealed } = await tap('lin')
  await post('lin', routes.phone, { code, nonce: nonce() }, first.token)
  await post('lin', routes.phone, { code, nonce: nonce() }, first.token)
  await post('lin', routes.phone, { ...sealed, loginId: first.loginId, nonce: nonce() }, first.token)
  const other = await tap('lin', 1)
  const bySealed = { encryptedData: other.encryptedData, iv: other.iv, nonce: nonce() }
  await post('mo', routes.phone, { ...bySealed, loginId: second.loginId }, second.token)
  await post('lin', routes.phone, { ...bySealed, loginId: first.loginId }, first.token)
  await post('lin', routes.phone, { ...bySealed, loginId: first.loginId, nonce: nonce() }, first.token)
  await post('mo', routes.phone, { code: (await tap('lin')).code, nonce: nonce() }, second.token)
  await post('mo', routes.phone, { code: (await tap('mo')).code, nonce: nonce() }, second.token)
  smsFailures.push(({ number, code }) => Object.assign(new Error(`${number} ${code}\n    at ${number}`), { code }))
  await post('lin', routes.sms, { number: `+86${typed}`, nonce: nonce() }, first.token)
  now += 2 * minute
  const sms = await post('lin', routes.sms, { number: `+86${typed}`, nonce: nonce() }, first.token)
  const { smsId } = sms.body as { smsId: string }
  const right = messages.at(-1)?.code ?? ''
  const wrong = right === '111111' ? '222222' : '111111'
  await post('lin', routes.smsVerify, { smsId, code: wrong, nonce: nonce() }, first.token)
  await post('mo', routes.smsVerify, { smsId, code: right, nonce: nonce() }, second.token)
  await post('lin', routes.smsVerify, { smsId, code: right, nonce: nonce() }, first.token)

  // Profile, open data, consents.
  await post('lin', routes.profile, { nickname }, first.token)
  await post('lin', routes.profile, { nickname: '微信用户' }, first.token)
  await post('mo', routes.profile, { nickname: 'Mo' }, second.token)
  const upload = (who: 'lin' | 'mo', token: string) =>
    send(who, routes.avatar, { method: 'POST', headers: { 'content-type': 'image/png', ...bearer(token) }, body: png })
  const { user } = (await upload('lin', first.token)).body as { user: { profile: { avatarUrl: string } } }
  const file = new URL(user.profile.avatarUrl).pathname
  await send('lin', file, {}, routes.avatarFile)
  plant('avatar key of lin', spellings(file.slice(-32)))
  const both = { appId: app.appId, code: await codeOf('lin'), nonce: nonce(), phone: await tap('lin') }
  await post('lin', routes.loginPhone, both)
  await post('lin', routes.profile, { nickname }, first.token)
  await upload('mo', second.token)
  const rawData = JSON.stringify({ nickName: nickname, avatarUrl: '' })
  const sessionKeys = () => heard.flatMap(text => [...text.matchAll(/"session_key":"([^"]+)"/g)].map(([, one]) => one))
  const again = await logIn('lin')
  for (const key of new Set(sessionKeys())) {
    const signature = rawDataSignature(rawData, key ?? '')
    await post('lin', routes.profileOpenData, { loginId: again.loginId, rawData, signature }, again.token)
  }
  await post('lin', routes.consents, { scope: 'phone', version: 'v1', nonce: nonce() }, first.token)
  for (const path of [routes.me, routes.myPhones, routes.mySessions, routes.myConsents, routes.myExport]) {
    await send('lin', path, { headers: bearer(first.token) })
    await send('mo', path, { headers: bearer(second.token) })
    await send('nobody', path, { headers: bearer(`${first.token}x`) })
  }

  // Backends, and what they must not get.
  const basic = { authorization: `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}` }
  for (const headers of [basic, bearer(backend.secret), {}])
    for (const token of [first.token, first.refreshToken, backend.secret, `+86${typed}`])
      await form(routes.introspect, { token }, headers)
  await form(routes.introspect, { token: first.token, client_id: backend.id, client_secret: `${backend.secret}x` }, {})
  await send('backend', `${routes.wechatAccessToken}?appId=${app.appId}`, { headers: basic }, routes.wechatAccessToken)
  await send('nobody', `${routes.wechatAccessToken}?appId=${app.appId}`, {}, routes.wechatAccessToken)
  const granted = { grant_type: 'refresh_token', client_id: app.appId }
  const grant = await form(routes.oauthToken, { ...granted, refresh_token: again.refreshToken }, {})
  const successor = grant.body as { access_token: string; refresh_token: string }
  await form(routes.oauthToken, { ...granted, refresh_token: again.refreshToken }, {})
  await form(routes.revoke, { token: successor.refresh_token, client_id: app.appId }, {})
  await send('nobody', routes.metrics, { headers: bearer(`${metricsToken}x`) })
  const told = await send('backend', routes.metrics, { headers: bearer(metricsToken) })

  // Operators, and who would like to be one.
  const operate = (method: string, path: string, body?: object, places: Readonly<Record<string, string>> = {}) =>
    send(
      'operator',
      path.replace(/\{(\w+)\}/g, (_, place: string) => places[place] ?? ''),
      {
        method,
        headers: { 'content-type': 'application/json', ...bearer(operator.token) },
        body: body === undefined ? null : JSON.stringify(body),
      },
      path,
    )
  const onLin = (method: string, path: string, body?: object) => operate(method, path, body, { id: first.userId })
  const why = { reason: 'ticket 4711' }
  // Fewer than what an address is refused for.
  for (const path of [adminRoutes.operator, adminRoutes.users, adminRoutes.apps]) {
    await send('nobody', path, { headers: bearer(`${operator.token}x`) })
    await send('lin', path, { headers: bearer(first.token) })
  }
  const lists = [adminRoutes.operator, adminRoutes.users, adminRoutes.apps, adminRoutes.keys, adminRoutes.audit]
  const counts = [
    adminRoutes.consents,
    adminRoutes.funnel,
    adminRoutes.cost,
    adminRoutes.latency,
    adminRoutes.alarms,
    adminRoutes.jobs,
  ]
  for (const path of [...lists, ...counts, adminRoutes.auditVerification]) await operate('GET', path)
  const { openId } = (await store.identitiesOf(first.userId))[0] ?? { openId: '' }
  for (const q of [lin.phones[1]?.number, `+86${typed}`, openId, first.userId, '138 1234 5678'])
    await operate('POST', adminRoutes.userSearch, { q })
  await onLin('GET', adminRoutes.user)
  await onLin('POST', adminRoutes.userReveal, why)
  await onLin('POST', adminRoutes.userReveal, { reason: `${typed}\n${nickname}` })
  await onLin('POST', adminRoutes.userExport, why)
  await onLin('GET', adminRoutes.userEvents)
  await server.work()
  for (const text of [
    first.token,
    first.login.code,
    `+86${typed}`,
    lin.phones[0]?.number ?? '',
    nickname,
    'code_consumed',
  ])
    await operate('POST', adminRoutes.trace, {
      text: `{"requestId":"${text}"} ${text} getPhoneNumber:fail no permission`,
    })
  await operate('POST', adminRoutes.trace, { text: typed })
  await operate('GET', adminRoutes.traces)
  await onLin('GET', adminRoutes.userTraces)
  await onLin('POST', adminRoutes.userMergePreview, { from: second.userId })
  await onLin('POST', adminRoutes.userMerge, { from: first.userId, nonce: nonce(), ...why })
  await onLin('POST', adminRoutes.userMergeUndo, { mergeId: second.userId, ...why })
  await onLin('POST', adminRoutes.userSessionsEnd, { session: second.userId })
  const addedApp = { ...added, push }
  for (const body of [addedApp, addedApp, { ...addedApp, push: { ...push, token: push.encodingAesKey } }])
    await operate('POST', adminRoutes.apps, body)
  for (const path of [adminRoutes.appCheck, adminRoutes.appPushTest])
    for (const appId of [added.appId, app.appId]) await operate('POST', path, undefined, { appId })
  await operate('GET', adminRoutes.appPush, undefined, { appId: added.appId })
  const change = { changes: { secret: added.secret, push: null } }
  await operate('PATCH', adminRoutes.app, change, { appId: added.appId })
  await operate('PATCH', adminRoutes.app, { changes: { [added.secret]: push } }, { appId: added.appId })
  await operate('DELETE', adminRoutes.app, undefined, { appId: added.appId })
  await operate('DELETE', adminRoutes.app, undefined, { appId: added.secret })

  // People who sign in to the console, and who would like to.
  let cookie = ''
  const visit = async (method: string, path: string, body?: object, id = first.userId) => {
    const headers = { 'content-type': 'application/json', [consoleHeader]: '1', origin, cookie }
    const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) }
    const answer = await send('operator', path.replace('{id}', id), init, path)
    const [, secret] = /(__Host-weapp-operator=[\w-]{43})/.exec(answer.text) ?? []
    if (secret) {
      cookie = secret
      plant('cookie', spellings(secret.split('=')[1] ?? ''))
    }
    return answer
  }
  const plantWays = ({
    key,
    secret,
    setup,
  }: {
    readonly key: string
    readonly secret: string
    readonly setup: string
  }) => {
    for (const text of [key, secret, setup]) plant('second factor', spellings(text))
  }
  const plantLink = (link = '') => {
    const token = new URL(link).hash.replace('#invitation=', '')
    plant('invitation', spellings(token))
    return token
  }
  const invitation = plantLink((await server.inviteFirstOperator())?.link)
  const invited = (await visit('POST', adminRoutes.invitation, { invitation, name: 'wang' }))
    .body as InvitationAnswer | null
  const ways = invited?.ways?.authenticator
  if (!ways) throw new Error('no way to join')
  plantWays(ways)
  await visit('POST', adminRoutes.invitationPasskey, { invitation, name: 'wang', label: 'key', credential: {} })
  const { key, setup } = ways
  const entry = { invitation, name: 'wang', setup, key, code: totp(ways.secret, now) }
  const joined = (await visit('POST', adminRoutes.invitationAuthenticator, entry)).body as JoinAnswer | null
  for (const code of joined?.recoveryCodes ?? []) plant('recovery code', spellings(code))
  await visit('POST', adminRoutes.invitationAuthenticator, entry)
  // What the operator's program asks to take out, somebody else has to approve.
  now += 1
  for (const one of [{ kind: 'users' }, { kind: 'audit' }, { kind: 'consents' }, { kind: 'users', numbers: 'full' }]) {
    const asked = await operate('POST', adminRoutes.exports, { ...one, ...why })
    const { id } = (asked.body as { export?: { id: string } } | null)?.export ?? {}
    await operate('POST', adminRoutes.exportDownload, {}, { id: id ?? '' })
    await visit('POST', adminRoutes.exportApprove, {}, id)
    await visit('POST', adminRoutes.exportDecline, {}, id)
    await operate('POST', adminRoutes.exportDownload, {}, { id: id ?? '' })
  }
  for (const path of [adminRoutes.session, adminRoutes.ownCredentials, adminRoutes.ownSessions, adminRoutes.operators])
    await visit('GET', path)
  const linkOf = (answer: Answer) => plantLink(String(answer.body?.link))
  linkOf(await visit('POST', adminRoutes.operators, { name: 'zhao', role: 'viewer' }))
  const wang = joined?.operator.id
  await visit('PATCH', adminRoutes.operatorAccount, { role: 'viewer', ...why }, wang)
  await visit('POST', adminRoutes.operatorInvitation, why, wang)
  const setUpAgain = (await visit('POST', adminRoutes.ownAuthenticatorSetup, {})).body as {
    authenticator?: typeof ways
  } | null
  if (setUpAgain?.authenticator) plantWays(setUpAgain.authenticator)
  await visit('POST', adminRoutes.ownAuthenticator, { setup, key, code: '000000' })
  await visit('DELETE', adminRoutes.ownAuthenticator)
  await visit('POST', adminRoutes.ownPasskeyOptions, {})
  await visit('POST', adminRoutes.ownPasskeys, { label: 'key', credential: {} })
  await visit('DELETE', adminRoutes.ownPasskey, undefined, 'AAAA')
  const renewed = (await visit('POST', adminRoutes.ownRecoveryCodes, {})).body as {
    recoveryCodes?: readonly string[]
  } | null
  for (const code of renewed?.recoveryCodes ?? []) plant('recovery code', spellings(code))
  await visit('DELETE', adminRoutes.ownSession)
  await visit('POST', adminRoutes.operatorSessionsEnd, {}, wang)
  await visit('DELETE', adminRoutes.session)
  now += minute
  await visit('POST', adminRoutes.sessionPasskeyOptions, {})
  await visit('POST', adminRoutes.sessionPasskey, { credential: {} })
  await visit('POST', adminRoutes.sessionAuthenticator, { name: 'wang', key, code: '000000' })
  await visit('POST', adminRoutes.sessionAuthenticator, { name: 'wang', key, code: totp(ways.secret, now) })
  await visit('POST', adminRoutes.proofPasskey, { credential: {} })
  now += minute
  await visit('POST', adminRoutes.proofAuthenticator, { key, code: totp(ways.secret, now) })
  await visit('POST', adminRoutes.sessionRecovery, { name: 'wang', code: renewed?.recoveryCodes?.[0] ?? '' })

  // Old pages: what they get is a handle.
  const page = (path: string, body: object) => post('mo', path, body)
  const { session_key: handle } = (await page('/v1.0/pub/openId', { code: await codeOf('mo') })).body as {
    session_key: string
  }
  const old = await tap('mo')
  await page('/v1.0/pub/decode', { encrypted_data: old.encryptedData, iv: old.iv, session_key: handle })
  await page('/v1.0/pub/decode', { encrypted_data: old.encryptedData, iv: old.iv, session_key: `${handle}x` })
  await page('/002/login', { code: await codeOf('mo') })
  await page('/code2Session', { jsCode: await codeOf('mo') })
  const fresh = await codeOf('mo')
  await page('/user', { ...(await tap('mo')), code: fresh })
  await send('mo', `/004/login?code=${await codeOf('mo')}`, {}, '/004/login')
  const query = new URLSearchParams({ sessionID: handle, encryptedData: old.encryptedData, iv: old.iv })
  await send('mo', `/004/phone?${query}`, {}, '/004/phone')
  await page('/000/login', { code: await codeOf('mo') })

  // Five wrong keys in a row, then everything comes to its end.
  emulator.control.rotateKey('mo', app.appId)
  for (let at = 0; at < 6; at += 1) {
    const { encryptedData, iv } = await tap('mo')
    await post('mo', routes.phone, { encryptedData, iv, loginId: second.loginId, nonce: nonce() }, second.token)
  }
  emulator.control.expireTokens(app.appId)
  await post('mo', routes.phone, { code: (await tap('mo')).code, nonce: nonce() }, second.token)
  const rotated = await post('lin', routes.token, { refreshToken: first.refreshToken, nonce: nonce() })
  const { tokens } = rotated.body as { tokens: { accessToken: string } }
  await post('lin', routes.token, { refreshToken: 'wxa_rt_nonsense', nonce: nonce() })
  await send('lin', '/v1/consents/phone', { method: 'DELETE', headers: bearer(tokens.accessToken) }, routes.consent)
  await send('lin', '/v1/me/sessions/none', { method: 'DELETE', headers: bearer(tokens.accessToken) }, routes.mySession)
  await send('lin', routes.avatar, { method: 'DELETE', headers: bearer(tokens.accessToken) })
  const asLin = (path: string, body: object) => post('lin', path, body, tokens.accessToken)
  const { body: merging } = await post('mo', routes.mergeCode, {}, second.token)
  await asLin(routes.mergePreview, { code: (merging as { code: string }).code })
  await asLin(routes.myMerges, { code: 'wxa_mc_nonsense', nonce: nonce() })
  await send('lin', routes.myMerges, { headers: bearer(tokens.accessToken) })
  await asLin(routes.mergeUndo, { mergeId: '00000000-0000-7000-8000-000000000000' })
  const erasing = `${routes.me}?nonce=${nonce()}`
  await send('lin', erasing, { method: 'DELETE', headers: bearer(tokens.accessToken) }, routes.me)
  await post('mo', routes.logoutAll, { keep: 'this' }, second.token)
  await post('mo', routes.logout, { refreshToken: second.refreshToken })
  await operate('POST', adminRoutes.userBlock, why, { id: second.userId })
  await operate('POST', adminRoutes.userUnblock, why, { id: second.userId })
  await operate('POST', adminRoutes.userErase, { nonce: nonce(), ...why }, { id: second.userId })
  const pushed = `${routes.wechatPush.replace('{appId}', app.appId)}?signature=${push.token}&timestamp=1&nonce=1`
  await send('nobody', `${pushed}&echostr=${app.secret}`, {}, routes.wechatPush)
  const message = JSON.stringify({ Encrypt: push.encodingAesKey, FromUserName: lin.phones[0]?.number })
  await send('nobody', pushed, { method: 'POST', body: message }, routes.wechatPush)
  const ofPlatform = routes.wechatComponent.replace('{componentAppId}', app.appId)
  await send('nobody', ofPlatform, { method: 'POST', body: message }, routes.wechatComponent)
  const general = [routes.jwks, routes.oauthMetadata, routes.openidConfiguration, routes.openapi, routes.reference]
  for (const path of [...general, routes.health, routes.ready, `/v1/13812345678/${app.secret}`])
    await send('nobody', path)
  await post('nobody', routes.login, { [app.secret]: 1, '13812345678': lin })
  await post('nobody', routes.steps, { appId: app.appId, steps: { shown: 2, tapped: 1, firstTapped: 1 } })
  await post('nobody', routes.steps, { appId: app.appId, steps: { '13812345678': 1, [app.secret]: lin } })
  await server.sweep()

  const contents = async () => {
    const names = await readdir(folder)
    return Promise.all(
      names.map(async name => ({ name, text: (await readFile(join(folder, name))).toString('latin1') })),
    )
  }
  const openFiles = await contents()
  await server.close()
  await wechat.close()
  await store.close()
  emulator.close()
  const closedFiles = await contents()
  await rm(folder, { recursive: true })

  const matches = (pattern: RegExp, texts: readonly string[]) => [
    ...new Set(texts.flatMap(text => [...text.matchAll(pattern)].map(([, one]) => one ?? ''))),
  ]
  const own = matches(
    /"((?:eyJ|wxa_rt_)[\w.-]+)"/g,
    answers.map(({ text }) => text),
  )
  const fromWechat = (field: string) => matches(new RegExp(`"${field}":"([^"]+)"`, 'g'), heard)
  const rawKeys = [...keys.root.keys, ...keys.signing].map(({ secret }) => Buffer.from(secret))
  const secrets: Secrets = {
    ...Object.fromEntries(planted),
    'app secret': [app, added].flatMap(({ secret }) => spellings(secret)),
    'operator token': spellings(operator.token),
    'backend secret': spellings(backend.secret),
    'metrics token': spellings(metricsToken),
    'push token or key': Object.values(push).flatMap(spellings),
    session_key: fromWechat('session_key').flatMap(key => [
      ...spellings(key),
      literal(Buffer.from(key, 'base64').toString('latin1')),
      literal(Buffer.from(key, 'base64').toString('hex'), 'i'),
    ]),
    'access_token of WeChat': fromWechat('access_token').flatMap(spellings),
    openid: fromWechat('openid').flatMap(spellings),
    'own token': own.flatMap(spellings),
    'phone of lin': [...lin.phones.map(({ number }) => number), typed].flatMap(phoneSpellings),
    'phone of mo': mo.phones.flatMap(({ number }) => phoneSpellings(number)),
    'nickname of lin': spellings(nickname),
    'root or signing key': rawKeys.flatMap(key => [
      literal(key.toString('latin1')),
      literal(key.toString('hex'), 'i'),
      ...base64Of(key).map(text => literal(text)),
    ]),
  }
  return { answers, events, lines, upstream, asked, metrics: told.text, files: [...openFiles, ...closedFiles], secrets }
}

let day: Awaited<ReturnType<typeof play>>
beforeAll(async () => {
  day = await play()
}, 60_000)
afterAll(() => {
  expect(Object.values(day.secrets).every(forms => forms.length > 0)).toBe(true)
})

describe('the search', () => {
  test.each([
    ['+8613812345678'],
    ['13812345678'],
    ['86-13812345678'],
    ['138-1234-5678'],
    ['138****5678'],
    ['1381234****'],
    ['%31%33%38%31%32%33%34%35%36%37%38'],
    [Buffer.from('13812345678').toString('hex').toUpperCase()],
    [Buffer.from('{"n":"13812345678"}').toString('base64')],
    [Buffer.from('xx+8613812345678').toString('base64url')],
  ])('finds a number that is planted as %s', planted => {
    expect(found(`… ${planted} …`, { phone: phoneSpellings('13812345678') })).toEqual(['phone'])
  })

  test('finds each secret of the day when it is planted, and lets the mask of our answers pass', () => {
    for (const planted of [app.secret, backend.secret, metricsToken, lin.phones[1]?.number ?? '', nickname])
      expect(found(`"${encodeURIComponent(planted)}"`, day.secrets)).toHaveLength(1)
    expect(found('138******78 at 1795233600000', day.secrets)).toEqual([])
  })

  test('has something to search: every route was asked, and granted or refused for many reasons', () => {
    const asked = new Set(day.answers.map(({ route }) => route))
    expect([...Object.values(routes), ...Object.values(adminRoutes)].filter(route => !asked.has(route))).toEqual([])
    const codes = new Set(day.answers.map(({ body }) => body?.code ?? body?.error).filter(code => code !== undefined))
    expect(codes.size).toBeGreaterThan(15)
    expect(new Set(day.events.map(({ type }) => type)).size).toBeGreaterThan(12)
    expect(day.lines.length).toBeGreaterThan(100)
    expect(day.upstream.length).toBeGreaterThan(20)
    expect(day.metrics).toContain('weapp_auth_requests_total')
    expect(day.files.map(({ name }) => name)).toContain('auth.sqlite-wal')
  })
})

const issuing = [routes.login, routes.loginPhone, routes.token, routes.oauthToken]
const user = [
  routes.login,
  routes.loginPhone,
  routes.me,
  routes.myExport,
  routes.profile,
  routes.avatar,
  routes.profileOpenData,
]
const numbers = [routes.phone, routes.smsVerify, routes.myPhones]
const plain = [adminRoutes.userReveal, adminRoutes.userExport]
const approved = [adminRoutes.exportDownload]
const oldPages = ['/v1.0/pub/decode', '/002/login', '/user', '/004/phone']

const signIns = [adminRoutes.invitationAuthenticator, adminRoutes.sessionAuthenticator, adminRoutes.sessionRecovery]

/** Where a secret is at home. Whatever is not named here may not be there, and what is somebody's is for them, or for operators. */
const home: readonly { readonly secret: string; readonly routes: readonly string[]; readonly why: string }[] = [
  { secret: 'own token', routes: issuing, why: 'tokens are issued there' },
  { secret: 'phone', routes: [...user, ...numbers, ...oldPages], why: 'the number of the user who asks' },
  { secret: 'nickname', routes: [...user, routes.mergePreview], why: 'the profile of the user who asks' },
  { secret: 'avatar key', routes: user, why: 'the profile of the user who asks' },
  { secret: 'phone', routes: plain, why: 'an operator gave a reason' },
  { secret: 'nickname', routes: plain, why: 'an operator gave a reason' },
  { secret: 'avatar key', routes: plain, why: 'an operator gave a reason' },
  { secret: 'phone', routes: approved, why: 'an operator gave a reason, and another one approved' },
  { secret: 'nickname', routes: approved, why: 'an operator gave a reason, and another one approved' },
  {
    secret: 'openid',
    routes: [adminRoutes.user, adminRoutes.userMergePreview, adminRoutes.userExport],
    why: 'the name by which WeChat and operators speak of a user',
  },
  { secret: 'openid', routes: [routes.myExport], why: 'a copy of everything that is kept (PIPL, article 45)' },
  { secret: 'cookie', routes: signIns, why: 'the session of the console begins there' },
  {
    secret: 'second factor',
    routes: [adminRoutes.invitation, adminRoutes.ownAuthenticatorSetup],
    why: 'shown once, to be kept',
  },
  {
    secret: 'recovery code',
    routes: [adminRoutes.invitationAuthenticator, adminRoutes.ownRecoveryCodes],
    why: 'shown once',
  },
  { secret: 'invitation', routes: [adminRoutes.operators], why: 'an admin asked for the link, to hand it over' },
  { secret: 'access_token of WeChat', routes: [routes.wechatAccessToken], why: 'a backend asked for it' },
]

function isAtHome(secret: string, { who, route }: Pick<Answer, 'who' | 'route'>): boolean {
  const [, name = secret, owner = who] = /^(.+) of (lin|mo)$/.exec(secret) ?? []
  return (owner === who || who === 'operator') && home.some(one => one.secret === name && one.routes.includes(route))
}

test('no answer holds a secret that is not at home there', () => {
  const leaks = day.answers.flatMap(answer =>
    found(answer.text, day.secrets)
      .filter(secret => !isAtHome(secret, answer))
      .map(secret => `${secret}: ${answer.who} asked ${answer.route}, ${answer.status}`),
  )
  expect(leaks).toEqual([])
})

test('every home is lived in: what is named above is really answered there', () => {
  const holds = (secret: string, at: string) =>
    day.answers.some(
      ({ route, text }) =>
        route === at && found(text, day.secrets).some(name => name.replace(/ of (lin|mo)$/, '') === secret),
    )
  const empty = home.flatMap(({ secret, routes }) =>
    routes.filter(at => !holds(secret, at)).map(at => `${secret} ${at}`),
  )
  expect(empty).toEqual([])
})

test('no refusal holds any secret at all', () => {
  const refusals = day.answers.filter(({ status }) => status >= 400)
  expect(refusals.length).toBeGreaterThan(20)
  expect(found(refusals.map(({ text }) => text).join('\n'), day.secrets)).toEqual([])
})

test('no event, no log line and no metric holds any', () => {
  const options = { depth: null, maxArrayLength: null, maxStringLength: null }
  expect(found(inspect([day.events, day.upstream], options), day.secrets)).toEqual([])
  expect(found(day.lines.join(''), day.secrets)).toEqual([])
  expect(found(day.metrics, day.secrets)).toEqual([])
})

test('the URLs asked of WeChat, which hold the app secret, are told nowhere', () => {
  expect(day.asked.some(url => url.includes(app.secret))).toBe(true)
  const told = inspect([day.events, day.upstream], { depth: null, maxArrayLength: null }) + day.lines.join('')
  for (const { pathname, host } of day.asked.map(url => new URL(url))) {
    expect(told).not.toContain(pathname)
    expect(told).not.toContain(host)
  }
})

/** Every form of every secret is looked for in all of it: seconds of reading, more on a busy machine. */
const patient = { timeout: 120_000 }

test('the database file and its log hold none of what is sealed or hashed', patient, () => {
  const { openid: _, 'avatar key of lin': __, ...sealed } = day.secrets
  for (const { name, text } of day.files) expect([name, found(text, sealed)]).toEqual([name, []])
})
