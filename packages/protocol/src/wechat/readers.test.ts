import { expect, test } from 'vitest'
import endpoints from '../../vectors/endpoints.json' with { type: 'json' }
import { readAccessToken } from './access-token.ts'
import { readCheckEncryptedData } from './check-encrypted-data.ts'
import { readCheckSession } from './check-session.ts'
import { readCodeToSession } from './code-to-session.ts'
import { MalformedAnswer } from './malformed-answer.ts'
import { readPhoneByCode } from './phone-by-code.ts'
import { readResetSessionKey } from './reset-session-key.ts'
import { WechatRefusal } from './wechat-refusal.ts'

const openid = 'oGZUI0egBJY1zhBYw2KhdUfwVJJE'
const session_key = 'tiihtNczf5v6AKRyjwEUhQ=='
const appId = 'wx1234567890abcdef'
const watermark = { timestamp: 1_700_000_000, appid: appId }
const info = { phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: '86', watermark }

const readers: Readonly<Record<string, (body: unknown) => unknown>> = {
  readCodeToSession,
  readAccessToken,
  readPhoneByCode: body => readPhoneByCode(body, { appId }),
  readCheckSession,
  readResetSessionKey,
  readCheckEncryptedData,
}
const answers: Readonly<Record<string, object>> = {
  readCodeToSession: { openid, session_key },
  readAccessToken: { access_token: 'T', expires_in: 7200 },
  readPhoneByCode: { errcode: 0, errmsg: 'ok', phone_info: info },
  readCheckSession: { errcode: 0, errmsg: 'ok' },
  readResetSessionKey: { errcode: 0, errmsg: 'ok', openid, session_key },
  readCheckEncryptedData: { errcode: 0, errmsg: 'ok', vaild: true, create_time: 1_629_121_902 },
}

function failureOf(run: () => unknown): unknown {
  try {
    return { read: run() }
  } catch (error) {
    return error
  }
}

test('each answer of the documentation is read', () => {
  const read = (name: string) => readers[name]?.(answers[name])
  expect(read('readCodeToSession')).toEqual({ openId: openid, sessionKey: session_key, unionId: null })
  expect(read('readAccessToken')).toEqual({ accessToken: 'T', expiresInSeconds: 7200 })
  expect(read('readPhoneByCode')).toEqual({
    number: '+8613800138000',
    nationalNumber: '13800138000',
    countryCode: '86',
    at: 1_700_000_000_000,
  })
  expect(read('readCheckSession')).toBe(true)
  expect(read('readResetSessionKey')).toEqual({ openId: openid, sessionKey: session_key })
  expect(read('readCheckEncryptedData')).toEqual({ status: 'genuine', createdAt: 1_629_121_902_000 })
})

test.each(Object.keys(readers))('%s reads past fields that are new', name => {
  expect(readers[name]?.({ ...answers[name], new_field: { a: 1 }, errmsg: 'ok' })).toEqual(
    readers[name]?.(answers[name]),
  )
})

test.each(Object.keys(readers))('%s refuses an errcode with the words of WeChat', name => {
  const body = { errcode: 40125, errmsg: 'invalid appsecret, rid: 6129ee10-272863a4-64d75414' }
  const error = failureOf(() => readers[name]?.(body))
  expect(error).toBeInstanceOf(WechatRefusal)
  expect(error).toMatchObject({
    code: 'wechat_refusal',
    errcode: 40125,
    errmsg: 'invalid appsecret',
    rid: '6129ee10-272863a4-64d75414',
  })
})

test.each(Object.keys(readers))('%s refuses what is no object', name => {
  for (const body of [undefined, null, '', '<html>', 0, true, [], [answers[name]]]) {
    expect(failureOf(() => readers[name]?.(body))).toMatchObject({ code: 'malformed_answer', field: 'body' })
  }
})

