import { code2Session, decipher, type Fields, type NaiveServer, serveNaively } from './naive-wechat.ts'

/** 002: whoever knows an openid is that user; registered users are recognised by it. */
export function naive002(wechat: NaiveServer): NaiveServer {
  const users = new Map<string, { session_key: string; userInfo: Fields | null }>()
  return serveNaively({
    async '/002/login'({ code = '' }) {
      const { openid, session_key } = await code2Session(wechat, code)
      const userInfo = users.get(openid)?.userInfo ?? null
      users.set(openid, { session_key, userInfo })
      return { openid, userInfo }
    },
    '/002/phone'({ openid = '', encryptedData = '', iv = '' }) {
      const user = users.get(openid)
      if (!user) throw new Error('no such user')
      user.userInfo = decipher(user.session_key, encryptedData, iv)
      return user.userInfo
    },
  })
}
