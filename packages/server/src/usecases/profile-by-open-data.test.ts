import { randomBytes } from 'node:crypto'
import { type Problem, type ProfileOpenDataAnswer, routes } from '@weapp-auth/protocol/contract'
import { encryptOpenData, rawDataSignature } from '@weapp-auth/protocol/wechat'
import { describe, expect, it } from 'vitest'
import { newSessionKey } from '../../test/fake-wechat.ts'
import { appId, expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'

const now = 1_800_000_000
const grey = 'https://thirdwx.qlogo.cn/mmopen/vi_32/grey/132'

interface Fields {
  readonly nickName?: string
  readonly openId?: string
  readonly unionId?: string
  readonly watermark?: { readonly timestamp: number; readonly appid: string }
  readonly phoneNumber?: string
}

/** What `wx.getUserInfo` gave: the ciphertext, and the signed text beside it. */
function payload(sessionKey: string, { nickName = '小明', ...fields }: Fields = {}) {
  const shown = { nickName, gender: 1, language: 'zh_CN', city: '', province: '', country: '', avatarUrl: grey }
  const rawData = JSON.stringify(shown)
  const plaintext = JSON.stringify({ ...shown, watermark: { timestamp: now, appid: appId }, ...fields })
  const iv = randomBytes(16).toString('base64')
  return {
    sealed: { encryptedData: encryptOpenData({ sessionKey, iv, plaintext }), iv },
    signed: { rawData, signature: rawDataSignature(rawData, sessionKey) },
  }
}

function opened(openData: 'off' | 'enforce' | 'monitor' | 'unchecked' = 'monitor') {
  const server = openServer({ openData })
  const send = (body: object, token: string) =>
    server.post<ProfileOpenDataAnswer & Problem>(routes.profileOpenData, body, token)
  return { ...server, send }
}

describe('a profile of getUserInfo', () => {
  it.each(['enforce', 'monitor', 'unchecked'] as const)('is taken when it is signed: %s', async openData => {
    const { logIn, send, me } = opened(openData)
    const { person, token, loginId } = await logIn()
    const { status, body } = await send({ loginId, ...payload(person.sessionKey).signed }, token)
    expect([status, body.recognised]).toEqual([200, 'real'])
    expect(body.user.profile).toEqual({ nickname: '小明', avatarUrl: null })
    expect((await me(token)).body.user).toEqual(body.user)
  })

  it('is taken by its ciphertext where nobody need vouch for it', async () => {
    const { logIn, send, eventsOf } = opened()
    const { person, token, loginId } = await logIn()
    const { sealed } = payload(person.sessionKey, { openId: person.openId })
    expect((await send({ loginId, ...sealed }, token)).body).toMatchObject({ recognised: 'real' })
    expect(eventsOf('open-data-doubted')).toMatchObject([{ reason: 'unknown' }])
  })

  it('is not taken by its ciphertext alone where WeChat must vouch for it', async () => {
    const { logIn, send, wechat } = opened('enforce')
    const { person, token, loginId } = await logIn()
    const { sealed, signed } = payload(person.sessionKey)
    expectProblem(await send({ loginId, ...sealed }, token), 400, 'profile_data_invalid')
    expect(wechat.calls.checkEncryptedData).toBe(1)
    expect((await send({ loginId, ...sealed, ...signed }, token)).status).toBe(200)
    expect(wechat.calls.checkEncryptedData).toBe(1)
  })

  it('that says "微信用户" is recognised, and overwrites nothing', async () => {
    const { logIn, send, post, me } = opened()
    const { person, token, loginId } = await logIn()
    await post(routes.profile, { nickname: '真名' }, token)
    const { sealed, signed } = payload(person.sessionKey, { nickName: '微信用户', openId: person.openId })
    for (const body of [signed, sealed, { ...payload(person.sessionKey, { nickName: 'WeChat User' }).signed }]) {
      const answer = await send({ loginId, ...body }, token)
      expect(answer.body).toMatchObject({ recognised: 'anonymous', user: { profile: { nickname: '真名' } } })
    }
    expect((await me(token)).body.user.profile.nickname).toBe('真名')
  })

  it('sent again gives the same answer, and undoes no later change', async () => {
    const { logIn, send, post } = opened()
    const { person, token, loginId } = await logIn()
    const body = { loginId, ...payload(person.sessionKey).signed }
    const answers = await race(16, () => send(body, token))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    await post(routes.profile, { nickname: '新名' }, token)
    expect((await send(body, token)).body).toMatchObject({
      recognised: 'real',
      user: { profile: { nickname: '新名' } },
    })
  })

  it('whose signature counts is not new again because the ciphertext beside it is', async () => {
    const { logIn, send, post } = opened('enforce')
    const { person, token, loginId } = await logIn()
    const { signed } = payload(person.sessionKey)
    const beside = () => payload(person.sessionKey).sealed
    expect((await send({ loginId, ...signed, ...beside() }, token)).status).toBe(200)
    await post(routes.profile, { nickname: '新名' }, token)
    for (const again of [signed, { ...signed, ...beside() }])
      expect((await send({ loginId, ...again }, token)).body.user.profile.nickname).toBe('新名')
  })

  it('is tidied where a user would be refused', async () => {
    const { logIn, send } = opened()
    const { person, token, loginId } = await logIn()
    const { signed } = payload(person.sessionKey, { nickName: `小\u202e明${'长'.repeat(40)}` })
    const { nickname } = (await send({ loginId, ...signed }, token)).body.user.profile
    expect(nickname).toBe(`小明${'长'.repeat(30)}`)
  })

  it('brings the unionid that was missing, when its ciphertext is believed', async () => {
    const { logIn, send, store } = opened()
    const { person, token, loginId, user } = await logIn()
    const { sealed } = payload(person.sessionKey, { openId: person.openId, unionId: 'union-1' })
    await send({ loginId, ...sealed }, token)
    expect((await store.findUserByUnionId('union-1'))?.id).toBe(user.id)
  })

  it('tells, as a login does, of another user who had the unionid before: once', async () => {
    const { logIn, send, store, eventsOf } = opened()
    const first = await logIn('openid-of-the-first', { unionId: 'union-1' })
    const { person, token, loginId, user } = await logIn()
    const bring = () => payload(person.sessionKey, { openId: person.openId, unionId: 'union-1' }).sealed
    await send({ loginId, ...bring() }, token)
    await send({ loginId, ...bring() }, token)
    const conflict = { userId: user.id, otherUserId: first.user.id }
    expect(eventsOf('union-id-conflict')).toMatchObject([conflict])
    expect((await store.findUserByUnionId('union-1'))?.id).toBe(first.user.id)
    expect(await store.auditAfter(0, 10)).toMatchObject([
      { act: 'union-id-conflict', subject: user.id, details: JSON.stringify({ otherUserId: first.user.id }) },
    ])
  })

  it('brings no unionid that nobody vouches for', async () => {
    const { logIn, send, store } = opened('enforce')
    const { person, token, loginId } = await logIn()
    const { sealed, signed } = payload(person.sessionKey, { openId: person.openId, unionId: 'union-of-a-victim' })
    expect((await send({ loginId, ...sealed, ...signed }, token)).status).toBe(200)
    expect(await store.findUserByUnionId('union-of-a-victim')).toBeNull()
  })
})

describe('whatever is wrong with a profile', () => {
  const key = newSessionKey()
  const causes: readonly (readonly [string, (openId: string) => object])[] = [
    ['another key', () => payload(newSessionKey()).sealed],
    ['a signature with another key', () => payload(newSessionKey()).signed],
    ['a changed text', () => ({ ...payload(key).signed, rawData: '{"nickName":"Eve"}' })],
    ['a signed text that is no profile', () => ({ rawData: '[]', signature: rawDataSignature('[]', key) })],
    ['a signed text that is no JSON', () => ({ rawData: 'x', signature: rawDataSignature('x', key) })],
    ['the watermark of another app', () => payload(key, { watermark: { timestamp: now, appid: otherAppId } }).sealed],
    ['an old watermark', () => payload(key, { watermark: { timestamp: now - 301, appid: appId } }).sealed],
    ['the openid of another', () => payload(key, { openId: 'somebody-else' }).sealed],
    ['a phone in it', () => payload(key, { phoneNumber: '13800138000' }).sealed],
    ['two nicknames', () => ({ ...payload(key).sealed, ...payload(key, { nickName: 'Eve' }).signed })],
    ['no Base64', () => ({ encryptedData: 'x'.repeat(88), iv: 'x' })],
    ['a ciphertext of half a block', () => ({ encryptedData: Buffer.alloc(72).toString('base64'), iv: key })],
  ]

  it.each(causes)('it is refused alike: %s', async (_, make) => {
    const { logIn, send, me } = opened()
    const { token, loginId, person } = await logIn('openid-of-xiaoming', { sessionKey: key })
    const answer = await send({ loginId, ...make(person.openId) }, token)
    expectProblem(answer, 400, 'profile_data_invalid')
    const { requestId: _id, ...problem } = answer.body
    expect(problem).toEqual({
      ...problem,
      type: 'urn:weapp-auth:problem:profile_data_invalid',
      retry: 'tap',
      status: 400,
    })
    expect(problem.detail).toBeUndefined()
    expect((await me(token)).body.user.profile.nickname).toBeNull()
  })

  it('the key is erased after five failures, on this way and the phone’s together', async () => {
    const { logIn, send, phone, eventsOf } = opened()
    const { token, loginId, person } = await logIn()
    const wrong = () => payload(newSessionKey()).sealed
    for (let time = 0; time < 3; time += 1) await send({ loginId, ...wrong() }, token)
    for (let time = 0; time < 2; time += 1) await phone({ loginId, nonce: newNonce(), ...wrong() }, token)
    expect(eventsOf('open-data-refused').map(({ burnt }) => burnt)).toEqual([false, false, false, false, true])
    expectProblem(await send({ loginId, ...payload(person.sessionKey).signed }, token), 409, 'login_unusable')
  })

  it('racing forgers get no more than five', async () => {
    const { logIn, send, phone, eventsOf } = opened()
    const { token, loginId } = await logIn()
    await race<unknown>(32, index =>
      index % 2 === 0
        ? send({ loginId, ...payload(newSessionKey()).sealed }, token)
        : phone({ loginId, nonce: newNonce(), ...payload(newSessionKey()).sealed }, token),
    )
    expect(eventsOf('open-data-refused')).toHaveLength(5)
  })

  it('a ciphertext that served as a phone does not serve as a profile', async () => {
    const { logIn, send, phone, wechat } = opened()
    const { token, loginId, person } = await logIn()
    const data = wechat.phoneData(person, '+8613800138000')
    expect((await phone({ ...data, loginId, nonce: newNonce() }, token)).status).toBe(200)
    expectProblem(await send({ loginId, ...data }, token), 400, 'profile_data_invalid')
  })

  it('is not asked for where the app takes no open data, or of the login of another', async () => {
    const off = opened('off')
    const one = await off.logIn()
    const { signed } = payload(one.person.sessionKey)
    expectProblem(await off.send({ loginId: one.loginId, ...signed }, one.token), 403, 'open_data_off')
    const on = opened()
    const [mine, theirs] = [await on.logIn('openid-of-xiaoming'), await on.logIn('openid-of-xiaohong')]
    const stolen = { loginId: theirs.loginId, ...payload(theirs.person.sessionKey).signed }
    expectProblem(await on.send(stolen, mine.token), 409, 'login_unusable')
  })

  it.each([
    ['iv', { encryptedData: 'AAAA' }],
    ['encryptedData', { iv: 'AAAA' }],
    ['signature', { rawData: '{}' }],
    ['rawData', { signature: 'aa' }],
    ['encryptedData', {}],
  ])('is refused when "%s" is missing', async (field, body) => {
    const { logIn, send } = opened()
    const { token, loginId } = await logIn()
    const answer = await send({ loginId, ...body }, token)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe(field)
  })
})
