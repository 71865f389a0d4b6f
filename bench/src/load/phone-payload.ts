import { createCipheriv, randomBytes } from 'node:crypto'
import { app, sessionKeyOf } from '../world.ts'

/** What the phone button's event carries besides the code. */
export interface PhonePayload {
  readonly encryptedData: string
  readonly iv: string
}

/**
 * What WeChat's app makes at the tap: the phone number sealed with the user's session_key, AES-128-CBC. Written with
 * node:crypto alone, so that a mistake of our own library cannot cancel itself out.
 */
export function phonePayload(user: number, number: string): PhonePayload {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKeyOf(user), 'base64'), iv)
  const watermark = { timestamp: Math.floor(Date.now() / 1000), appid: app.appId }
  const text = JSON.stringify({ phoneNumber: number, purePhoneNumber: number, countryCode: '86', watermark })
  const encryptedData = cipher.update(text, 'utf8', 'base64') + cipher.final('base64')
  return { encryptedData, iv: iv.toString('base64') }
}
