import { code2Session, decipher, type NaiveServer, serveNaively } from './naive-wechat.ts'

/** 004: openid, session_key and expires_in go to the page, and `sessionID` comes back. */
export function naive004(wechat: NaiveServer): NaiveServer {
  return serveNaively({
    '/004/login': async ({ code = '' }) => ({ data: { ...(await code2Session(wechat, code)), expires_in: 7200 } }),
    '/004/phone': ({ sessionID = '', encryptedData = '', iv = '' }) => ({
      data: decipher(sessionID, encryptedData, iv),
    }),
  })
}
