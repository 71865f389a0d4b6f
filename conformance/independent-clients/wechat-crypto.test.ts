import { text } from 'node:stream/consumers'
import { decryptPush, encryptPush, PushInvalid, pushSignature, sealPushReply } from '@weapp-auth/protocol/wechat'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import WXBizMsgCrypt from 'wechat-crypto'
import { openReceiver, queryOf, type Receiver } from './open-receiver.ts'
import { books, openWechat, tea, type Wechat } from './open-wechat.ts'
import { encodingAesKey, otherKey, revoked, secure, token } from './push-settings.ts'

const { appId } = tea
const random = new Uint8Array(16).fill(7)
const timestamp = '1795233600'
const nonce = '1372623149'
const message = '{"MsgType":"event","Event":"user_authorization_revoke","RevokeInfo":"8"}'
const crypt = new WXBizMsgCrypt(token, encodingAesKey, appId)

describe('pushes of the emulator', () => {
  const received: string[] = []
  let reply: string
  let wechat: Wechat
  let receiver: Receiver
  beforeEach(async () => {
    received.length = 0
    reply = ''
    wechat = await openWechat()
    receiver = await openReceiver(async request => {
      const { signature = '', msg_signature = '', timestamp = '', nonce = '', echostr } = queryOf(request)
      if (echostr !== undefined) return crypt.getSignature(timestamp, nonce, '') === signature ? echostr : ''
      const encrypt = encryptOf(await text(request))
      if (crypt.getSignature(timestamp, nonce, encrypt) !== msg_signature) throw new Error('wrong signature')
      const { message, id } = crypt.decrypt(encrypt)
      if (id !== appId) throw new Error(`for ${id}`)
      received.push(message)
      return reply === '' ? 'success' : sealed(reply, timestamp, nonce)
    })
  })
  afterEach(async () => {
    await receiver.close()
    await wechat.close()
  })

  const send = () => wechat.control.push.send(appId, revoked)

  test('wechat-crypto: the URL check verifies', async () => {
    wechat.control.push.configure(appId, secure(receiver, 'json'))
    expect(await wechat.control.push.verifyUrl(appId)).toMatchObject({ accepted: true })
  })

  test('wechat-crypto: opens the JSON of a push', async () => {
    wechat.control.push.configure(appId, secure(receiver, 'json'))
    expect(await send()).toMatchObject({ accepted: true, attempts: 1 })
    expect(received.map(json => JSON.parse(json))).toEqual([
      expect.objectContaining({
        Event: 'user_authorization_revoke',
        OpenID: wechat.openId(),
        AppID: appId,
        RevokeInfo: '8',
      }),
    ])
  })

  test('wechat-crypto: opens the XML of a push', async () => {
    wechat.control.push.configure(appId, secure(receiver, 'xml'))
    expect(await send()).toMatchObject({ accepted: true })
    expect(received).toEqual([expect.stringContaining('<RevokeInfo><![CDATA[8]]></RevokeInfo>')])
  })

  test('wechat-crypto: the reply that it seals is accepted', async () => {
    wechat.control.push.configure(appId, secure(receiver, 'json'))
    reply = '{"demo_resp":"好运"}'
    expect(await send()).toMatchObject({ accepted: true, reply })
  })

  test.each([
    ['another token', { token: 'otherToken' }, 'wrong signature'],
    ['the key of another app', { encodingAesKey: otherKey }, expect.anything()],
  ])('wechat-crypto: a push with %s is found out', async (_, wrong, refusal) => {
    wechat.control.push.configure(appId, { ...secure(receiver, 'json'), ...wrong })
    expect(await send()).toMatchObject({ accepted: false })
    expect(receiver.refusals).toEqual([refusal])
    expect(received).toEqual([])
  })
})

/** `Encrypt` of a body in either format. */
function encryptOf(body: string): string {
  return /"Encrypt":"([^"]+)"|<Encrypt><!\[CDATA\[(.+?)\]\]>/.exec(body)?.slice(1).find(Boolean) ?? ''
}

function sealed(reply: string, timestamp: string, nonce: string): string {
  const Encrypt = crypt.encrypt(reply)
  const MsgSignature = crypt.getSignature(timestamp, nonce, Encrypt)
  return JSON.stringify({ Encrypt, MsgSignature, TimeStamp: Number(timestamp), Nonce: nonce })
}

describe('the functions of the protocol package', () => {
  test('wechat-crypto: every length of message goes both ways', () => {
    for (let length = 0; length <= 70; length += 1) {
      const text = '茶'.repeat(length)
      const encrypt = encryptPush({ encodingAesKey, appId, message: text, random })
      expect(crypt.decrypt(encrypt)).toEqual({ message: text, id: appId })
      expect(decryptPush({ encodingAesKey, appId, encrypt: crypt.encrypt(text) })).toBe(text)
    }
  })

  test('wechat-crypto: signs a push and a reply as we do', () => {
    const reply = sealPushReply({ token, encodingAesKey, appId, message, random, timestamp: Number(timestamp), nonce })
    expect(crypt.getSignature(timestamp, nonce, reply.Encrypt)).toBe(reply.MsgSignature)
    expect(crypt.getSignature(timestamp, nonce, '')).toBe(pushSignature({ token, timestamp, nonce }))
    expect(crypt.decrypt(reply.Encrypt)).toEqual({ message, id: appId })
  })

  test('wechat-crypto: spare bits in the last character of a key change nothing', () => {
    const spare = `${encodingAesKey.slice(0, 42)}H`
    expect(crypt.decrypt(encryptPush({ encodingAesKey: spare, appId, message, random })).message).toBe(message)
  })

  test('wechat-crypto: leaves the app id to be compared by the caller; decryptPush refuses another one', () => {
    const encrypt = encryptPush({ encodingAesKey, appId: books.appId, message, random })
    expect(crypt.decrypt(encrypt).id).toBe(books.appId)
    expect(() => decryptPush({ encodingAesKey, appId, encrypt })).toThrow(PushInvalid)
  })

  test('wechat-crypto: with a wrong key it gives rubbish instead of an error; decryptPush refuses', () => {
    const encrypt = encryptPush({ encodingAesKey: otherKey, appId, message, random })
    expect(crypt.decrypt(encrypt).message).not.toBe(message)
    expect(() => decryptPush({ encodingAesKey, appId, encrypt })).toThrow(PushInvalid)
  })

  test('wechat-crypto: half a block is an error in both', () => {
    const encrypt = encryptPush({ encodingAesKey, appId, message, random }).slice(0, -8)
    expect(() => crypt.decrypt(encrypt)).toThrow()
    expect(() => decryptPush({ encodingAesKey, appId, encrypt })).toThrow(PushInvalid)
  })
})
