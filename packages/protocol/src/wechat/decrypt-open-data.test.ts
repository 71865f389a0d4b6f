import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { decryptOpenData } from './decrypt-open-data.ts'
import { encryptOpenData } from './encrypt-open-data.ts'

test.each(vectors.openData)('the published payload $id opens and closes byte for byte', vector => {
  const { session_key: sessionKey, iv, encryptedData, plaintext } = vector
  expect(decryptOpenData({ sessionKey, iv, encryptedData })).toEqual(JSON.parse(plaintext))
  expect(encryptOpenData({ sessionKey, iv, plaintext })).toBe(encryptedData)
})
