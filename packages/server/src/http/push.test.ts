import { routes } from '@weapp-auth/protocol/contract'
import { encryptPush, pushSignature, revokeInfo } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import vectors from '../../../protocol/vectors/wechat-vectors.json' with { type: 'json' }
import { createFakeWechat } from '../../test/fake-wechat.ts'
import { appId, expectProblem, newNonce, openServer, otherAppId } from '../../test/open-server.ts'
import { createServer, generateKeyring } from '../index.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import { entriesOf, verifyAudit } from '../usecases/verify-audit.ts'

const token = 'AAAAA'
const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
const openId = 'openid-of-xiaoming'
const minutes = (count: number) => count * 60_000

type Format = 'json' | 'xml'

/** WeChat, written by hand: signs, seals and sends. */
function openPushed({ plain = false, delayMs }: { plain?: boolean; delayMs?: number } = {}) {
  const policy = {
    push: { token, ...(plain ? {} : { encodingAesKey }), ...(delayMs === undefined ? {} : { delayMs }) },
  }
  const server = openServer({ policy })
  let count = 0

  function write(fields: object, format: Format): string {
    if (format === 'json') return JSON.stringify(fields)
    const inner = Object.entries(fields).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
    return `<xml>${inner.join('')}</xml>`
  }

  function stampOf({ at = server.time.now, nonce = '' }: { at?: number; nonce?: string } = {}) {
    count += 1
    return { timestamp: String(Math.floor(at / 1000)), nonce: nonce || `nonce${count}` }
  }

  function eventOf(event: string, fields: object = {}): object {
    const CreateTime = Math.floor(server.time.now / 1000)
    const sender = { ToUserName: 'gh_1', FromUserName: 'o-of-the-push-service' }
    return { ...sender, CreateTime, MsgType: 'event', Event: event, OpenID: openId, AppID: appId, ...fields }
  }

  const url = (query: Record<string, string>, app = appId) =>
    `${routes.wechatPush.replace('{appId}', app)}?${new URLSearchParams(query)}`

  const raw = (query: Record<string, string>, body: string, app = appId) =>
    server.send(url(query, app), { method: 'POST', body })

  function sealed(message: string, stamp = stampOf(), format: Format = 'json', tail = appId) {
    const random = crypto.getRandomValues(new Uint8Array(16))
    const encrypt = encryptPush({ encodingAesKey, appId: tail, message, random })
    const query = {
      ...stamp,
      signature: pushSignature({ token, ...stamp }),
      encrypt_type: 'aes',
      msg_signature: pushSignature({ token, ...stamp, encrypt }),
    }
    return { query, body: write({ ToUserName: 'gh_1', Encrypt: encrypt }, format) }
  }

  async function push(event: object, { format = 'json', stamp = stampOf(), app = appId }: PushHow = {}) {
    const message = write(event, format)
    if (plain) return raw({ ...stamp, signature: pushSignature({ token, ...stamp }) }, message, app)
    const { query, body } = sealed(message, stamp, format, app)
    return raw(query, body, app)
  }

  interface PushHow {
    readonly format?: Format
    readonly stamp?: { readonly timestamp: string; readonly nonce: string }
    readonly app?: string
  }

  async function lines() {
    const entries = []
    for await (const entry of entriesOf(server.store)) entries.push(entry)
    return entries
  }

  /** A user with a phone and a nickname. */
  async function told() {
    const login = await server.logIn(openId)
    const code = server.wechat.phoneCode(login.person, '+8613800138000')
    await server.phone({ code, loginId: login.loginId, nonce: newNonce() }, login.token)
    await server.post(routes.profile, { nickname: '小明' }, login.token)
    return login
  }

  return { ...server, stampOf, eventOf, url, raw, sealed, push, lines, told }
}

type Pushed = ReturnType<typeof openPushed>

/** Nothing was kept: no job, no line. */
async function expectNoTrace({ server, lines, pass }: Pushed): Promise<void> {
  pass(minutes(60))
  expect(await server.work()).toBe(0)
  expect(await lines()).toEqual([])
}

