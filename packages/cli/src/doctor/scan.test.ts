import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LeakKind, leaks } from './leaks.ts'
import { type ScannedAs, scan } from './scan.ts'

const key = 'tiihtNczf5v6AKRyjwEUhQ=='
const secret = '3f9a1c7be24d5086af1b2c3d4e5f6071'
const openId = 'oGZUI0egBJY1zhBYw2KhdUfwVJJE'
const token = `94_${'aB3-_xYz'.repeat(16)}`
const pushKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
const kindsIn = (text: string, as: ScannedAs) => [...new Set(scan(text, as).map(({ kind }) => kind))]

const leaking: readonly (readonly [LeakKind, ScannedAs, string])[] = [
  ['session-key', 'answer', `{"data":{"session_key":"${key}"}}`],
  ['session-key', 'answer', `{"sessionKey": "${key.replace('5', '/')}"}`],
  ['session-key', 'answer', `{"text":"{\\"session_key\\":\\"${key}\\"}"}`],
  ['session-key', 'answer', `{"sessionID":"${key}"}`],
  ['session-key', 'code', `const a={sessionKey:'${key}'};`],
  ['session-key', 'code', `// session_key = '${key}'`],
  ['session-key', 'request', `https://a.example/phone?sessionID=${encodeURIComponent(key)}&iv=x`],
  ['session-key', 'request', `https://a.example/phone\nsession_key=${key}`],
  ['code2session-answer', 'answer', `{"openid":"${openId}","session_key":"${key}","expires_in":7200}`],
  ['code2session-answer', 'answer', `{"session_key":"${key}","openid":"${openId}"}`],
  ['app-secret', 'code', `const config = { appid: 'wx1234567890abcdef', secret: '${secret}' }`],
  ['app-secret', 'code', `var o="wx1234567890abcdef",APP_SECRET="${secret.toUpperCase()}"`],
  ['app-secret', 'code', `// AppSecret: ${secret}`],
  ['app-secret', 'request', `https://a.example/x?appid=wx1&secret=${secret}&js_code=1`],
  ['app-secret', 'answer', `{"appSecret":"${secret}"}`],
  ['access-token', 'answer', `{"access_token":"${token}","expires_in":7200}`],
  ['access-token', 'request', `https://a.example/send?access_token=${token}`],
  ['access-token', 'code', `const accessToken = '${token}'`],
  ['push-key', 'code', `EncodingAESKey: '${pushKey}'`],
  ['phone-number', 'answer', '{"phoneNumber":"13812345678"}'],
  ['phone-number', 'answer', '{"purePhoneNumber":"138 1234 5678"}'],
  ['phone-number', 'answer', '{"data":[{"mobile":13812345678}]}'],
  ['phone-number', 'answer', '{"number":"+8613812345678"}'],
  ['phone-number', 'answer', '{"contactTel":"+447911123456"}'],
  ['phone-number', 'answer', '{"msg":"手机号13812345678已绑定"}'],
  ['phone-number', 'answer', '["a","86-13812345678"]'],
  ['session-key-in-client', 'code', 'post({ session_key: app.globalData.session_key })'],
  ['session-key-in-client', 'code', "const k = res.data['session_key']"],
  ['session-key-in-client', 'code', 'const { openid, session_key } = res.data'],
  ['session-key-in-client', 'code', 't.globalData.sessionKey=e.data.sessionKey'],
  ['session-key-in-storage', 'code', "wx.setStorageSync('session_key', res.data.session_key)"],
  ['session-key-in-storage', 'code', 'uni.setStorage({ key: "sessionKey", data: k })'],
  ['session-key-in-storage', 'code', 'wx.setStorage({data:k,key:`\x24{env}session_key`})'],
  ['openid-in-storage', 'code', "wx.setStorageSync('openid', res.data.openid)"],
  ['openid-in-storage', 'code', 'Taro.setStorageSync(`\x24{config.env}openId`, data.openId)'],
  ['openid-in-storage', 'code', "localStorage.setItem('openid', openid)"],
  ['phone-in-storage', 'code', "wx.setStorageSync('purePhoneNumber', n)"],
  ['phone-in-storage', 'code', "wx.setStorage({ key: 'mobile', data: n })"],
  ['openid-as-identity', 'code', 'wx.request({ url, data: { openid: this.openid, iv } })'],
  ['openid-as-identity', 'code', 'reqPhone({ openid, iv, encryptedData })'],
  ['openid-as-identity', 'request', `https://a.example/me?openid=${openId}`],
  ['wechat-api-from-client', 'code', "wx.request({ url: 'https://api.weixin.qq.com/sns/jscode2session?appid=' + id })"],
  ['wechat-api-from-client', 'request', 'https://api.weixin.qq.com/sns/jscode2session\n'],
]

