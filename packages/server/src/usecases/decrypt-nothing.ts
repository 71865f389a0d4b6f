import { decryptOpenData, encryptOpenData, readPhone } from '@weapp-auth/protocol/wechat'

const appId = 'wx0000000000000000'
const sessionKey = 'AAAAAAAAAAAAAAAAAAAAAA=='
const iv = sessionKey
const encryptedData = encryptOpenData({
  sessionKey,
  iv,
  plaintext: JSON.stringify({
    phoneNumber: '13800138000',
    purePhoneNumber: '13800138000',
    countryCode: '86',
    watermark: { timestamp: 1, appid: appId },
  }),
})

/**
 * The work of opening and reading a right ciphertext, on a fixed one. Refusals do it, so that the time of an answer
 * tells less about where a ciphertext went wrong.
 */
export function decryptNothing(): void {
  readPhone(decryptOpenData({ sessionKey, encryptedData, iv }), { appId, now: 1000 })
}
