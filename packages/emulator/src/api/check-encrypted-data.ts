import { type Endpoint, grant, refuse } from './endpoint.ts'
import { readJsonBody } from './read-json-body.ts'
import { readToken } from './read-token.ts'

/** POST /wxa/business/checkencryptedmsg: whether WeChat made a ciphertext for this app within three days. */
export const checkEncryptedData: Endpoint = {
  name: 'checkEncryptedData',
  method: 'POST',
  path: '/wxa/business/checkencryptedmsg',
  errmsgStyle: 'business',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 18,
  handle(platform, call) {
    const appId = readToken(platform, call)
    if (typeof appId !== 'string') return appId
    const hash = readHash(call.body)
    if (typeof hash !== 'string') return { ...hash, appId }
    const found = platform.state.ciphertexts.find(hash)
    if (!found || found.use.appId !== appId)
      return refuse(1, '三天内没有为这个小程序做过这份密文', 'no such ciphertext was made for this app in three days', {
        appId,
      })
    const { use, generation, madeAt } = found
    return grant(
      // "vaild" is WeChat's spelling.
      { errcode: 0, errmsg: 'ok', vaild: true, create_time: Math.floor(madeAt / 1000) },
      `这份密文是微信做的，用第 ${generation} 代 session_key`,
      `WeChat made this ciphertext, with session_key generation ${generation}`,
      { ...use, facts: { keyGeneration: generation } },
    )
  },
}

/** JSON, or the form text `encrypted_msg_hash=…` that one widely used SDK sends here. */
function readHash(body: string) {
  const form = /^encrypted_msg_hash=([0-9a-fA-F]{64})$/.exec(body)?.[1]
  if (form) return form.toLowerCase()
  const read = readJsonBody(body)
  if ('granted' in read) return read
  const { encrypted_msg_hash: hash } = read.fields
  if (hash === undefined) return refuse(47001, '缺少 encrypted_msg_hash', 'encrypted_msg_hash is missing')
  if (typeof hash !== 'string' || !/^[0-9a-fA-F]{64}$/.test(hash))
    return refuse(40097, 'encrypted_msg_hash 必须是 64 位十六进制字符', 'encrypted_msg_hash must be 64 hex digits')
  return hash.toLowerCase()
}
