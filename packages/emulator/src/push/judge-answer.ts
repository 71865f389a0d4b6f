import { decryptPush, PushInvalid, pushSignature } from '@weapp-auth/protocol/wechat'
import type { Sentence } from '../types.ts'
import type { FullPushSettings } from './push-settings.ts'

/** What the receiver said, as WeChat takes it. */
export interface Judgement {
  readonly accepted: boolean
  readonly text: Sentence
  /** The content of an encrypted reply. */
  readonly reply?: string
}

interface Answer {
  readonly status: number
  readonly body: string
}

/** The address check wants the echostr back, and nothing else. */
export function judgeEcho({ status, body }: Answer, echostr: string): Judgement {
  if (status !== 200) return badStatus(status)
  if (body === echostr) return { accepted: true, text: { zh: '网址已验证', en: 'the URL is verified' } }
  if (body.trim() === echostr) return refused('echostr 前后有空白', 'there is white space around the echostr')
  if (body === JSON.stringify(echostr))
    return refused('echostr 被写成了带引号的 JSON，要原样返回', 'the echostr came back as JSON in quotes; send it raw')
  return refused('返回的不是 echostr', 'the answer is not the echostr')
}

/** An event wants an empty answer, `success`, or an encrypted reply that verifies. */
export function judgeAnswer({ status, body }: Answer, settings: FullPushSettings, tail: string): Judgement {
  if (status !== 200) return badStatus(status)
  if (body === '') return { accepted: true, text: { zh: '接收方回复为空', en: 'the receiver answered with nothing' } }
  if (body === 'success')
    return { accepted: true, text: { zh: '接收方回复 success', en: 'the receiver answered success' } }
  const sealed = settings.mode === 'plain' ? null : readSealed(body, settings.format)
  if (sealed) return judgeSealed(sealed, settings, tail)
  return refused(
    '接收方的回复既不是空也不是 success，也不是加密回复',
    'the answer is neither empty nor success nor an encrypted reply',
  )
}

interface Sealed {
  readonly encrypt: unknown
  readonly signature: unknown
  readonly timestamp: unknown
  readonly nonce: unknown
}

function readSealed(body: string, format: FullPushSettings['format']): Sealed | null {
  const fields = format === 'json' ? parseJson(body) : parseXml(body)
  if (!fields || !('Encrypt' in fields)) return null
  return { encrypt: fields.Encrypt, signature: fields.MsgSignature, timestamp: fields.TimeStamp, nonce: fields.Nonce }
}

function parseJson(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' ? (value as Readonly<Record<string, unknown>> | null) : null
  } catch {
    return null
  }
}

/** The flat XML of a reply; TimeStamp is a number there. */
function parseXml(body: string): Readonly<Record<string, unknown>> | null {
  const inner = /^\s*<xml>([\s\S]*)<\/xml>\s*$/.exec(body)?.[1]
  if (inner === undefined) return null
  const fields = [...inner.matchAll(/<(\w+)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([^<]*))<\/\1>/g)]
  return Object.fromEntries(
    fields.map(([, key = '', cdata, text = '']) => {
      const value = cdata ?? text
      return [key, key === 'TimeStamp' && /^\d+$/.test(value) ? Number(value) : value]
    }),
  )
}

function judgeSealed(
  { encrypt, signature, timestamp, nonce }: Sealed,
  settings: FullPushSettings,
  tail: string,
): Judgement {
  if (typeof encrypt !== 'string' || typeof signature !== 'string' || typeof nonce !== 'string')
    return refused('加密回复缺少 MsgSignature 或 Nonce', 'the encrypted reply lacks MsgSignature or Nonce')
  if (typeof timestamp !== 'number')
    return refused('加密回复的 TimeStamp 必须是数字', 'TimeStamp of the encrypted reply must be a number')
  const signed = { token: settings.token, timestamp: String(timestamp), nonce, encrypt }
  if (signature !== pushSignature(signed)) return badSignature(signature, signed)
  return open(encrypt, settings.encodingAesKey, tail)
}

function badSignature(signature: string, signed: Required<Parameters<typeof pushSignature>[0]>): Judgement {
  const { encrypt: _, ...bare } = signed
  const [zh, en] =
    signature === pushSignature(bare)
      ? ['签名时没有带上 Encrypt', 'it was made without Encrypt']
      : signature.toLowerCase() === pushSignature(signed)
        ? ['签名应当是小写十六进制', 'it must be lower-case hex']
        : [
            '所用的 Token、TimeStamp、Nonce、Encrypt 不是回复里的这些，或没有排序',
            'Token, TimeStamp, Nonce or Encrypt were not those of the reply, or not sorted',
          ]
  return refused(`加密回复的 MsgSignature 不对：${zh}`, `the MsgSignature of the reply would not verify: ${en}`)
}

function open(encrypt: string, encodingAesKey: string, tail: string): Judgement {
  try {
    const reply = decryptPush({ encodingAesKey, appId: tail, encrypt })
    return { accepted: true, reply, text: { zh: '接收方给了加密回复', en: 'the receiver gave an encrypted reply' } }
  } catch (error) {
    if (!(error instanceof PushInvalid)) throw error
    return refused(
      `加密回复打不开：EncodingAESKey 不同、填充不是 32 字节一块，或结尾的 appid 不是 ${tail}`,
      `the encrypted reply does not open: another EncodingAESKey, padding not in blocks of 32, or the app id at the end is not ${tail}`,
    )
  }
}

function badStatus(status: number): Judgement {
  return refused(`接收方回复 ${status}`, `the receiver answered ${status}`)
}

function refused(zh: string, en: string): Judgement {
  return { accepted: false, text: { zh, en } }
}