describe('the published vectors', () => {
  async function serverOf(appId: string, push: { token: string; encodingAesKey?: string }, timestamp: string) {
    const clock = { now: () => Number(timestamp) * 1000 }
    const wechat = createFakeWechat(clock).platform
    const common = { store: createMemoryStore(), wechat, keys: generateKeyring(), issuer: 'https://a.example', clock }
    return createServer({ ...common, apps: [{ appId, push }] })
  }
  const ask = (server: { fetch(request: Request): Promise<Response> }, app: string, query: object, body?: string) => {
    const search = new URLSearchParams(Object.entries(query))
    const request = new Request(
      `https://a.example/v1/wechat/push/${app}?${search}`,
      body ? { method: 'POST', body } : {},
    )
    return server.fetch(request)
  }

  test.each(vectors.pushUrlSignature)('URL check or plain message $id', async vector => {
    const { token, timestamp, nonce, signature, echostr } = vector
    const server = await serverOf('wx1', { token }, timestamp)
    const echo = echostr ?? 'echo'
    const checked = await ask(server, 'wx1', { timestamp, nonce, signature, echostr: echo })
    expect([checked.status, checked.headers.get('content-type'), await checked.text()]).toEqual([
      200,
      'text/plain; charset=utf-8',
      echo,
    ])
    const message = '{"Event":"debug_demo","CreateTime":1}'
    const taken = await ask(server, 'wx1', { timestamp, nonce, signature }, message)
    expect([taken.status, await taken.text()]).toEqual([200, 'success'])
    const forged = await ask(server, 'wx1', { timestamp, nonce: `${nonce}0`, signature }, message)
    expect(forged.status).toBe(403)
  })

  const sealed = [...vectors.pushMessage, ...vectors.pushReply].map(vector => {
    const { id, encodingAesKey, appid, encrypt, format, msg, token, timestamp, nonce, msg_signature } = vector
    const stamp = { token: token ?? 'AAAAA', timestamp: timestamp ?? '1714112445', nonce: nonce ?? '1' }
    return {
      id,
      encodingAesKey,
      appid,
      encrypt,
      format,
      msg,
      ...stamp,
      msg_signature: msg_signature ?? pushSignature({ ...stamp, encrypt }),
    }
  })

  test.each(sealed)('sealed message $id', async ({ id: _, appid, encrypt, format, msg, msg_signature, ...vector }) => {
    const { token, encodingAesKey, timestamp, nonce } = vector
    const server = await serverOf(appid, { token, encodingAesKey }, timestamp)
    const query = { timestamp, nonce, msg_signature }
    for (const body of [
      JSON.stringify({ ToUserName: 'gh_1', Encrypt: encrypt }),
      `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`,
    ]) {
      const taken = await ask(server, appid, query, body)
      expect([taken.status, await taken.text()]).toEqual([200, 'success'])
    }
    const changed = JSON.stringify({ Encrypt: `${encrypt.slice(0, -4)}AAAA` })
    expect((await ask(server, appid, query, changed)).status).toBe(403)
    if (format !== 'text') return
    const checked = await ask(server, appid, { ...query, echostr: encrypt })
    expect([checked.status, await checked.text()]).toEqual([200, msg])
  })
})

