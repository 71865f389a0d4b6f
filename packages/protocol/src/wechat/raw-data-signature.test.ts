import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { rawDataSignature, verifyRawDataSignature } from './raw-data-signature.ts'

test.each(vectors.rawDataSignature)('the published signature $id is made and verified', vector => {
  const { session_key: sessionKey, rawData, signature } = vector
  expect(rawDataSignature(rawData, sessionKey)).toBe(signature)
  expect(verifyRawDataSignature({ rawData, sessionKey, signature })).toBe(true)
})

test.each(vectors.rawDataSignature)('no other text, key or signature passes: $id', vector => {
  const genuine = { rawData: vector.rawData, sessionKey: vector.session_key, signature: vector.signature }
  const rewritten = JSON.stringify(JSON.parse(vector.rawData), null, 1)
  expect(verifyRawDataSignature({ ...genuine, rawData: rewritten })).toBe(false)
  expect(verifyRawDataSignature({ ...genuine, sessionKey: 'tiihtNczf5v6AKRyjwEUhQ==' })).toBe(false)
  for (const signature of ['', '0'.repeat(40), vector.signature.slice(0, -1), `${vector.signature}0`]) {
    expect(verifyRawDataSignature({ ...genuine, signature })).toBe(false)
  }
  expect(verifyRawDataSignature({ ...genuine, signature: vector.signature.toUpperCase() })).toBe(false)
})
