import { expect, test } from 'vitest'
import { readPhoneEvent } from './read-phone-event.ts'

const code = 'e31968a7f94cc5ee25fafc2aef2773f0bb8c3937b22520eb8ee345274d00c144'

test.each([
  ['a code', { code }, { code }],
  ['code and ciphertext', { code, encryptedData: 'AA==', iv: 'AA==' }, { code, encryptedData: 'AA==', iv: 'AA==' }],
  ['a ciphertext', { encryptedData: 'AA==', iv: 'AA==' }, { encryptedData: 'AA==', iv: 'AA==' }],
  ['a code and half a ciphertext', { code, encryptedData: 'AA==' }, { code }],
  ['more than we ask for', { code, cloudID: '1_x', errno: 0 }, { code }],
])('ok with %s is an agreement', (_, detail, proof) => {
  expect(readPhoneEvent({ detail: { errMsg: 'getPhoneNumber:ok', ...detail } })).toEqual(proof)
  expect(readPhoneEvent({ errMsg: 'getPhoneNumber:ok', ...detail })).toEqual(proof)
})

test.each([
  ['ok with nothing in hand', { errMsg: 'getPhoneNumber:ok' }],
  ['ok with half a ciphertext', { errMsg: 'getPhoneNumber:ok', iv: 'AA==' }],
  ['ok with an empty code', { errMsg: 'getPhoneNumber:ok', code: '' }],
  ['ok with a code that is no text', { errMsg: 'getPhoneNumber:ok', code: 7 }],
  ['a code without any text', { code }],
  ['a bare failure with a code', { errMsg: 'getPhoneNumber:fail', code }],
  ['a text nobody has seen', { errMsg: 'getPhoneNumber:fail 天知道' }],
])('%s is failed, not declined', (_, detail) => {
  expect(readPhoneEvent({ detail })).toMatchObject({ status: 'failed' })
})