describe.each([
  ['plain', 'json'],
  ['plain', 'xml'],
  ['sealed', 'json'],
  ['sealed', 'xml'],
] as const)('%s, %s', (mode, format) => {
  const open = () => openPushed({ plain: mode === 'plain' })

  test('a withdrawn phone goes after the delay, with its history and proof, and nothing else does', async () => {
    const pushed = open()
    const { user, token } = await pushed.told()
    const answer = await pushed.push(pushed.eventOf('user_authorization_revoke', { RevokeInfo: '8' }), { format })
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([
      200,
      'success',
      'text/plain; charset=utf-8',
    ])
    pushed.pass(minutes(10) - 1)
    expect(await pushed.server.work()).toBe(0)
    pushed.pass(1)
    expect(await pushed.server.work()).toBe(1)
    expect(await pushed.server.work()).toBe(0)
    const { token: later } = await pushed.logIn(openId)
    expect((await pushed.me(later)).body.user).toMatchObject({
      id: user.id,
      phone: null,
      profile: { nickname: '小明' },
    })
    expect(token).toBeTruthy()
    const [line, more] = await pushed.lines()
    expect(more).toBeUndefined()
    expect(line).toMatchObject({ actor: 'wechat', act: 'authorization-revoked', appId, subject: user.id })
    expect(JSON.parse(line?.details ?? '')).toMatchObject({ revoked: ['phone'], phones: 1, nicknames: 0, accounts: 0 })
    expect(pushed.eventsOf('job-done')).toMatchObject([{ kind: 'authorization-revoked', userId: user.id, auditSeq: 1 }])
  })

  test('a closed account is erased', async () => {
    const pushed = open()
    const { user, token } = await pushed.told()
    await pushed.push(pushed.eventOf('user_authorization_cancellation'), { format })
    pushed.pass(minutes(10))
    await pushed.server.work()
    expectProblem(await pushed.me(token), 401, 'token_invalid')
    expect(await pushed.store.findAccount(user.id)).toBeNull()
    const [line] = await pushed.lines()
    expect(line).toMatchObject({ act: 'account-cancelled', subject: user.id })
    expect(JSON.parse(line?.details ?? '')).toMatchObject({ accounts: 1 })
    expect(JSON.stringify(await pushed.lines())).not.toContain(openId)
  })

  test('a risky nickname is cleared, the phone stays', async () => {
    const pushed = open()
    const { user } = await pushed.told()
    await pushed.push(pushed.eventOf('user_info_modified'), { format })
    pushed.pass(minutes(10))
    await pushed.server.work()
    expect(await pushed.store.findAccount(user.id)).toMatchObject({ profile: { sealedNickname: null } })
    expect(await pushed.store.currentPhone(user.id)).not.toBeNull()
  })

  test('sent again, with the same stamp or another, it acts once', async () => {
    const pushed = open()
    await pushed.told()
    const event = pushed.eventOf('user_authorization_revoke', { RevokeInfo: '8' })
    const stamp = pushed.stampOf()
    const answers = await Promise.all([1, 2, 3].map(() => pushed.push(event, { format, stamp })))
    answers.push(await pushed.push(event, { format }))
    pushed.pass(minutes(10))
    expect(await pushed.server.work()).toBe(1)
    answers.push(await pushed.push(event, { format }))
    pushed.pass(minutes(10))
    expect(await pushed.server.work()).toBe(0)
    expect(answers.map(({ text }) => text)).toEqual(Array(5).fill('success'))
    expect(pushed.eventsOf('push-received').filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await pushed.lines()).toHaveLength(1)
  })

  test('stale, early, unsigned and for another app: refused alike, and nothing is kept', async () => {
    const pushed = open()
    await pushed.told()
    const event = pushed.eventOf('user_authorization_cancellation')
    const now = pushed.time.now
    const answers = [
      await pushed.push(event, { format, stamp: pushed.stampOf({ at: now - minutes(5) - 1000 }) }),
      await pushed.push(event, { format, stamp: pushed.stampOf({ at: now + minutes(5) + 1000 }) }),
      await pushed.push(event, { format, stamp: { timestamp: 'now', nonce: '1' } }),
      await pushed.push(event, { format, stamp: { timestamp: String(now / 1000), nonce: '' } }),
      await pushed.raw({}, JSON.stringify(event)),
      await pushed.push({ ...event, AppID: otherAppId }, { format }),
    ]
    for (const answer of answers) expectProblem(answer, 403, 'push_invalid')
    const reasons = pushed.eventsOf('push-refused').map(({ reason }) => reason)
    expect(reasons).toEqual(['stale', 'stale', 'signature', 'signature', 'signature', 'wrong-app'])
    await expectNoTrace(pushed)
  })

  test('what asks for nothing is answered and forgotten', async () => {
    const pushed = open()
    const events = [
      pushed.eventOf('debug_demo'),
      pushed.eventOf('user_info_modified', { OpenID: '' }),
      pushed.eventOf('user_authorization_revoke', { OpenID: 'x'.repeat(65), RevokeInfo: '8' }),
      pushed.eventOf('user_authorization_revoke', { RevokeInfo: '8', PluginID: 'wx00000000000000ff' }),
    ]
    for (const event of events) expect((await pushed.push(event, { format })).text).toBe('success')
    expect(pushed.eventsOf('push-ignored').map(({ reason }) => reason)).toEqual([
      'other-event',
      'no-openid',
      'no-openid',
      'plugin',
    ])
    await expectNoTrace(pushed)
  })
})

