import { encryptPush, pushSignature } from '@weapp-auth/protocol/wechat'
import type { Platform } from '../platform/platform.ts'
import type { PushFields } from './push-event.ts'
import type { FullPushSettings } from './push-settings.ts'

/** What one push is signed and sealed with. */
interface Stamp {
  readonly timestamp: string
  readonly nonce: string
  readonly random: Uint8Array
}

/** A new stamp for each push, from the seed and the clock. */
export function stampOf({ memory, derive, clock }: Platform): Stamp {
  const own = memory.part('push', () => ({ count: 0 }))
  own.count += 1
  const label = `push ${own.count} ${clock.now()}`
  return {
    timestamp: String(Math.floor(clock.now() / 1000)),
    nonce: derive.text(`nonce ${label}`, 9, '123456789'),
    random: derive.bytes(`random ${label}`, 16),
  }
}

/** The check of the address: GET with echostr; WeChat signs it as a plain message. */
export function buildUrlCheck(
  settings: FullPushSettings,
  url: string,
  { timestamp, nonce }: Stamp,
  echostr: string,
): Request {
  const signature = pushSignature({ token: settings.token, timestamp, nonce })
  return new Request(withQuery(url, { signature, echostr, timestamp, nonce }), { redirect: 'manual' })
}

/** The POST of a message in the app's mode and format. `tail` is the app id at the end of the ciphertext. */
export function buildPush(
  settings: Pick<FullPushSettings, 'token' | 'encodingAesKey' | 'mode' | 'format'>,
  url: string,
  stamp: Stamp,
  fields: PushFields,
  tail: string,
): Request {
  const { token, encodingAesKey, mode, format } = settings
  const { timestamp, nonce, random } = stamp
  const write = format === 'json' ? (all: PushFields) => JSON.stringify(all) : writeXml
  const query = {
    signature: pushSignature({ token, timestamp, nonce }),
    timestamp,
    nonce,
    ...(fields.FromUserName !== undefined && { openid: String(fields.FromUserName) }),
  }
  const post = (body: string, more: Readonly<Record<string, string>> = {}) =>
    new Request(withQuery(url, { ...query, ...more }), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': format === 'json' ? 'application/json' : 'text/xml' },
      body,
    })

  if (mode === 'plain') return post(write(fields))
  const encrypt = encryptPush({ encodingAesKey, appId: tail, message: write(fields), random })
  // Beside the ciphertext stands whom it is for: the app's user name, or the app id of a third-party platform.
  const { ToUserName, AppId } = fields
  const receiver = ToUserName === undefined ? { AppId: String(AppId) } : { ToUserName: String(ToUserName) }
  const sealed = { ...(mode === 'compatible' ? fields : receiver), Encrypt: encrypt }
  const signature = pushSignature({ token, timestamp, nonce, encrypt })
  return post(write(sealed), { encrypt_type: 'aes', msg_signature: signature })
}

/** Texts in CDATA, numbers bare, as in the official samples. */
function writeXml(fields: PushFields): string {
  const inner = Object.entries(fields).map(([key, value]) => {
    const text = typeof value === 'number' ? value : `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
    return `<${key}>${text}</${key}>`
  })
  return `<xml>${inner.join('')}</xml>`
}

/** Adds to whatever query the developer's URL has. */
function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const full = new URL(url)
  for (const [name, value] of Object.entries(query)) full.searchParams.set(name, value)
  return full.href
}
