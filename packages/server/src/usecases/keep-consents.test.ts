import { type ConsentAnswer, type ConsentsAnswer, type Problem, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createMemoryAvatars } from '../../test/memory-avatars.ts'
import { appId, expectProblem, newNonce, openServer } from '../../test/open-server.ts'

const number = '+8613800138000'
const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

function opened(consentVersion: string | null = null) {
  const avatars = createMemoryAvatars()
  const server = openServer({ avatars: { storage: avatars.storage }, policy: { consentVersion } })
  return {
    ...server,
    avatars,
    agree: (token: string, body: object = {}) =>
      server.post<ConsentAnswer & Problem>(
        routes.consents,
        { scope: 'phone', version: 'v1', nonce: newNonce(), ...body },
        token,
      ),
    withdraw: (scope: string, token: string) =>
      server.send<ConsentAnswer & Problem>(routes.consent.replace('{scope}', scope), {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
      }),
    consents: async (token: string) => (await server.get<ConsentsAnswer>(routes.myConsents, token)).body.consents,
    rename: (token: string) => server.post(routes.profile, { nickname: '小明' }, token),
    upload: (token: string) =>
      server.send(routes.avatar, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png' },
        body: png,
      }),
  }
}

describe('a consent', () => {
  it('is written down with version, hash and time, once for each attempt', async () => {
    const { logIn, agree, consents, pass } = opened()
    const { token } = await logIn()
    const nonce = newNonce()
    const textHash = 'a'.repeat(64)
    const { body } = await agree(token, { textHash, nonce })
    const consent = { appId, scope: 'phone', status: 'given', version: 'v1', textHash, at: '2027-01-15T08:00:00.000Z' }
    expect(body).toEqual({ consent })
    pass(1000)
    expect((await agree(token, { textHash, nonce })).body).toEqual({ consent })
    expect(await consents(token)).toEqual([consent])
  })

  it('is a line of a history that is read page by page', async () => {
    const { logIn, get, store, time } = opened()
    const { token, user } = await logIn()
    for (let index = 0; index < 101; index += 1) {
      const line = { appId, scope: 'phone', version: `v${index}`, textHash: null } as const
      await store.recordConsent({ ...line, now: time.now, userId: user.id, attempt: Buffer.from(`nonce ${index}`) })
    }
    const read = async (query = '') => (await get<ConsentsAnswer & Problem>(routes.myConsents + query, token)).body
    const first = await read()
    expect(first.consents.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, at) => `v${100 - at}`))
    const last = await read(`?after=${first.next}`)
    expect([last.consents.map(({ version }) => version), last.next]).toEqual([['v0'], null])
    const two = await read('?limit=2')
    expect([two.consents, (await read(`?limit=1&after=${two.next}`)).consents]).toEqual([
      first.consents.slice(0, 2),
      first.consents.slice(2, 3),
    ])
    for (const query of ['?after=v1', '?after=', '?limit=0', '?limit=101', '?before=1'])
      expectProblem(await get(routes.myConsents + query, token), 400, 'request_invalid')
    for (const path of [routes.myPhones, routes.myMerges])
      expectProblem(await get(`${path}?after=1`, token), 400, 'request_invalid')
  })

  it('is given fifty times a day and taken back as often, each user for themselves', async () => {
    const { logIn, agree, withdraw, consents, pass } = opened()
    const { token } = await logIn()
    for (let count = 0; count < 50; count += 1) expect((await agree(token)).status).toBe(200)
    const refused = await agree(token)
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.body.retryAfterMs).toBe(86_400_000 / 50)
    expect(await consents(token)).toHaveLength(50)
    expect((await agree((await logIn('another')).token)).status).toBe(200)
    for (let count = 0; count < 50; count += 1) expect((await withdraw('phone', token)).status).toBe(200)
    expectProblem(await withdraw('phone', token), 429, 'rate_limited')
    pass(86_400_000 / 50)
    expect((await agree((await logIn()).token)).status).toBe(200)
  })

  it.each([
    ['scope', { scope: 'all' }],
    ['version', { version: '' }],
    ['textHash', { textHash: 'A'.repeat(64) }],
    ['nonce', { nonce: 'short' }],
  ])('is refused for a wrong %s', async (field, wrong) => {
    const { logIn, agree } = opened()
    const answer = await agree((await logIn()).token, wrong)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe(field)
  })

  it('that is withdrawn takes along the numbers, and a line is added', async () => {
    const { logIn, agree, withdraw, consents, phone, phones, me, wechat } = opened()
    const { token, person } = await logIn()
    await agree(token)
    await phone({ code: wechat.phoneCode(person, number), nonce: newNonce() }, token)
    expect((await withdraw('phone', token)).body.consent).toMatchObject({ status: 'withdrawn', version: 'v1' })
    expect((await me(token)).body.user.phone).toBeNull()
    expect((await phones(token)).body.phones).toEqual([])
    await withdraw('phone', token)
    expect((await consents(token)).map(({ status }) => status)).toEqual(['withdrawn', 'given'])
  })

  it('that is withdrawn takes along nickname and avatar with its file', async () => {
    const { logIn, withdraw, rename, upload, me, avatars } = opened()
    const { token } = await logIn()
    await rename(token)
    await upload(token)
    expect((await withdraw('profile', token)).body.consent).toMatchObject({ status: 'withdrawn', version: null })
    expect((await me(token)).body.user.profile).toEqual({ nickname: null, avatarUrl: null })
    expect(avatars.files.size).toBe(0)
  })

  it('of no such scope is refused, and the field is named', async () => {
    const { logIn, withdraw } = opened()
    const answer = await withdraw('everything', (await logIn()).token)
    expectProblem(answer, 400, 'request_invalid')
    expect(answer.body.field).toBe('scope')
  })
})