describe('each RevokeInfo', () => {
  test.each(Object.entries(revokeInfo))('%s erases what it names', async (number, { kind }) => {
    const pushed = openPushed({ delayMs: 0 })
    const { user } = await pushed.told()
    await pushed.push(pushed.eventOf('user_authorization_revoke', { RevokeInfo: number }))
    await pushed.server.work()
    const account = await pushed.store.findAccount(user.id)
    expect([account?.phone === null, account?.profile.sealedNickname === null]).toEqual([
      kind === 'phone',
      kind === 'profile' || kind === 'nickname',
    ])
    expect(pushed.eventsOf('job-done')[0]?.revoked).toEqual([kind])
  })
})

describe('what came after the event', () => {
  test('a phone that was given again stays', async () => {
    const pushed = openPushed()
    const login = await pushed.told()
    await pushed.push(pushed.eventOf('user_authorization_revoke', { RevokeInfo: '8' }))
    pushed.pass(minutes(1))
    const code = pushed.wechat.phoneCode(login.person, '+8613900139000')
    await pushed.phone({ code, loginId: login.loginId, nonce: newNonce() }, login.token)
    pushed.pass(minutes(9))
    await pushed.server.work()
    const { phones } = (await pushed.phones((await pushed.logIn(openId)).token)).body
    expect(phones).toHaveLength(1)
  })

  test('a login keeps the account, unless its code may be older', async () => {
    for (const [after, stays] of [
      [4, false],
      [6, true],
    ] as const) {
      const pushed = openPushed()
      const { user } = await pushed.told()
      await pushed.push(pushed.eventOf('user_authorization_cancellation'))
      pushed.pass(minutes(after))
      await pushed.logIn(openId)
      pushed.pass(minutes(10 - after))
      await pushed.server.work()
      expect((await pushed.store.findAccount(user.id)) !== null).toBe(stays)
      expect(await pushed.lines()).toHaveLength(1)
    }
  })

  test('a first login that was on its way is found when the job runs', async () => {
    const pushed = openPushed()
    await pushed.push(pushed.eventOf('user_authorization_cancellation'))
    const { user } = await pushed.logIn(openId)
    pushed.pass(minutes(10))
    await pushed.server.work()
    expect(await pushed.store.findAccount(user.id)).toBeNull()
  })

  test('an event of nobody leaves a proof that nothing was there', async () => {
    const pushed = openPushed({ delayMs: 0 })
    await pushed.push(pushed.eventOf('user_authorization_cancellation'))
    expect(await pushed.server.work()).toBe(1)
    expect(await pushed.lines()).toMatchObject([{ act: 'account-cancelled', subject: null }])
  })

  test('an event from the future does not reach what is told later', async () => {
    const pushed = openPushed({ delayMs: minutes(20) })
    const CreateTime = Math.floor(pushed.time.now / 1000) + 3600
    await pushed.push(pushed.eventOf('user_authorization_revoke', { RevokeInfo: '8', CreateTime }))
    pushed.pass(minutes(6))
    const { user } = await pushed.told()
    pushed.pass(minutes(14))
    await pushed.server.work()
    expect(await pushed.store.currentPhone(user.id)).not.toBeNull()
  })
})

