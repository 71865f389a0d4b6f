/** What is written into rows and logs: two versions of the server beside each other must agree on it. */
import { routes } from '@weapp-auth/protocol/contract'
import { expect, it } from 'vitest'
import { appId, newNonce, openServer, otherAppId } from '../../test/open-server.ts'
import { digest } from '../keys/digest.ts'
import type { Claim, Store } from '../ports/store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const one = '+8613800138000'
const nonce = 'n'.repeat(22)

/** A server, and every claim that its store was asked to write down. */
function opened() {
  const memory = createMemoryStore()
  const claims: Omit<Claim, 'until'>[] = []
  const note = ({ kind, appId: app, hash, attempt }: Omit<Claim, 'until'>) =>
    void claims.push({ kind, appId: app, hash, attempt })
  const store: Store = {
    ...memory,
    isShared: true,
    recordLogin(login) {
      note(login.claim)
      return memory.recordLogin(login)
    },
    claim(claim, ...more) {
      note(claim)
      return memory.claim(claim, ...more)
    },
    recordPhone(input) {
      if (input.spends) note(input.spends)
      return memory.recordPhone(input)
    },
  }
  return { ...openServer({ store, openData: 'enforce' }), claims }
}

it('a code of a login is known by its hash, and an attempt by that of its nonce', async () => {
  const { post, wechat, claims } = opened()
  const code = wechat.loginCode({ appId, openId: 'openid-1' })
  await post(routes.login, { appId, code, nonce })
  const [hash, attempt] = [digest('login-code', appId, code), digest('login', nonce)]
  expect(claims).toEqual([{ kind: 'login-code', appId, hash, attempt }])
})

it('so are a code of the phone button, a ciphertext, and the turn in which it is read', async () => {
  const { logIn, phone, wechat, claims } = opened()
  const { person, token, user, loginId } = await logIn()
  claims.length = 0
  const code = wechat.phoneCode(person, one)
  await phone({ code, nonce }, token)
  const data = wechat.phoneData(person, one)
  await phone({ ...data, loginId, nonce }, token)
  const attempt = digest('phone', user.id, nonce)
  expect(claims).toEqual([
    { kind: 'phone-code', appId, hash: digest('phone-code', appId, code), attempt },
    { kind: 'open-data', appId, hash: digest('turn', user.id), attempt: digest('turn') },
    { kind: 'open-data', appId, hash: digest('open-data', appId, data.encryptedData), attempt },
  ])
})

it('a merge is known by its code and nonce, a refresh by its nonce', async () => {
  const { logIn, rotate, post, store } = openServer()
  const mine = await logIn('openid-here')
  const other = await logIn('openid-there', { appId: otherAppId })
  const { code } = (await post<{ readonly code: string }>(routes.mergeCode, {}, other.token)).body
  await post(routes.myMerges, { code, nonce }, mine.token)
  const { id } = mine.user
  expect(await store.findMerge(id, digest('merge', id, code, nonce))).not.toBeNull()
  await rotate(mine.tokens.refreshToken, nonce)
  const session = (await store.sessionsOf(id)).find(({ counter }) => counter === 1)
  const again = { sessionId: session?.id ?? '', counter: 0, attempt: digest('refresh', nonce), now: 0, idleUntil: 0 }
  expect(await store.rotateSession(again)).toMatchObject({ status: 'same-attempt' })
})

it('the audit log says which session ended, for whom and by whom', async () => {
  const backend = { id: 'orders', secret: 'only+for/the=test-0123456789' }
  const { logIn, rotate, send, store } = openServer({ backends: [backend] })
  const stolen = await logIn('openid-1')
  await rotate(stolen.tokens.refreshToken, newNonce())
  await rotate(stolen.tokens.refreshToken, newNonce())
  const revoked = await logIn('openid-2')
  const authorization = `Basic ${btoa(`${backend.id}:${encodeURIComponent(backend.secret)}`)}`
  const body = new URLSearchParams({ token: revoked.token })
  expect((await send(routes.revoke, { method: 'POST', headers: { authorization }, body })).status).toBe(200)
  const sessionOf = async (userId: string) => (await store.sessionsOf(userId))[0]?.id ?? ''
  const lines = (await store.auditAfter(0, 10)).map(({ actor, act, appId: app, subject, details }) => ({
    actor,
    act,
    app,
    subject,
    details: JSON.parse(details) as unknown,
  }))
  expect(lines).toEqual([
    {
      actor: 'server',
      act: 'refresh-reused',
      app: appId,
      subject: stolen.user.id,
      details: { session: await sessionOf(stolen.user.id) },
    },
    {
      actor: 'backend',
      act: 'session-ended',
      app: appId,
      subject: revoked.user.id,
      details: { session: await sessionOf(revoked.user.id) },
    },
  ])
})

it('the second app of a user is told in the log when its identity joins', async () => {
  const { post, wechat, store } = openServer()
  const person = { openId: 'openid-1', unionId: 'union-1' }
  for (const app of [appId, otherAppId])
    await post(routes.login, { appId: app, code: wechat.loginCode({ ...person, appId: app }), nonce: newNonce() })
  const [line, ...more] = await store.auditAfter(0, 10)
  expect(line).toMatchObject({ actor: 'server', act: 'identity-joined', appId: otherAppId, details: '{}' })
  expect(more).toEqual([])
})

