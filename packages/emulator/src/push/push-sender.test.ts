import { decryptPush, sealPushReply, verifyPushSignature } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, START, TEA } from '../../test/world.ts'
import type { PushEvent } from './push-event.ts'
import type { PushSettings } from './push-settings.ts'

const KEY = 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C'
const PUSH: PushSettings = { url: 'http://tea.test/push', token: 'QDG6eK', encodingAesKey: KEY }
const REVOKE: PushEvent = { event: 'user_authorization_revoke', personId: LIN.id, revokeInfo: '8' }
const COMPONENT = 'wx00000000000000cc'

/** A developer's server, through the verify functions of the protocol. */
function createReceiver(tail: string = TEA.appId) {
  const received: { readonly path: string; readonly query: Record<string, string>; readonly message: string }[] = []
  async function receive(request: Request): Promise<Response> {
    const { searchParams, pathname } = new URL(request.url)
    const query = Object.fromEntries(searchParams)
    const { timestamp = '', nonce = '', signature = '', msg_signature = '' } = query
    const bare = verifyPushSignature({ token: PUSH.token, timestamp, nonce, signature })
    if (!bare) return new Response('bad signature', { status: 401 })
    if (request.method === 'GET') return new Response(query.echostr)
    const text = await request.text()
    const encrypt = /"Encrypt":"([^"]+)"|<Encrypt><!\[CDATA\[([^\]]+)/.exec(text)
    const sealed = encrypt?.[1] ?? encrypt?.[2]
    if (sealed === undefined) return keep(pathname, query, text)
    const signed = { token: PUSH.token, timestamp, nonce, encrypt: sealed, signature: msg_signature }
    if (!verifyPushSignature(signed)) return new Response('bad msg_signature', { status: 401 })
    return keep(pathname, query, decryptPush({ encodingAesKey: KEY, appId: tail, encrypt: sealed }))
  }
  function keep(path: string, query: Record<string, string>, message: string): Response {
    received.push({ path, query, message })
    return new Response('success')
  }
  return { receive, received, json: () => JSON.parse(received.at(-1)?.message ?? '{}') as Record<string, unknown> }
}

function createPush(push: PushSettings = PUSH, deliver?: (request: Request) => Promise<Response>, app = TEA) {
  const receiver = createReceiver(push.component)
  const apps = [{ ...app, openAccount: 'acme', push }, BOOKS]
  return { ...receiver, ...createWorld({ apps, deliver: deliver ?? receiver.receive }) }
}

const answering = (body: string | object, status = 200) =>
  createPush(PUSH, async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }))

describe('the check of the URL', () => {
  test('passes when the echostr comes back', async () => {
    const { control, noted } = createPush()
    expect(await control.push.verifyUrl(TEA.appId)).toMatchObject({ accepted: true, attempts: 1 })
    expect(noted('push.url-check')).toMatchObject({ ok: true, appId: TEA.appId })
  })

  test.each([
    ['in quotes', (echo: string) => JSON.stringify(echo), 'as JSON in quotes'],
    ['with a line break', (echo: string) => `${echo}\n`, 'white space around'],
    ['not at all', () => 'success', 'is not the echostr'],
  ])('fails when it comes back %s, and says so', async (_, spoil, cause) => {
    const { control, noted } = createPush(
      PUSH,
      async request => new Response(spoil(new URL(request.url).searchParams.get('echostr') ?? '')),
    )
    expect(await control.push.verifyUrl(TEA.appId)).toMatchObject({ accepted: false })
    expect(noted('push.url-check')?.text.en).toContain(cause)
  })

  test('fails on any status but 200, on silence and on a closed port', async () => {
    expect((await answering('', 302).control.push.verifyUrl(TEA.appId)).text.en).toBe('the receiver answered 302')
    const gone = createPush(PUSH, () =>
      Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })),
    )
    expect((await gone.control.push.verifyUrl(TEA.appId)).text.en).toBe('the receiver cannot be reached (ECONNREFUSED)')
    const silent = createPush(PUSH, () => new Promise(() => {}))
    const report = silent.control.push.verifyUrl(TEA.appId)
    silent.control.clock.advance(5000)
    expect((await report).text.en).toBe('the receiver did not answer within 5 s')
  })
})