describe('a forger', () => {
  test('cannot use a signature that does not cover the body where messages are sealed', async () => {
    const pushed = openPushed()
    await pushed.told()
    const event = JSON.stringify(pushed.eventOf('user_authorization_cancellation'))
    const stamp = pushed.stampOf()
    const signature = pushSignature({ token, ...stamp })
    const { body } = pushed.sealed(event)
    for (const [query, text] of [
      [{ ...stamp, signature }, event],
      [{ ...stamp, signature }, body],
      [{ ...stamp, signature, msg_signature: signature }, body],
    ] as const)
      expectProblem(await pushed.raw(query, text), 403, 'push_invalid')
    await expectNoTrace(pushed)
  })

  test('cannot put a message beside the ciphertext of another', async () => {
    const pushed = openPushed()
    await pushed.told()
    const { query, body } = pushed.sealed(JSON.stringify(pushed.eventOf('debug_demo')))
    const both = { ...pushed.eventOf('user_authorization_cancellation'), ...JSON.parse(body) }
    expect((await pushed.raw(query, JSON.stringify(both))).text).toBe('success')
    await expectNoTrace(pushed)
  })

  test('cannot pass a ciphertext for another app', async () => {
    const pushed = openPushed()
    const { query, body } = pushed.sealed(JSON.stringify(pushed.eventOf('user_info_modified')))
    expectProblem(await pushed.raw(query, body, otherAppId), 403, 'push_invalid')
    expect(pushed.eventsOf('push-refused')).toMatchObject([{ appId: otherAppId, reason: 'ciphertext' }])
  })

  test('cannot use the stamp of a plain event for another one', async () => {
    const pushed = openPushed({ plain: true })
    const stamp = pushed.stampOf()
    await pushed.push(pushed.eventOf('user_info_modified'), { stamp })
    const answer = await pushed.push(pushed.eventOf('user_authorization_cancellation'), { stamp })
    expectProblem(answer, 403, 'push_invalid')
    expect(pushed.eventsOf('push-refused')).toMatchObject([{ reason: 'replayed' }])
    pushed.pass(minutes(10))
    expect(await pushed.server.work()).toBe(1)
  })

  test('cannot send sealed messages to an app without a key', async () => {
    const pushed = openPushed({ plain: true })
    const { query } = pushed.sealed('{}')
    const { signature: _, ...unsigned } = query
    expectProblem(await pushed.send(pushed.url({ ...unsigned, echostr: 'x' })), 403, 'push_invalid')
    expect(pushed.eventsOf('push-refused')).toMatchObject([{ reason: 'encrypted' }])
  })

  test('gets nothing from a URL check but what is signed', async () => {
    const pushed = openPushed()
    const stamp = pushed.stampOf()
    const signature = pushSignature({ token, ...stamp })
    expect((await pushed.send(pushed.url({ ...stamp, signature, echostr: '42' }))).text).toBe('42')
    expectProblem(await pushed.send(pushed.url({ ...stamp, signature: 'x', echostr: '42' })), 403, 'push_invalid')
    pushed.pass(minutes(6))
    expectProblem(await pushed.send(pushed.url({ ...stamp, signature, echostr: '42' })), 403, 'push_invalid')
  })

  test('cannot make the reader work: entity bombs and large bodies are refused at once', async () => {
    const pushed = openPushed()
    const { query } = pushed.sealed('{}')
    const entities = Array.from({ length: 100 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`).join('')
    const bomb = `<!DOCTYPE xml [${entities}]><xml><Encrypt>&e100;</Encrypt></xml>`
    expectProblem(await pushed.raw(query, bomb), 403, 'push_invalid')
    expectProblem(await pushed.raw(query, 'x'.repeat(64 * 1024 + 1)), 413, 'request_too_large')
    await expectNoTrace(pushed)
  })
})

describe('an app', () => {
  test('without push has no such door, and its secrets are nowhere to be read', async () => {
    const { send } = openServer()
    expectProblem(await send('/v1/wechat/push/wx0000000000000001', { method: 'POST', body: '{}' }), 404, 'push_off')
    expectProblem(await send('/v1/wechat/push/nobody', { method: 'POST', body: '{}' }), 400, 'app_unknown')
  })
})

describe('a job', () => {
  test('that fails comes again, later and later, and is told of', async () => {
    const pushed = openPushed({ delayMs: 0 })
    await pushed.told()
    await pushed.push(pushed.eventOf('user_authorization_cancellation'))
    const findIdentity = pushed.store.findIdentity
    pushed.store.findIdentity = async () => {
      throw new Error('no')
    }
    for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
      expect(await pushed.server.work()).toBe(1)
      expect(pushed.eventsOf('job-failed').at(-1)).toMatchObject({ retryInMs: minutes(pause), name: 'Error' })
      pushed.pass(minutes(pause) - 1)
      expect(await pushed.server.work()).toBe(0)
      pushed.pass(1)
    }
    pushed.store.findIdentity = findIdentity
    expect(await pushed.server.work()).toBe(1)
    expect(pushed.eventsOf('job-done')).toMatchObject([{ erased: { accounts: 1 } }])
  })

  test('leaves the log intact, and where it stands is told once a day', async () => {
    const pushed = openPushed({ delayMs: 0 })
    await pushed.server.work()
    for (let day = 0; day < 3; day += 1) {
      await pushed.push(pushed.eventOf('user_authorization_cancellation', { OpenID: `o${day}` }))
      pushed.pass(minutes(24 * 60))
      await pushed.server.work()
      await pushed.server.work()
    }
    expect(pushed.eventsOf('audit-anchor').map(({ seq }) => seq)).toEqual([1, 2, 3])
    const verdict = await verifyAudit(pushed.store, pushed.eventsOf('audit-anchor')[1])
    expect(verdict).toMatchObject({ status: 'intact', head: { seq: 3 } })
  })
})
