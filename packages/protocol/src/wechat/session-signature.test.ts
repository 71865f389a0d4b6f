import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { sessionSignature } from './session-signature.ts'

test.each(vectors.sessionSignature)('the published signature $id is made', vector => {
  expect(sessionSignature(vector.session_key, vector.data)).toBe(vector.signature)
})

test('the key is the text of session_key, not the bytes it stands for', () => {
  for (const { session_key, data, wrong_if_key_decoded } of vectors.sessionSignature) {
    if (wrong_if_key_decoded) expect(sessionSignature(session_key, data)).not.toBe(wrong_if_key_decoded)
  }
})

test('without data the empty text is signed', () => {
  expect(sessionSignature('o0q0otL8aEzpcZL/FT9WsQ==')).toBe(sessionSignature('o0q0otL8aEzpcZL/FT9WsQ==', ''))
})