describe('an authorization event', () => {
  test('arrives sealed, signed and with WeChat’s own field names', async () => {
    const { control, received, json } = createPush()
    expect(await control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: true, attempts: 1 })
    expect(Object.entries(json())).toEqual([
      ['ToUserName', expect.stringMatching(/^gh_[0-9a-f]{12}$/)],
      ['FromUserName', received[0]?.query.openid],
      ['CreateTime', START / 1000],
      ['MsgType', 'event'],
      ['Event', 'user_authorization_revoke'],
      ['OpenID', control.people.openId(LIN.id, TEA.appId)],
      ['UnionID', control.people.unionId(LIN.id, TEA.appId)],
      ['AppID', TEA.appId],
      ['RevokeInfo', '8'],
    ])
  })

  test('of a plugin names the plugin and its own openid', async () => {
    const { control, json } = createPush()
    await control.push.send(TEA.appId, { ...REVOKE, pluginId: 'wx13974bf780d3dc89', openPid: 'G7esq5NV' })
    expect(json()).toMatchObject({ PluginID: 'wx13974bf780d3dc89', OpenPID: 'G7esq5NV' })
  })

  test('of a closed account or a cleaned profile has no RevokeInfo; the latter may lack the openid', async () => {
    const { control, json } = createPush()
    await control.push.send(TEA.appId, { event: 'user_authorization_cancellation', personId: LIN.id })
    expect(json()).toMatchObject({ Event: 'user_authorization_cancellation', OpenID: expect.stringMatching(/^o/) })
    expect(json()).not.toHaveProperty('RevokeInfo')
    await control.push.send(TEA.appId, { event: 'user_info_modified', personId: LIN.id })
    expect(json()).toHaveProperty('OpenID')
    await control.push.send(TEA.appId, { event: 'user_info_modified', personId: LIN.id, withoutOpenId: true })
    expect(json()).not.toHaveProperty('OpenID')
  })

  test.each([
    ['plain', 'json', '"RevokeInfo":"8"'],
    ['compatible', 'json', '"RevokeInfo":"8"'],
    ['secure', 'json', '"RevokeInfo":"8"'],
    ['plain', 'xml', '<RevokeInfo><![CDATA[8]]></RevokeInfo>'],
    ['compatible', 'xml', '<RevokeInfo><![CDATA[8]]></RevokeInfo>'],
    ['secure', 'xml', '<RevokeInfo><![CDATA[8]]></RevokeInfo>'],
  ] as const)('arrives in mode %s as %s', async (mode, format, part) => {
    const { control, received } = createPush({ ...PUSH, mode, format })
    expect(await control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: true })
    expect(received[0]?.message).toContain(part)
    expect(received[0]?.query.encrypt_type).toBe(mode === 'plain' ? undefined : 'aes')
  })

  test('can have the odd spellings of the official and of SDK samples', async () => {
    const spaced = createPush({ ...PUSH, keys: 'leading-space' })
    await spaced.control.push.send(TEA.appId, REVOKE)
    expect(spaced.json()).toMatchObject({ ' AppID': TEA.appId, ' RevokeInfo': '8', ' OpenID': expect.any(String) })
    const lower = createPush({ ...PUSH, keys: 'lower-case' })
    await lower.control.push.send(TEA.appId, REVOKE)
    expect(lower.json()).toMatchObject({ appid: TEA.appId, RevokeInfo: '8', openid: expect.any(String) })
  })

  test('of an app behind a third-party platform goes to its URL, sealed for the platform', async () => {
    const url = 'http://platform.test/$APPID$/callback'
    const { control, received } = createPush({ ...PUSH, url, component: COMPONENT })
    expect(await control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: true })
    expect(received[0]?.path).toBe(`/${TEA.appId}/callback`)
    expect(received[0]?.message).toContain(`<AppID><![CDATA[${TEA.appId}]]></AppID>`)
  })

  test('is the same bytes again with the same seed and clock', async () => {
    const run = async () => {
      const { control, received } = createPush()
      await control.push.send(TEA.appId, REVOKE)
      return received
    }
    expect(await run()).toEqual(await run())
  })
})

