import { type Endpoint, grant, refuse } from './endpoint.ts'
import { readSigned } from './read-signed.ts'

/** GET /wxa/checksession: whether the signature was made with the key that is current now. */
export const checkSessionKey: Endpoint = {
  name: 'checkSessionKey',
  method: 'GET',
  path: '/wxa/checksession',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 18,
  handle(platform, call) {
    const signed = readSigned(platform, call)
    if ('granted' in signed) return signed
    const { use, key } = signed
    return grant(
      { errcode: 0, errmsg: 'ok' },
      `服务器的 session_key 就是当前的第 ${key.generation} 代`,
      `the server holds the current session_key, generation ${key.generation}`,
      { ...use, facts: { keyGeneration: key.generation } },
    )
  },
}

/** GET /wxa/resetusersessionkey: a new key for the same login; the old one dies at once. */
export const resetUserSessionKey: Endpoint = {
  name: 'resetUserSessionKey',
  method: 'GET',
  path: '/wxa/resetusersessionkey',
  errmsgStyle: 'plain',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 18,
  handle(platform, call) {
    const signed = readSigned(platform, call, 40097)
    if ('granted' in signed) return signed
    const { use } = signed
    const { keys, directory, resetQuota } = platform.state
    if (!resetQuota.take(`${use.appId} ${use.personId}`))
      return refuse(45011, '该用户的 session_key 重置得太频繁', 'the session_key of this user is reset too often', use)
    const key = keys.reset(use)
    keys.handOut(use, key)
    return grant(
      { errcode: 0, errmsg: 'ok', openid: directory.openId(use), session_key: key.value },
      `session_key 重置为第 ${key.generation} 代`,
      `the session_key was reset to generation ${key.generation}`,
      { ...use, facts: { keyGeneration: key.generation } },
    )
  },
}
