import { code2Session, decipher, type NaiveServer, serveNaively } from './naive-wechat.ts'

/** 001: the server hands the session_key out and takes it back. */
export function naive001(wechat: NaiveServer): NaiveServer {
  return serveNaively({
    '/v1.0/pub/openId': ({ code = '' }) => code2Session(wechat, code),
    '/v1.0/pub/decode': ({ session_key = '', encrypted_data = '', iv = '' }) =>
      decipher(session_key, encrypted_data, iv),
  })
}
