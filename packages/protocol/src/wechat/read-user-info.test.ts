import { expect, test } from 'vitest'
import vectors from '../../vectors/wechat-vectors.json' with { type: 'json' }
import { decryptOpenData } from './decrypt-open-data.ts'
import { OpenDataInvalid } from './open-data-invalid.ts'
import { readUserInfo } from './read-user-info.ts'

const appId = 'wx1234567890abcdef'
const now = 1_700_000_000_000
const watermark = { timestamp: now / 1_000, appid: appId }
const profile = { nickName: 'Band', avatarUrl: 'https://example.com/a', gender: 1, watermark }

test.each(vectors.openData.filter(vector => vector.kind === 'userInfo'))(
  'the published profile $id is read',
  vector => {
    const data = decryptOpenData({ sessionKey: vector.session_key, iv: vector.iv, encryptedData: vector.encryptedData })
    const plain = JSON.parse(vector.plaintext)
    const at = plain.watermark.timestamp * 1_000
    expect(readUserInfo(data, { appId: vector.appid, now: at })).toEqual({
      openId: plain.openId,
      unionId: plain.unionId ?? null,
      nickname: plain.nickName,
      avatarUrl: plain.avatarUrl,
      anonymous: plain.nickName === '微信用户',
      at,
    })
  },
)

test('the stand-in of today is told from a name', () => {
  const read = (nickName: string) => readUserInfo({ ...profile, nickName }, { appId, now })
  expect(read('微信用户').anonymous).toBe(true)
  expect(read('Band').anonymous).toBe(false)
})

test('a payload of getUserProfile has no openid', () => {
  expect(readUserInfo(profile, { appId, now })).toMatchObject({ openId: null, unionId: null })
})

test.each([
  ['a phone', { ...profile, phoneNumber: '13800138000' }],
  ['steps', { ...profile, stepInfoList: [] }],
  ['a share', { ...profile, openGId: 'tG' }],
  ['no nickname', { ...profile, nickName: undefined }],
  ['a nickname that is no text', { ...profile, nickName: 1 }],
  ['no avatar', { ...profile, avatarUrl: undefined }],
  ['an openid that is no text', { ...profile, openId: ['o'] }],
  ['a unionid that is no text', { ...profile, unionId: 1 }],
  ['no watermark', { ...profile, watermark: undefined }],
  ['the watermark of another app', { ...profile, watermark: { ...watermark, appid: 'wxfedcba0987654321' } }],
  ['an old watermark', { ...profile, watermark: { ...watermark, timestamp: now / 1_000 - 301 } }],
])('refused: %s', (_, data) => {
  expect(() => readUserInfo(data, { appId, now })).toThrow(OpenDataInvalid)
})
