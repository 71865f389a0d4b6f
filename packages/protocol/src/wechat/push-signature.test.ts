import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { pushSignature, verifyPushSignature } from './push-signature.ts'

test.each(vectors.pushUrlSignature)('the published signature of an address check or plain message $id', vector => {
  const { token, timestamp, nonce, signature } = vector
  expect(pushSignature({ token, timestamp, nonce })).toBe(signature)
  expect(verifyPushSignature({ token, timestamp, nonce, signature })).toBe(true)
})

const sealed = [...vectors.pushMessage, ...vectors.pushReply].flatMap(vector => {
  const { id, token, timestamp, nonce, encrypt, msg_signature: signature } = vector
  return token && timestamp && nonce && signature ? [{ id, token, timestamp, nonce, encrypt, signature }] : []
})

test('five of the six published sealed messages carry a signature', () => {
  expect(sealed).toHaveLength(5)
})

test.each(sealed)('the published msg_signature $id', ({ id: _, ...vector }) => {
  const { signature, ...signed } = vector
  expect(pushSignature(signed)).toBe(signature)
  expect(verifyPushSignature(vector)).toBe(true)
})

test.each(sealed)('a changed body, time, nonce or token does not pass: $id', ({ id: _, ...vector }) => {
  for (const field of ['encrypt', 'timestamp', 'nonce', 'token'] as const) {
    expect(verifyPushSignature({ ...vector, [field]: `${vector[field]}0` })).toBe(false)
  }
})

test.each(sealed)('`signature` without the body does not stand in for msg_signature: $id', ({ id: _, ...vector }) => {
  const { encrypt: _encrypt, signature: _signature, ...bare } = vector
  expect(verifyPushSignature({ ...vector, signature: pushSignature(bare) })).toBe(false)
})