describe('without an answer', () => {
  const settle = () => new Promise(resolve => setTimeout(resolve))

  test('the same message is sent after 5 s again, three times in all, and each connection is closed', async () => {
    const requests: Request[] = []
    const { control, noted } = createPush(PUSH, request => {
      requests.push(request)
      return new Promise(() => {})
    })
    const report = control.push.send(TEA.appId, REVOKE)
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await settle()
      expect(requests).toHaveLength(attempt)
      control.clock.advance(4999)
      await settle()
      expect(requests).toHaveLength(attempt)
      control.clock.advance(1)
    }
    expect(await report).toMatchObject({ accepted: false, attempts: 3 })
    expect(requests).toHaveLength(3)
    expect(requests.every(({ signal }) => signal.aborted)).toBe(true)
    expect(new Set(requests.map(({ url }) => url)).size).toBe(1)
    expect(new Set(await Promise.all(requests.map(request => request.text()))).size).toBe(1)
    expect(noted('push.user_authorization_revoke')).toMatchObject({ ok: false, facts: { attempt: 3 } })
  })

  test('the second attempt may succeed; a body that never ends is no answer', async () => {
    const endless = () => new Response(new ReadableStream({ start: stream => stream.enqueue(new Uint8Array(1)) }))
    const answers = [endless(), new Response('success')]
    const { control } = createPush(PUSH, async () => answers.shift() ?? new Response(''))
    const report = control.push.send(TEA.appId, REVOKE)
    await settle()
    control.clock.advance(5000)
    expect(await report).toMatchObject({ accepted: true, attempts: 2 })
  })

  test('a closed emulator gives up at once', async () => {
    const { control, emulator } = createPush(PUSH, () => new Promise(() => {}))
    const report = control.push.send(TEA.appId, REVOKE)
    await settle()
    emulator.close()
    await expect(report).rejects.toThrow('the emulator is closed')
  })
})

describe('the answer', () => {
  const plain = {
    token: PUSH.token,
    encodingAesKey: KEY,
    appId: TEA.appId,
    message: '{"ok":1}',
    random: new Uint8Array(16),
    timestamp: 1_700_000_000,
    nonce: '42',
  }
  const reply = sealPushReply(plain)
  const xml = `<xml><Encrypt><![CDATA[${reply.Encrypt}]]></Encrypt><MsgSignature><![CDATA[${reply.MsgSignature}]]></MsgSignature><TimeStamp>1700000000</TimeStamp><Nonce><![CDATA[42]]></Nonce></xml>`

  test('may be empty, success, or an encrypted reply', async () => {
    expect(await answering('').control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: true })
    expect(await answering('success').control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: true })
    expect(await answering(reply).control.push.send(TEA.appId, REVOKE)).toMatchObject({
      accepted: true,
      reply: '{"ok":1}',
    })
    const asXml = createPush({ ...PUSH, format: 'xml' }, async () => new Response(xml))
    expect(await asXml.control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: true, reply: '{"ok":1}' })
  })

  const { Encrypt: _, ...bare } = { ...reply, MsgSignature: reply.MsgSignature }
  test.each([
    ['a status', '', 500, 'the receiver answered 500'],
    ['a text', 'ok', 200, 'neither empty nor success nor an encrypted reply'],
    ['half a reply', { Encrypt: reply.Encrypt }, 200, 'lacks MsgSignature or Nonce'],
    ['no Encrypt', bare, 200, 'neither empty nor success nor an encrypted reply'],
    [
      'a text as TimeStamp',
      { ...reply, TimeStamp: '1700000000' },
      200,
      'TimeStamp of the encrypted reply must be a number',
    ],
    ['another time', { ...reply, TimeStamp: 1 }, 200, 'would not verify: Token, TimeStamp, Nonce or Encrypt were not'],
    ['upper case', { ...reply, MsgSignature: reply.MsgSignature.toUpperCase() }, 200, 'it must be lower-case hex'],
    ['another app', sealPushReply({ ...plain, appId: BOOKS.appId }), 200, `the app id at the end is not ${TEA.appId}`],
    ['another key', sealPushReply({ ...plain, encodingAesKey: 'A'.repeat(43) }), 200, 'another EncodingAESKey'],
  ])('is refused with its cause and not asked for again: %s', async (_, body, status, cause) => {
    const { control, noted } = answering(body, status)
    expect(await control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: false, attempts: 1 })
    expect(noted('push.user_authorization_revoke')?.text.en).toContain(cause)
    expect(noted('push.user_authorization_revoke')?.text.zh).toMatch(/[一-龥]/)
  })

  test('signed without Encrypt is told apart', async () => {
    const { createHash } = await import('node:crypto')
    const MsgSignature = createHash('sha1').update([PUSH.token, '1700000000', '42'].sort().join('')).digest('hex')
    const report = await answering({ ...reply, MsgSignature }).control.push.send(TEA.appId, REVOKE)
    expect(report.text.en).toContain('it was made without Encrypt')
  })

  test('an encrypted reply to a plain push is not understood', async () => {
    const { control } = createPush({ ...PUSH, mode: 'plain' }, async () => Response.json(reply))
    expect(await control.push.send(TEA.appId, REVOKE)).toMatchObject({ accepted: false })
  })
})