describe('where the app names a version', () => {
  it('phone and profile are refused until the user agreed to that version', async () => {
    const { logIn, agree, phone, rename, upload, wechat } = opened('v2')
    const { token, person } = await logIn()
    const code = wechat.phoneCode(person, number)
    const send = () => phone({ code, nonce: newNonce() }, token)
    await agree(token, { version: 'v1' })
    const refused = await send()
    expectProblem(refused, 403, 'consent_required')
    expect([refused.body.field, refused.body.detail]).toEqual(['phone', 'version v2'])
    expectProblem(await rename(token), 403, 'consent_required')
    expectProblem(await upload(token), 403, 'consent_required')
    await agree(token, { version: 'v2' })
    expect((await send()).body.change).toBe('bound')
    expectProblem(await rename(token), 403, 'consent_required')
    await agree(token, { scope: 'profile', version: 'v2' })
    expect((await rename(token)).status).toBe(200)
  })

  it('agreeing to the whole will do, until a part of it is withdrawn', async () => {
    const { logIn, agree, withdraw, rename } = opened('v2')
    const { token } = await logIn()
    await agree(token, { scope: 'privacy', version: 'v2' })
    expect((await rename(token)).status).toBe(200)
    await withdraw('profile', token)
    expectProblem(await rename(token), 403, 'consent_required')
    await agree(token, { scope: 'privacy', version: 'v2' })
    expect((await rename(token)).status).toBe(200)
  })

  it('what the user takes back needs no consent', async () => {
    const { logIn, post } = opened('v2')
    expect((await post(routes.profile, { nickname: null }, (await logIn()).token)).status).toBe(200)
  })
})

describe('a consent that is withdrawn while WeChat is asked for the number', () => {
  it('leaves no number', async () => {
    const { logIn, phone, phones, wechat, pass, send } = openServer()
    const { person, token } = await logIn()
    const { phoneByCode } = wechat.platform
    Object.assign(wechat.platform, {
      phoneByCode: async (input: Parameters<typeof phoneByCode>[0]) => {
        pass(1)
        const headers = { authorization: `Bearer ${token}` }
        await send(routes.consent.replace('{scope}', 'phone'), { method: 'DELETE', headers })
        return phoneByCode(input)
      },
    })
    const code = wechat.phoneCode(person, '+8613800138000')
    expectProblem(await phone({ code, nonce: newNonce() }, token), 403, 'consent_required')
    expect((await phones(token)).body.phones).toEqual([])
  })
})
