import { USER_KEY_LIFE_MS } from '../platform/user-keys.ts'
import { type Endpoint, grant, refuse } from './endpoint.ts'
import { readSigned } from './read-signed.ts'

/** GET /wxa/business/getuserencryptkey: the last three keys that the person's phone asked for. */
export const userEncryptKey: Endpoint = {
  name: 'getUserEncryptKey',
  method: 'GET',
  postToo: true,
  path: '/wxa/business/getuserencryptkey',
  errmsgStyle: 'business',
  contentType: 'application/json; charset=UTF-8',
  permissionSet: 18,
  handle(platform, call) {
    const signed = readSigned(platform, call)
    if ('granted' in signed) return signed
    const { use } = signed
    const now = platform.clock.now()
    const keys = platform.state.userKeys.recent(use).map(({ key, iv, version, madeAt }) => ({
      encrypt_key: key,
      version,
      expire_in: Math.max(0, Math.floor((madeAt + USER_KEY_LIFE_MS - now) / 1000)),
      iv,
      create_time: Math.floor(madeAt / 1000),
    }))
    if (!keys.some(key => key.expire_in > 0))
      return refuse(
        87007,
        '手机端没有取过加密 key，或都过期了',
        'the phone asked for no key, or all of them expired',
        use,
      )
    const count = keys.length
    return grant(
      { errcode: 0, errmsg: 'ok', key_info_list: keys },
      `给出 ${count} 个加密 key`,
      `gave ${count} keys`,
      use,
    )
  },
}