describe('finds', () => {
  test.each(leaking)('%s in %s: %s', (kind, as, text) => {
    expect(kindsIn(text, as)).toContain(kind)
  })

  test('every kind that it has words for', () => {
    expect(new Set(leaking.map(([kind]) => kind))).toEqual(new Set(Object.keys(leaks)))
  })

  test('the place, in a long compiled line too', () => {
    const bundle = `first\n${';var a=/^https?:\\/\\//'.repeat(400)};t.setStorageSync("session_key",e)`
    const [finding] = scan(bundle, 'code')
    expect(finding).toMatchObject({ kind: 'session-key-in-storage', line: 2 })
    expect(bundle.split('\n')[1]?.slice((finding?.column ?? 0) - 1)).toMatch(/^setStorageSync/)
  })
})

const harmless: readonly (readonly [ScannedAs, string])[] = [
  // Comments tell, and do nothing.
  ['code', '// 后台解析 session_key 会失效\n/* session_key: gone */\n<!-- openid: none -->'],
  ['code', "that.setData({ message: 'session_key 已经失效，需要重新执行登录流程' })"],
  ['code', 'wx.checkSession({ success, fail })'],
  ['code', "wx.setStorage({ key: 'phone', data: masked, encrypt: true })"],
  ['code', 'wx.setStorage({key:"weapp-auth",data:t,encrypt:!0})'],
  ['code', "wx.setStorageSync('theme', 'dark'); wx.setStorageSync('token', t)"],
  ['code', "wx.getStorageSync('openid')"],
  ['code', "const hotline = '13812345678' // of the shop"],
  ['code', "const url = 'https://servicewechat.com/api'"],
  ['code', "const secret = 'YOUR_APP_SECRET'; const other = { secret: '00000000000000000000000000000000' }"],
  ['code', `const md5 = '${secret}'; const etag = "${secret}"`],
  ['code', `const secretHash = '${secret}'`],
  ['code', `const image = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=='`],
  ['code', `const integrity = 'sha512-${'aB3/'.repeat(21)}aa=='`],
  ['code', "const session_key = 'xxxxxxxxxxxxxxxxxxxxxx=='".replace('session_key', 'label')],
  ['answer', '{"session_key":"wxa_sk_handle-that-opens-nothing-elsewhere"}'],
  ['answer', '{"session_key":"","expires_in":7200}'],
  ['answer', `{"iv":"${key}","encryptedData":"abc"}`],
  ['answer', '{"access_token":"eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln","token_type":"Bearer"}'],
  ['answer', '{"phone":"138******78","masked":"138****5678"}'],
  ['answer', '{"createdAt":1795233600000,"time":"2026-11-21T04:00:00.138Z","seconds":1795233600}'],
  ['answer', '{"id":"01a1fc42-d200-7436-a706-138001380000","order":"202611211381234567890"}'],
  ['answer', '{"sha":"a13812345678b","version":"1.13812345678","size":13812345678}'],
  ['answer', '{"ip":"138.123.45.67","price":"13812.34"}'],
  ['request', 'https://a.example/phone\n{"number":"+8613812345678"}'],
  ['request', 'https://a.example/v1/login\n{"appId":"wx1","code":"0a1b2c","nonce":"abc"}'],
]

describe('leaves alone', () => {
  test.each(harmless)('%s: %s', (as, text) => {
    expect(scan(text, as)).toEqual([])
  })

  test('one secret is one finding of its kind', () => {
    expect(scan(`{"phoneNumber":"13812345678"}`, 'answer')).toHaveLength(1)
  })
})

test('no finding shows the secret that it found', () => {
  for (const [, as, text] of leaking)
    for (const { excerpt } of scan(text, as))
      for (const hidden of [key, secret, secret.toUpperCase(), token, pushKey, openId, '13812345678', '138 1234 5678'])
        expect([text, excerpt.includes(hidden)]).toEqual([text, false])
})

test('whatever it is given, it ends, and points into the text', () => {
  const pieces = fc.constantFrom('"', "'", '`', '{', '}', '//', '/*', '*/', '\n', '\\', 'session_key', ': ', key, 'a')
  const text = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }).map(parts => parts.join(''))
  const as = fc.constantFrom<ScannedAs>('code', 'answer', 'request')
  fc.assert(
    fc.property(text, as, (text, as) => {
      const lines = text.split('\n')
      for (const { line, column } of scan(text, as))
        expect((lines[line - 1] ?? '').length).toBeGreaterThanOrEqual(column)
    }),
    { numRuns: 2000 },
  )
})

test('a megabyte of anything is looked through in few steps: what repeats is not read again for each start', () => {
  // Each would take hours if a pattern went back over it for every character.
  const pieces = ['secret', '"', "'", '`', '/*', '<!--', '{openid', 'session_key', '"phone', 'setStorage({', '13812345']
  for (const piece of pieces)
    for (const as of ['answer', 'code'] as const) expect(scan(piece.repeat(50_000), as).length).toBeLessThan(1000)
}, 60_000)
