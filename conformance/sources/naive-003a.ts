import { code2Session, decipher, type NaiveServer, serveNaively } from './naive-wechat.ts'

/** 003a: one session_key for each openid, replaced at every login; the openid comes from the page. */
export function naive003a(wechat: NaiveServer): NaiveServer {
  const keys = new Map<string, string>()
  return serveNaively({
    async '/code2Session'({ jsCode = '' }) {
      const { openid, session_key } = await code2Session(wechat, jsCode)
      keys.set(openid, session_key)
      return { openid }
    },
    '/getWXUserPhone': ({ openid = '', encryptedData = '', iv = '' }) =>
      decipher(keys.get(openid) ?? '', encryptedData, iv),
  })
}