test.each(Object.keys(readers))('%s refuses an errcode that is no integer', name => {
  for (const errcode of ['0', '40029', null, 1.5, [0], {}, true]) {
    expect(failureOf(() => readers[name]?.({ ...answers[name], errcode }))).toMatchObject({ field: 'errcode' })
  }
})

test.each(Object.keys(readers))('an errcode counts even when the fields of success are there: %s', name => {
  expect(failureOf(() => readers[name]?.({ ...answers[name], errcode: -1 }))).toBeInstanceOf(WechatRefusal)
})

const odd: readonly (readonly [string, string, object, string])[] = [
  ['readCodeToSession', 'no openid', { openid: undefined }, 'openid'],
  ['readCodeToSession', 'an openid in a list', { openid: [openid] }, 'openid'],
  ['readCodeToSession', 'an empty openid', { openid: '' }, 'openid'],
  ['readCodeToSession', 'an openid with a space', { openid: 'o A' }, 'openid'],
  ['readCodeToSession', 'an openid with a line break', { openid: `${openid}\n` }, 'openid'],
  ['readCodeToSession', 'an openid of 129 characters', { openid: 'o'.repeat(129) }, 'openid'],
  ['readCodeToSession', 'no session_key', { session_key: undefined }, 'session_key'],
  [
    'readCodeToSession',
    'a session_key of 15 bytes',
    { session_key: Buffer.alloc(15).toString('base64') },
    'session_key',
  ],
  [
    'readCodeToSession',
    'a session_key of 32 bytes',
    { session_key: Buffer.alloc(32).toString('base64') },
    'session_key',
  ],
  ['readCodeToSession', 'a session_key with spare bits', { session_key: 'tiihtNczf5v6AKRyjwEUhR==' }, 'session_key'],
  ['readCodeToSession', 'a session_key with a space', { session_key: 'tiihtNczf5v6AKRyjwEUh ==' }, 'session_key'],
  ['readCodeToSession', 'a unionid that is a number', { unionid: 1 }, 'unionid'],
  ['readResetSessionKey', 'no openid', { openid: undefined }, 'openid'],
  ['readResetSessionKey', 'no session_key', { session_key: null }, 'session_key'],
  ['readAccessToken', 'no access_token', { access_token: undefined }, 'access_token'],
  ['readAccessToken', 'an empty access_token', { access_token: '' }, 'access_token'],
  ['readAccessToken', 'an access_token with a line break', { access_token: 'a\nb' }, 'access_token'],
  ['readAccessToken', 'an access_token in a list', { access_token: ['T'] }, 'access_token'],
  ['readAccessToken', 'no expires_in', { expires_in: undefined }, 'expires_in'],
  ['readAccessToken', 'expires_in as text', { expires_in: '7200' }, 'expires_in'],
  ['readAccessToken', 'expires_in of zero', { expires_in: 0 }, 'expires_in'],
  ['readAccessToken', 'expires_in with a fraction', { expires_in: 7200.5 }, 'expires_in'],
  ['readPhoneByCode', 'no phone_info', { phone_info: undefined }, 'phone_info'],
  ['readPhoneByCode', 'phone_info in a list', { phone_info: [info] }, 'phone_info'],
  ['readPhoneByCode', 'no phoneNumber', { phone_info: { ...info, phoneNumber: undefined } }, 'phone_info.phoneNumber'],
  [
    'readPhoneByCode',
    'two different numbers',
    { phone_info: { ...info, phoneNumber: '139' } },
    'phone_info.phoneNumber',
  ],
  [
    'readPhoneByCode',
    'no purePhoneNumber',
    { phone_info: { ...info, purePhoneNumber: null } },
    'phone_info.purePhoneNumber',
  ],
  ['readPhoneByCode', 'no countryCode', { phone_info: { ...info, countryCode: undefined } }, 'phone_info.countryCode'],
  ['readPhoneByCode', 'no watermark', { phone_info: { ...info, watermark: undefined } }, 'phone_info.watermark'],
  [
    'readPhoneByCode',
    'the watermark of another app',
    { phone_info: { ...info, watermark: { ...watermark, appid: 'wxfedcba0987654321' } } },
    'phone_info.watermark.appid',
  ],
  ['readCheckEncryptedData', 'no vaild', { vaild: undefined }, 'vaild'],
  ['readCheckEncryptedData', 'vaild as text', { vaild: 'true' }, 'vaild'],
  ['readCheckEncryptedData', 'no create_time', { create_time: undefined }, 'create_time'],
  ['readCheckEncryptedData', 'create_time as text', { create_time: '1629121902' }, 'create_time'],
]

