import { encryptPush, pushSignature } from '@weapp-auth/protocol/wechat'
import { tea } from './open-wechat.ts'

export const token = 'push-token'
export const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'
export const timestamp = '1795233600'
export const nonce = '1372623149'

/** A user takes the consent for the phone number back. */
export const event = {
  ToUserName: 'gh_0123456789ab',
  FromUserName: 'oABCDEFGHIJKLMNOPQRSTUVWXYZa',
  CreateTime: '1795233600',
  MsgType: 'event',
  Event: 'user_authorization_revoke',
  RevokeInfo: '8',
}
export const eventAsXml = `<xml>${Object.entries(event)
  .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
  .join('')}</xml>`

/** A push in secure mode: the query, and the body in both formats. */
export function securePush(message: string, appId = tea.appId) {
  const encrypt = encryptPush({ encodingAesKey, appId, message, random: new Uint8Array(16).fill(7) })
  return {
    encrypt,
    query: {
      signature: pushSignature({ token, timestamp, nonce }),
      msg_signature: pushSignature({ token, timestamp, nonce, encrypt }),
      timestamp,
      nonce,
      encrypt_type: 'aes',
      openid: event.FromUserName,
    },
    xml: `<xml><ToUserName><![CDATA[${event.ToUserName}]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`,
    json: JSON.stringify({ ToUserName: event.ToUserName, Encrypt: encrypt }),
  }
}