it('a session is listed with the end that comes first', async () => {
  const { logIn, rotate, get, pass } = openServer()
  const day = 86_400_000
  let { tokens } = await logIn()
  const sessions = async () =>
    (await get<{ readonly sessions: readonly object[] }>(routes.mySessions, tokens.accessToken)).body.sessions
  expect(await sessions()).toMatchObject([
    { refreshedAt: '2027-01-15T08:00:00.000Z', expiresAt: '2027-01-22T08:00:00.000Z', current: true },
  ])
  for (let at = 0; at < 27; at += 1) {
    pass(day)
    tokens = (await rotate(tokens.refreshToken, newNonce())).body.tokens
  }
  expect(await sessions()).toMatchObject([
    { refreshedAt: '2027-02-11T08:00:00.000Z', expiresAt: '2027-02-14T08:00:00.000Z' },
  ])
})

it('numbers and merges are listed page by page, the newest first', async () => {
  const { logIn, phone, get, post, pass, wechat } = openServer()
  const mine = await logIn('openid-here')
  for (const number of [one, '+8613900139000', '+8613700137000']) {
    await phone({ code: wechat.phoneCode(mine.person, number), nonce: newNonce() }, mine.token)
    pass(1000)
  }
  for (const openId of ['openid-1', 'openid-2']) {
    const other = await logIn(openId)
    const { code } = (await post<{ readonly code: string }>(routes.mergeCode, {}, other.token)).body
    expect((await post(routes.myMerges, { code, nonce: newNonce() }, mine.token)).status).toBe(200)
    pass(1000)
  }
  async function pagesOf(path: string, list: 'phones' | 'merges', limit: number) {
    const lengths: number[] = []
    const seen: unknown[] = []
    let after = ''
    do {
      const query = `?limit=${limit}${after && `&after=${encodeURIComponent(after)}`}`
      const { body } = await get<Record<typeof list, readonly object[]> & { readonly next: string | null }>(
        `${path}${query}`,
        mine.token,
      )
      lengths.push(body[list].length)
      seen.push(...body[list])
      after = body.next ?? ''
    } while (after !== '')
    return { lengths, seen }
  }
  const phones = await pagesOf(routes.myPhones, 'phones', 2)
  expect(phones.lengths).toEqual([2, 1])
  expect(phones.seen).toMatchObject([{ number: '+8613700137000' }, { number: '+8613900139000' }, { number: one }])
  const merges = await pagesOf(routes.myMerges, 'merges', 1)
  expect(merges.lengths).toEqual([1, 1, 0])
  expect(merges.seen).toMatchObject([
    { mergedAt: '2027-01-15T08:00:04.000Z' },
    { mergedAt: '2027-01-15T08:00:03.000Z' },
  ])
})

it('a token whose session belongs to somebody else counts for nothing', async () => {
  const memory = createMemoryStore()
  const store: Store = { ...memory }
  const backend = { id: 'orders', secret: 'only+for/the=test-0123456789' }
  const { logIn, get, send } = openServer({ store, backends: [backend] })
  const { token } = await logIn()
  store.findSession = async id => {
    const session = await memory.findSession(id)
    return session && { ...session, userId: 'somebody-else' }
  }
  expect((await get(routes.mySessions, token)).status).toBe(401)
  const authorization = `Basic ${btoa(`${backend.id}:${encodeURIComponent(backend.secret)}`)}`
  const body = new URLSearchParams({ token })
  const answer = await send(routes.introspect, { method: 'POST', headers: { authorization }, body })
  expect(answer.body).toEqual({ active: false })
})

it('of an app that was removed no token is live, and the grant says which problem it was', async () => {
  const tea = 'wx00000000000000f1'
  const backend = { id: 'orders', secret: 'only+for/the=test-0123456789' }
  const { server, post, get, send, wechat } = openServer({ backends: [backend] })
  await server.apps.add({ appId: tea, secret: 'f'.repeat(32) })
  const login = { appId: tea, code: wechat.loginCode({ appId: tea, openId: 'openid-1' }), nonce: newNonce() }
  const { tokens } = (await post<{ tokens: { accessToken: string; refreshToken: string } }>(routes.login, login)).body
  await server.apps.remove(tea)
  expect((await get(routes.mySessions, tokens.accessToken)).body).toMatchObject({ code: 'app_unknown' })
  const authorization = `Basic ${btoa(`${backend.id}:${encodeURIComponent(backend.secret)}`)}`
  for (const token of [tokens.accessToken, tokens.refreshToken]) {
    const body = new URLSearchParams({ token })
    const answer = await send(routes.introspect, { method: 'POST', headers: { authorization }, body })
    expect(answer.body).toEqual({ active: false })
  }
  const grant = { grant_type: 'refresh_token', client_id: tea, refresh_token: tokens.refreshToken }
  const refused = await send(routes.oauthToken, { method: 'POST', body: new URLSearchParams(grant) })
  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_description: 'app_unknown' } })
})
