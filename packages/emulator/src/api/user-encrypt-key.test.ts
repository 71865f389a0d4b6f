import { sessionSignature } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'

async function createUser() {
  const world = createWorld()
  const { openid, session_key } = await world.session(await world.login())
  const signature = sessionSignature(String(session_key))
  const keys = async (init?: RequestInit) =>
    world.ask(
      `/wxa/business/getuserencryptkey?access_token=${await world.stableToken()}&openid=${openid}` +
        `&signature=${signature}&sig_method=hmac_sha256`,
      init,
    )
  const onPhone = () => world.control.latestUserKey(LIN.id, TEA.appId)
  return { ...world, keys, onPhone }
}

test('server and phone hold the same newest key, by GET and by POST', async () => {
  const { keys, onPhone, control } = await createUser()
  const { encryptKey, iv, version, expireTime } = onPhone()
  expect(expireTime).toBe(3600)
  const answer = await keys()
  expect(answer).toEqual({
    errcode: 0,
    errmsg: 'ok',
    key_info_list: [
      { encrypt_key: encryptKey, version, expire_in: 3600, iv, create_time: Math.floor(control.clock.now() / 1000) },
    ],
  })
  expect(encryptKey).toMatch(/^[A-Za-z0-9+/]{22}==$/)
  expect(iv).toMatch(/^[0-9a-f]{16}$/)
  expect(await keys({ method: 'POST', body: '' })).toEqual(answer)
})

test('tells the last three, dead ones with nothing left', async () => {
  const { keys, onPhone, control } = await createUser()
  for (let key = 0; key < 4; key += 1) {
    if (key > 0) control.clock.advance(3_600_000)
    onPhone()
  }
  const { key_info_list } = await keys()
  expect(key_info_list).toMatchObject([
    { version: 4, expire_in: 3600 },
    { version: 3, expire_in: 0 },
    { version: 2, expire_in: 0 },
  ])
})

test('a phone that never asked has none, and the server makes none', async () => {
  const { keys, onPhone, control } = await createUser()
  expect(await keys()).toMatchObject({ errcode: 87007 })
  onPhone()
  control.clock.advance(3_600_000)
  expect(await keys()).toMatchObject({ errcode: 87007 })
})