test.each(odd)('%s refuses %s and names the field', (name, _, change, field) => {
  const error = failureOf(() => readers[name]?.({ ...answers[name], ...change }))
  expect(error).toBeInstanceOf(MalformedAnswer)
  expect(error).toMatchObject({ code: 'malformed_answer', field })
})

test('a malformed answer is never quoted', () => {
  const error = failureOf(() => readCodeToSession({ openid, session_key: 'c2VjcmV0' }))
  expect(String((error as Error).stack)).not.toContain('c2VjcmV0')
  expect((error as Error).message).toBe('"session_key" of WeChat\'s answer is missing or malformed')
})

test('the unionid is read when there is one; empty and null mean none', () => {
  const read = (unionid: unknown) => readCodeToSession({ openid, session_key, unionid }).unionId
  expect(read('ocMvos6NjeKLIBqg5Mr9QjxrP1FA')).toBe('ocMvos6NjeKLIBqg5Mr9QjxrP1FA')
  expect(read('')).toBeNull()
  expect(read(null)).toBeNull()
})

test('expires_in, which old accounts get with a session, is ignored', () => {
  expect(readCodeToSession({ openid, session_key, expires_in: 'x' })).not.toHaveProperty('expiresIn')
})

test.each(['86', 86])('countryCode may be text or number: %o', countryCode => {
  expect(readPhoneByCode({ phone_info: { ...info, countryCode } }, { appId }).countryCode).toBe('86')
})

test('a session_key is stale on 87009 and 87007 and on no other errcode of checksession', () => {
  expect(readCheckSession({ errcode: 87009, errmsg: 'invalid signature rid: 6552e3da-6397437b-3f0d4f01' })).toBe(false)
  expect(readCheckSession({ errcode: 87007, errmsg: '' })).toBe(false)
  for (const errcode of [-1, 40001, 40003, 87008]) {
    expect(failureOf(() => readCheckSession({ errcode, errmsg: '' }))).toBeInstanceOf(WechatRefusal)
  }
})

test('data that WeChat does not know is unknown, not an error', () => {
  expect(readCheckEncryptedData({ errcode: 1, errmsg: '' })).toEqual({ status: 'unknown' })
  expect(readCheckEncryptedData({ errcode: 0, errmsg: 'ok', vaild: false })).toEqual({ status: 'unknown' })
})

test.each(endpoints.errmsg_formats)('the errmsg of $where is taken apart: $sample', ({ sample }) => {
  const { errmsg, rid, hint } = new WechatRefusal(1, sample)
  expect(errmsg).not.toMatch(/rid|hint|[,\s]$/)
  expect(sample.startsWith(errmsg)).toBe(true)
  expect(rid ?? hint).toBeDefined()
})

test('control characters and endless texts do not reach a log', () => {
  const error = new WechatRefusal(-1, `system error\r\nforged: line\u001b[31m ${'x'.repeat(10_000)}`)
  expect(error.message).toMatch(/^[^\p{Cc}]{1,350}$/u)
})

test('an errmsg that is missing or no text leaves an empty one', () => {
  for (const errmsg of [undefined, null, 1, ['a']]) {
    expect(failureOf(() => readCheckSession({ errcode: 1, errmsg }))).toMatchObject({ errcode: 1, errmsg: '' })
  }
})
