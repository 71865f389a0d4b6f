import { code2Session, decipher, type NaiveServer, serveNaively } from './naive-wechat.ts'

/** 003b: the code that comes with the ciphertext is exchanged at once, and its key is the only one that is tried. */
export function naive003b(wechat: NaiveServer): NaiveServer {
  const phones = new Map<string, string>()
  return serveNaively({
    async '/user'({ code = '', encryptedData = '', iv = '' }) {
      try {
        const { openid, session_key } = await code2Session(wechat, code)
        const { phoneNumber = '' } = decipher(session_key, encryptedData, iv)
        phones.set(openid, phoneNumber)
        return { code: 0, msg: 'ok', data: { openId: openid, userId: openid, phone: phoneNumber } }
      } catch (error) {
        return { code: 1, msg: `session_key 失效：${error instanceof Error ? error.message : ''}` }
      }
    },
  })
}