describe('settings and events', () => {
  test('are refused by field', () => {
    const { control } = createWorld()
    const configure = (change: object) => () =>
      control.push.configure(TEA.appId, { ...PUSH, ...change } as PushSettings)
    expect(configure({ url: 'tea' })).toThrow('"push.url" must be an http or https URL')
    expect(configure({ url: 'http://x/$APPID$' })).toThrow('"push.url" must be')
    expect(configure({ token: 'a b' })).toThrow('"push.token" must be 3 to 32')
    expect(configure({ encodingAesKey: 'short' })).toThrow('"push.encodingAesKey" must be 43 characters')
    expect(configure({ mode: 'safe' })).toThrow('"push.mode" must be one of "plain", "compatible", "secure"')
    expect(configure({ format: 'xml', keys: 'leading-space' })).toThrow('"push.format" must be one of "json"')
    expect(configure({ component: COMPONENT })).toThrow('"push.url" must be an http or https URL with $APPID$ in it')
    const component = { component: COMPONENT, url: 'http://x/$APPID$' }
    expect(configure({ ...component, mode: 'plain' })).toThrow('"push.mode" must be one of "secure"')
    expect(configure({ ...component, format: 'json' })).toThrow('"push.format" must be one of "xml"')
    expect(() => createPush({ ...PUSH, token: '' })).toThrow('"apps[0].push.token" must be')
    expect(() => createWorld({ deliver: 'http' as never })).toThrow('"deliver" must be a function')
  })

  test.each([
    [{ event: 'login', personId: LIN.id }, '"event.event" must be one of'],
    [{ ...REVOKE, revokeInfo: 8 }, '"event.revokeInfo" must be a text with numbers of 1, 2,'],
    [{ ...REVOKE, revokeInfo: '9' }, '"event.revokeInfo" must be'],
    [{ ...REVOKE, personId: 'nobody' }, 'no such person: nobody'],
    [{ ...REVOKE, openPid: '<x>' }, '"event.openPid" must be'],
  ])('%j is refused', async (event, message) => {
    await expect(createPush().control.push.send(TEA.appId, event as PushEvent)).rejects.toThrow(message)
  })

  test('an app without settings cannot push; settings can come and go', async () => {
    const { control, receive } = { ...createReceiver(BOOKS.appId), ...createWorld() }
    await expect(control.push.send(BOOKS.appId, REVOKE)).rejects.toThrow('has no push settings')
    control.push.configure(BOOKS.appId, PUSH)
    control.push.configure(BOOKS.appId, null)
    await expect(control.push.verifyUrl(BOOKS.appId)).rejects.toThrow('has no push settings')
    expect(receive).toBeTypeOf('function')
  })

  test('go over HTTP as well', async () => {
    const { ask, control, json } = createPush()
    const post = (path: string, body: object) =>
      ask(`/_emulator/push/${path}`, {
        method: 'POST',
        body: JSON.stringify({ appId: TEA.appId, ...body }),
        headers: { 'content-type': 'application/json' },
      })
    expect(await post('verify-url', {})).toMatchObject({ accepted: true })
    expect(await post('send', { event: REVOKE })).toMatchObject({ accepted: true, attempts: 1 })
    expect(json()).toMatchObject({ RevokeInfo: '8' })
    expect(await post('settings', { push: { ...PUSH, token: 1 } })).toMatchObject({ error: { field: 'push.token' } })
    expect(await post('settings', { push: null })).toEqual({ ok: true })
    expect(await post('send', { event: REVOKE })).toMatchObject({ error: { code: 'no-push', field: 'appId' } })
    expect(JSON.stringify([control.state(), control.journal.entries()])).not.toContain(KEY)
  })
})
