import { type ErasureAnswer, type ExportAnswer, type Problem, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createMemoryAvatars } from '../../test/memory-avatars.ts'
import { appId, expectProblem, newNonce, openServer, race } from '../../test/open-server.ts'

const number = '+8613800138000'
const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** A person who has told everything. */
async function opened() {
  const avatars = createMemoryAvatars()
  const server = openServer({ avatars: { storage: avatars.storage }, openData: 'enforce' })
  const { logIn, phone, post, send, wechat } = server
  const login = await logIn()
  const { token, person } = login
  const authorization = `Bearer ${token}`
  await phone({ code: wechat.phoneCode(person, number), nonce: newNonce() }, token)
  await post(routes.profile, { nickname: '小明' }, token)
  await send(routes.avatar, { method: 'POST', headers: { authorization, 'content-type': 'image/png' }, body: png })
  await post(routes.consents, { scope: 'phone', version: 'v1', nonce: newNonce() }, token)
  const erase = (nonce = 'n'.repeat(16), path = `${routes.me}?nonce=${nonce}`) =>
    send<ErasureAnswer & Problem>(path, { method: 'DELETE', headers: { authorization } })
  return { ...server, login, avatars, erase }
}

describe('the export', () => {
  it('holds everything about the user, for the user', async () => {
    const { get, login } = await opened()
    const { status, headers, body, text } = await get<ExportAnswer>(routes.myExport, login.token)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toEqual({
      exportedAt: '2027-01-15T08:00:00.000Z',
      user: {
        id: login.user.id,
        phone: body.phones[0],
        profile: { nickname: '小明', avatarUrl: expect.stringContaining('/v1/avatars/') },
        createdAt: '2027-01-15T08:00:00.000Z',
      },
      identities: [{ appId, openId: login.person.openId, unionId: null }],
      phones: [expect.objectContaining({ number, masked: '138******00' })],
      consents: [expect.objectContaining({ scope: 'phone', status: 'given', version: 'v1' })],
      sessions: [expect.objectContaining({ appId, endedAt: null })],
    })
    for (const secret of [login.person.sessionKey, login.tokens.refreshToken]) expect(text).not.toContain(secret)
  })

  it('is complete, however long the history is', async () => {
    const { get, login, store, time } = await opened()
    for (let index = 0; index < 1000; index += 1) {
      const line = { appId, scope: 'phone', version: `v${index}`, textHash: null } as const
      await store.recordConsent({
        ...line,
        now: time.now,
        userId: login.user.id,
        attempt: Buffer.from(`nonce ${index}`),
      })
    }
    const { body } = await get<ExportAnswer>(routes.myExport, login.token)
    expect(body.consents).toHaveLength(1001)
    expect(new Set(body.consents.map(({ version }) => version)).size).toBe(1000)
  })

  it('is of nobody else', async () => {
    const { get, logIn } = await opened()
    const other = await logIn('openid-of-xiaohong')
    const { text, body } = await get<ExportAnswer>(routes.myExport, other.token)
    expect(text).not.toContain(number)
    expect(body.identities).toHaveLength(1)
    expectProblem(await get(routes.myExport), 401, 'token_missing')
  })
})

describe('erasing', () => {
  it('leaves nothing: the next login of the same person is a new user', async () => {
    const { erase, logIn, login, avatars, get, me, post, eventsOf } = await opened()
    const { status, body } = await erase()
    expect([status, body]).toEqual([200, { erasedAt: '2027-01-15T08:00:00.000Z' }])
    expectProblem(await me(login.token), 401, 'token_invalid')
    expectProblem(await get(routes.myPhones, login.token), 401, 'token_invalid')
    const rotation = { refreshToken: login.tokens.refreshToken, nonce: newNonce() }
    expectProblem(await post(routes.token, rotation), 401, 'refresh_invalid')
    expect(avatars.files.size).toBe(0)
    expect(eventsOf('user-erased')).toHaveLength(1)
    const anew = await logIn()
    expect([anew.created, anew.user.phone, anew.user.profile]).toEqual([
      true,
      null,
      { nickname: null, avatarUrl: null },
    ])
    expect(anew.user.id).not.toBe(login.user.id)
  })

  it('needs a nonce', async () => {
    const { erase, login, me } = await opened()
    const answer = await erase('', routes.me)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe('nonce')
    expectProblem(await erase('', `${routes.me}?nonce=${newNonce()}&userId=1`), 400, 'request_invalid')
    expect((await me(login.token)).status).toBe(200)
  })

  it('whose answer was lost gives it again, to the same attempt only', async () => {
    const { erase, pass } = await opened()
    const first = await erase()
    pass(60_000)
    expect((await erase()).body).toEqual(first.body)
    expectProblem(await erase(newNonce()), 401, 'token_invalid')
  })

  it('by many at once is done by one attempt', async () => {
    const { erase, eventsOf } = await opened()
    const answers = await race(16, index => erase(`attempt-number-${index}`))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(eventsOf('user-erased')).toHaveLength(1)
  })

  it('is not for a session that has ended', async () => {
    const { erase, post, login, logIn } = await opened()
    await post(routes.logout, { refreshToken: login.tokens.refreshToken })
    expectProblem(await erase(), 401, 'token_invalid')
    expect((await logIn()).created).toBe(false)
  })

  it('while logins and phones race leaves no phone of the erased user', async () => {
    const { erase, login, logIn, phone, wechat, store, post } = await opened()
    const body = () => ({ code: wechat.phoneCode(login.person, '+8613900139000'), nonce: newNonce() })
    const relogin = () => post(routes.login, { appId, code: wechat.loginCode(login.person), nonce: newNonce() })
    const [, ...others] = await race(17, index =>
      index === 8 ? erase() : index % 2 === 0 ? phone(body(), login.token) : relogin(),
    )
    expect(others.every(({ status }) => [200, 401].includes(status))).toBe(true)
    expect(await store.findAccount(login.user.id)).toBeNull()
    expect(await store.phonesOf(login.user.id)).toEqual([])
    expect((await logIn()).user.id).not.toBe(login.user.id)
  })
})
