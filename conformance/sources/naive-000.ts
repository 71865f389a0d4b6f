import { code2Session, decipher, type NaiveServer, serveNaively } from './naive-wechat.ts'

/** 000: the decrypt request says nothing about who sends it, so the server takes the key of whoever logged in last. */
export function naive000(wechat: NaiveServer): NaiveServer {
  let latest = ''
  return serveNaively({
    async '/000/login'({ code = '' }) {
      const { openid, session_key } = await code2Session(wechat, code)
      latest = session_key
      return { openid }
    },
    '/000/phone': ({ encrypted_data = '', iv = '' }) => decipher(latest, encrypted_data, iv),
  })
}
