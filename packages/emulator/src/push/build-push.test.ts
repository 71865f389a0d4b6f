import { decryptPush } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import vectors from '../../../protocol/vectors/wechat-vectors.json' with { type: 'json' }
import { buildPush, buildUrlCheck } from './build-push.ts'
import { judgeAnswer } from './judge-answer.ts'
import type { FullPushSettings } from './push-settings.ts'

const settings: FullPushSettings = {
  url: 'http://tea.test/push?keep=1',
  token: 'AAAAA',
  encodingAesKey: 'A'.repeat(43),
  mode: 'secure',
  format: 'json',
  keys: 'documented',
}
const { pushMessage, pushReply, pushUrlSignature } = vectors
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const queryOf = (request: Request) => Object.fromEntries(new URL(request.url).searchParams)

test.each(pushUrlSignature)('the published address check $id', ({ token, timestamp, nonce, signature, echostr }) => {
  const stamp = { timestamp, nonce, random: new Uint8Array(16) }
  const request = buildUrlCheck({ ...settings, token }, settings.url, stamp, echostr ?? '')
  expect(queryOf(request)).toEqual({ keep: '1', signature, timestamp, nonce, echostr: echostr ?? '' })
})

test('the published plain POST carries the same signature', async () => {
  const vector = pushUrlSignature[1]
  const stamp = { timestamp: vector?.timestamp ?? '', nonce: vector?.nonce ?? '', random: new Uint8Array(16) }
  const fields = { FromUserName: 'oFrom', CreateTime: 1 }
  const request = buildPush({ ...settings, mode: 'plain' }, settings.url, stamp, fields, 'wx')
  expect(queryOf(request)).toMatchObject({ signature: vector?.signature, openid: 'oFrom' })
  expect(queryOf(request)).not.toHaveProperty('msg_signature')
  expect(await request.json()).toEqual(fields)
})

/** The fields of a message; numbers stay numbers. */
function fieldsOf(message: string, format: string): Record<string, string | number> {
  if (format === 'json') return JSON.parse(message) as Record<string, string | number>
  const tags = [...message.matchAll(/<(\w+)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|(\d+))<\/\1>/g)]
  return Object.fromEntries(tags.map(([, key = '', text, number]) => [key, text ?? Number(number)]))
}

const bodyOf = (text: string, format: string) =>
  (format === 'json' ? JSON.parse(text) : fieldsOf(text, 'xml')) as Record<string, string>

describe.each(pushMessage.filter(vector => vector.token !== null && vector.format !== 'text'))(
  'the published message $id',
  vector => {
    const format = vector.format as 'json' | 'xml'
    const own = { ...settings, format, token: vector.token ?? '', encodingAesKey: vector.encodingAesKey }
    const stamp = {
      timestamp: vector.timestamp ?? '',
      nonce: vector.nonce ?? '',
      random: bytes(vector.random_hex),
    }
    const build = () => buildPush(own, settings.url, stamp, fieldsOf(vector.msg, format), vector.appid)

    test('is pushed with the same content, and byte for byte when its XML has no line breaks', async () => {
      const request = build()
      const { Encrypt = '', ...rest } = bodyOf(await request.text(), format)
      expect(Object.keys(rest)).toEqual(['ToUserName'])
      const message = decryptPush({ encodingAesKey: vector.encodingAesKey, appId: vector.appid, encrypt: Encrypt })
      expect(fieldsOf(message, format)).toEqual(fieldsOf(vector.msg, format))
      expect(message === vector.msg).toBe(!/>\n/.test(vector.msg))
      if (message !== vector.msg) return
      expect(Encrypt).toBe(vector.encrypt)
      expect(queryOf(request)).toMatchObject({ encrypt_type: 'aes', msg_signature: vector.msg_signature })
    })
  },
)

test.each(pushReply)('the published encrypted reply $id is accepted', vector => {
  const { token, encodingAesKey, appid, encrypt, msg_signature, timestamp, nonce, msg } = vector
  const body = { Encrypt: encrypt, MsgSignature: msg_signature, TimeStamp: Number(timestamp), Nonce: nonce }
  const judge = (change: object) =>
    judgeAnswer(
      { status: 200, body: JSON.stringify({ ...body, ...change }) },
      { ...settings, token, encodingAesKey },
      appid,
    )
  expect(judge({})).toMatchObject({ accepted: true, reply: msg })
  expect(judge({ Nonce: '1' }).text.en).toContain('were not those of the reply')
})

test('compatible mode sends the message plain and encrypted at once', async () => {
  const stamp = { timestamp: '1', nonce: '2', random: new Uint8Array(16) }
  const fields = { ToUserName: 'gh_1', FromUserName: 'oFrom', Event: 'x' }
  const request = buildPush({ ...settings, mode: 'compatible' }, settings.url, stamp, fields, 'wx1')
  expect(request.headers.get('content-type')).toBe('application/json')
  expect(await request.json()).toEqual({ ...fields, Encrypt: expect.any(String) })
})

test('XML cannot be broken out of', async () => {
  const stamp = { timestamp: '1', nonce: '2', random: new Uint8Array(16) }
  const request = buildPush(
    { ...settings, mode: 'plain', format: 'xml' },
    settings.url,
    stamp,
    { A: 'x]]><B>y' },
    'wx1',
  )
  expect(await request.text()).toBe('<xml><A><![CDATA[x]]]]><![CDATA[><B>y]]></A></xml>')
})
