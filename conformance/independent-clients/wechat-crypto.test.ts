import { decryptPush, encryptPush, PushInvalid, pushSignature, sealPushReply } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import WXBizMsgCrypt from 'wechat-crypto'
import { books, tea } from './open-wechat.ts'
import { encodingAesKey, event, nonce, timestamp, token } from './secure-push.ts'

const { appId } = tea
const random = new Uint8Array(16).fill(7)
const message = JSON.stringify(event)
const crypt = new WXBizMsgCrypt(token, encodingAesKey, appId)

describe('push', () => {
  test('wechat-crypto: opens what encryptPush sealed', () => {
    const encrypt = encryptPush({ encodingAesKey, appId, message, random })
    expect(crypt.decrypt(encrypt)).toEqual({ message, id: appId })
  })

  test('wechat-crypto: what it seals, decryptPush opens', () => {
    expect(decryptPush({ encodingAesKey, appId, encrypt: crypt.encrypt(message) })).toBe(message)
  })

  test('wechat-crypto: every length of message goes both ways', () => {
    for (let length = 0; length <= 70; length += 1) {
      const text = '茶'.repeat(length)
      expect(crypt.decrypt(encryptPush({ encodingAesKey, appId, message: text, random })).message).toBe(text)
      expect(decryptPush({ encodingAesKey, appId, encrypt: crypt.encrypt(text) })).toBe(text)
    }
  })

  test('wechat-crypto: signs a push and a reply as we do', () => {
    const reply = sealPushReply({ token, encodingAesKey, appId, message, random, timestamp: Number(timestamp), nonce })
    expect(crypt.getSignature(timestamp, nonce, reply.Encrypt)).toBe(reply.MsgSignature)
    expect(crypt.decrypt(reply.Encrypt)).toEqual({ message, id: appId })
  })

  test('wechat-crypto: the signature of the URL check is the same without a body', () => {
    expect(crypt.getSignature(timestamp, nonce, '')).toBe(pushSignature({ token, timestamp, nonce }))
  })

  test('wechat-crypto: a key with spare bits in its last character opens the same', () => {
    const spare = `${encodingAesKey.slice(0, 42)}H`
    expect(crypt.decrypt(encryptPush({ encodingAesKey: spare, appId, message, random })).message).toBe(message)
  })
})

describe('pushes that are not right', () => {
  test('wechat-crypto: gives the app id of somebody else back for the caller to compare; decryptPush refuses it', () => {
    const encrypt = encryptPush({ encodingAesKey, appId: books.appId, message, random })
    expect(crypt.decrypt(encrypt).id).toBe(books.appId)
    expect(() => decryptPush({ encodingAesKey, appId, encrypt })).toThrow(PushInvalid)
  })

  test('wechat-crypto: with a wrong key it gives rubbish instead of an error; decryptPush refuses', () => {
    const other = encodingAesKey.split('').reverse().join('')
    const encrypt = encryptPush({ encodingAesKey: other, appId, message, random })
    expect(crypt.decrypt(encrypt).message).not.toBe(message)
    expect(() => decryptPush({ encodingAesKey, appId, encrypt })).toThrow(PushInvalid)
  })

  test('wechat-crypto: half a block is an error in both', () => {
    const encrypt = encryptPush({ encodingAesKey, appId, message, random }).slice(0, -8)
    expect(() => crypt.decrypt(encrypt)).toThrow()
    expect(() => decryptPush({ encodingAesKey, appId, encrypt })).toThrow(PushInvalid)
  })
})
