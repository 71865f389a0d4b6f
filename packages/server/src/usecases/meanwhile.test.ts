/** What another process changes between two steps of one request. */
import { type MergeAnswer, type MergeCodeAnswer, type Problem, routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { appId, expectProblem, newNonce, openServer, otherAppId } from '../../test/open-server.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { generateKeyring } from '../keys/keyring.ts'
import { openRing } from '../keys/ring.ts'
import { createVault } from '../keys/vault.ts'
import { StorageFault, type Store } from '../ports/store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import { createBindPhone } from './bind-phone.ts'
import { createOpenDataDesk } from './open-data-desk.ts'

const one = '+8613800138000'
const gone = async () => null

/** A server whose store can be changed step by step, as if somebody else were at work. */
function opened(options: Parameters<typeof openServer>[0] = {}, isShared = false) {
  const memory = { ...createMemoryStore(), isShared }
  const store: Store = { ...memory }
  const server = openServer({ openData: 'enforce', ...options, store })
  const change = (steps: Partial<Store>) => void Object.assign(store, steps)
  return { ...server, memory, change, restore: () => change(memory) }
}

describe('whoever is erased while their request is under way is nobody any more', () => {
  it('binding a number', async () => {
    const { logIn, phone, phones, wechat, change, restore } = opened()
    const { person, token } = await logIn()
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    change({ findAccount: gone })
    expectProblem(await phone(body, token), 401, 'token_invalid')
    restore()
    change({ recordPhone: async () => ({ status: 'user-gone' }) })
    expectProblem(await phone(body, token), 401, 'token_invalid')
    restore()
    change({ recordPhone: async () => ({ status: 'withdrawn' }) })
    const refused = await phone(body, token)
    expect(refused.body).toMatchObject({ code: 'consent_required', field: 'phone' })
    restore()
    expect((await phones(token)).body.phones).toEqual([])
  })

  it('reading their numbers', async () => {
    const { logIn, phones, change } = opened()
    const { token } = await logIn()
    change({ findUser: gone })
    expectProblem(await phones(token), 401, 'token_invalid')
  })

  it('proving a number with a ciphertext', async () => {
    const { logIn, phone, wechat, change } = opened()
    const { person, token, loginId } = await logIn()
    const body = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    change({ findAccount: gone })
    expectProblem(await phone(body, token), 401, 'token_invalid')
    expect(wechat.calls.checkEncryptedData).toBe(0)
  })

  it('merging, or being merged', async () => {
    const { logIn, post, change, memory } = opened()
    const mine = await logIn('openid-here')
    const other = await logIn('openid-there', { appId: otherAppId })
    const { code } = (await post<MergeCodeAnswer>(routes.mergeCode, {}, other.token)).body
    const merge = (nonce = newNonce()) => post<MergeAnswer & Problem>(routes.myMerges, { code, nonce }, mine.token)
    const without = (userId: string): Partial<Store> => ({
      findAccount: id => (id === userId ? gone() : memory.findAccount(id)),
    })
    change(without(other.user.id))
    expectProblem(await post(routes.mergePreview, { code }, mine.token), 400, 'merge_code_invalid')
    expectProblem(await merge(), 400, 'merge_code_invalid')
    change(without(mine.user.id))
    expectProblem(await merge(), 401, 'token_invalid')
    change(memory)
    const nonce = newNonce()
    expect((await merge(nonce)).status).toBe(200)
    change({ findAccount: gone })
    expectProblem(await merge(nonce), 401, 'token_invalid')
  })

  it('logging in again with the same attempt', async () => {
    const { post, wechat, change, restore } = opened()
    const body = { appId, code: wechat.loginCode({ appId, openId: 'openid-1' }), nonce: newNonce() }
    expect((await post(routes.login, body)).status).toBe(200)
    for (const step of ['findLogin', 'findSession', 'findAccount'] as const) {
      change({ [step]: gone })
      expectProblem(await post(routes.login, body), 409, 'code_consumed')
      restore()
    }
    expect((await post(routes.login, body)).status).toBe(200)
  })
})

describe('a login', () => {
  it('that meets another first login reads again, three times, and then says that the store is busy', async () => {
    const { post, wechat, change, memory, eventsOf } = opened()
    let others = 2
    change({
      async recordLogin(login) {
        others -= 1
        return others >= 0 ? { status: 'user-exists' } : memory.recordLogin(login)
      },
    })
    const logIn = () =>
      post(routes.login, { appId, code: wechat.loginCode({ appId, openId: 'openid-1' }), nonce: newNonce() })
    expect((await logIn()).status).toBe(200)
    expect(eventsOf('login-recorded')).toHaveLength(1)
    others = 3
    expectProblem(await logIn(), 503, 'storage_busy')
  })

  it('whose code another process spent just now is the first one again, to the same attempt only', async () => {
    const { post, wechat, change, memory, eventsOf } = opened()
    const logIn = () =>
      post<{ readonly loginId: string; readonly created: boolean } & Problem>(routes.login, {
        appId,
        code: wechat.loginCode({ appId, openId: 'openid-1' }),
        nonce: newNonce(),
      })
    const first = (await logIn()).body
    const sessionId = (await memory.findLogin(first.loginId))?.sessionId ?? ''
    const spent = { status: 'code-spent', loginId: first.loginId, sessionId } as const
    change({ recordLogin: async () => ({ ...spent, sameAttempt: true }) })
    expect((await logIn()).body).toMatchObject({ loginId: first.loginId, created: true })
    change({ recordLogin: async () => ({ ...spent, sameAttempt: false }) })
    expectProblem(await logIn(), 409, 'code_consumed')
    expect(eventsOf('login-recorded')).toHaveLength(1)
  })
})

it('a merge that another process made while this one was under way is the answer of both', async () => {
  const { logIn, post, change, memory, eventsOf } = opened()
  const mine = await logIn('openid-here')
  const other = await logIn('openid-there', { appId: otherAppId })
  const { code } = (await post<MergeCodeAnswer>(routes.mergeCode, {}, other.token)).body
  change({
    async mergeUsers(input) {
      await memory.mergeUsers(input)
      return { status: 'gone', who: 'merged' }
    },
  })
  const answer = await post<MergeAnswer>(routes.myMerges, { code, nonce: newNonce() }, mine.token)
  expect(answer.status).toBe(200)
  expect(answer.body.merge.mergedUserId).toBe(other.user.id)
  expect(eventsOf('users-merged')).toEqual([])
})

it('whom WeChat blocks is not logged in', async () => {
  const { post, wechat, eventsOf } = opened()
  Object.assign(wechat.platform, { codeToSession: async () => ({ status: 'user-blocked' }) })
  const answer = await post(routes.login, { appId, code: 'code', nonce: newNonce() })
  expect(answer.body.code).toBe('user_blocked')
  expect(eventsOf('login-recorded')).toEqual([])
})

it('a tap in a mini program that was removed after its session was read is refused before anything is asked', async () => {
  const never = () => Promise.reject(new Error('asked'))
  const bindPhone = createBindPhone({
    apps: new Map(),
    requireConsent: never,
    phoneByCode: never,
    phoneByOpenData: never,
  })
  const session = { id: 's', userId: 'u', appId, openId: 'o', counter: 0 }
  const tap = bindPhone({ session, code: 'code', nonce: newNonce(), requestId: 'r' })
  await expect(tap).rejects.toMatchObject({ code: 'app_unknown' })
})

it('a fault that says nothing of a ciphertext is not counted against its key', async () => {
  const store = createMemoryStore()
  const { wechat } = openServer()
  const random = { bytes: (length: number) => new Uint8Array(length) }
  const vault = createVault({ ring: openRing(generateKeyring()), random })
  const tools = { store, vault, wechat: wechat.platform, clock: { now: () => 0 }, tell: () => undefined }
  const desk = createOpenDataDesk({ ...tools, apps: new Map() })
  const session = { id: 's', userId: 'u', appId, openId: 'o', counter: 0 }
  const read = desk.read(
    { session, loginId: 'l', requestId: 'r' },
    [{ id: 'k', sessionKey: 'key' }],
    () => {
      throw new RangeError('out of memory')
    },
    () => new ProblemError('phone_data_invalid'),
  )
  await expect(read).rejects.toThrow(new RangeError('out of memory'))
})

describe('a number', () => {
  it('whose mini program is removed while WeChat is asked is not recorded by rules that nobody knows', async () => {
    const tea = 'wx00000000000000f1'
    const { server, post, phone, memory, change, wechat } = opened()
    await server.apps.add({ appId: tea, secret: 'f'.repeat(32), openData: 'enforce' })
    const person = { appId: tea, openId: 'openid-1' }
    const login = { appId: tea, code: wechat.loginCode(person), nonce: newNonce() }
    const { tokens } = (await post<{ tokens: { accessToken: string } }>(routes.login, login)).body
    change({
      async claim(...input) {
        await server.apps.remove(tea)
        return memory.claim(...input)
      },
    })
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    expectProblem(await phone(body, tokens.accessToken), 400, 'app_unknown')
    expect(wechat.calls.phoneByCode).toBe(1)
    await server.apps.add({ appId: tea, secret: 'f'.repeat(32), openData: 'enforce' })
    change(memory)
    expect((await phone(body, tokens.accessToken)).body.change).toBe('bound')
    expect(wechat.calls.phoneByCode).toBe(1)
  })

  it('in a ciphertext that WeChat does not vouch for does not count when open data is turned off meanwhile', async () => {
    const tea = 'wx00000000000000f1'
    const { server, post, phone, memory, change, wechat } = opened()
    await server.apps.add({ appId: tea, secret: 'f'.repeat(32), openData: 'monitor' })
    const person = { appId: tea, openId: 'openid-1', sessionKey: Buffer.alloc(16, 5).toString('base64') }
    const login = { appId: tea, code: wechat.loginCode(person), nonce: newNonce() }
    const { tokens, loginId } = (await post<{ tokens: { accessToken: string }; loginId: string }>(routes.login, login))
      .body
    change({
      async findSpent(claim) {
        await server.apps.change(tea, { openData: 'off' })
        return memory.findSpent(claim)
      },
    })
    wechat.failNext('checkEncryptedData', 'unavailable')
    const body = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    expectProblem(await phone(body, tokens.accessToken), 503, 'upstream_unavailable')
  })

  it('whose ciphertext another process spent while it was read gives the first answer to the same attempt', async () => {
    const { logIn, phone, phones, wechat, change } = opened()
    const { person, token, loginId } = await logIn()
    const body = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    const first = await phone(body, token)
    expect(first.status).toBe(200)
    change({ findSpent: gone })
    expect((await phone(body, token)).text).toBe(first.text)
    expectProblem(await phone({ ...body, nonce: newNonce() }, token), 400, 'phone_data_invalid')
    expect((await phones(token)).body.phones).toHaveLength(1)
  })

  it('is bound although its turn cannot be given back: the turn is over by itself', async () => {
    const { logIn, phone, pass, wechat, change } = opened({}, true)
    const { person, token, loginId } = await logIn()
    change({ release: () => Promise.reject(new StorageFault('failed')) })
    const prove = () => phone({ ...wechat.phoneData(person, one), loginId, nonce: newNonce() }, token)
    expect((await prove()).body.change).toBe('bound')
    const waiting = await prove()
    expectProblem(waiting, 409, 'attempt_pending')
    expect(waiting.body.retryAfterMs).toBe(1000)
    pass(15_000)
    expect((await prove()).body.change).toBe('unchanged')
  })

  it('that WeChat refused is refused also when its claim cannot be given back, and its retry asks again', async () => {
    const { logIn, phone, wechat, change, restore } = opened({ policy: { phoneBudget: 1 } })
    const { person, token } = await logIn()
    const body = { code: wechat.phoneCode(person, one), nonce: newNonce() }
    const failing = () => Promise.reject(new StorageFault('failed'))
    wechat.failNext('phoneByCode', 'limited')
    change({ release: failing, refundBudgets: failing })
    expectProblem(await phone(body, token), 503, 'upstream_limited')
    restore()
    expect((await phone(body, token)).body.change).toBe('bound')
    expect(wechat.calls.phoneByCode).toBe(2)
  })
})

it('a merge that another process finished just now is that merge, and is told once', async () => {
  const { logIn, post, change, eventsOf } = opened()
  const mine = await logIn('openid-here')
  const other = await logIn('openid-there', { appId: otherAppId })
  const { code } = (await post<MergeCodeAnswer>(routes.mergeCode, {}, other.token)).body
  const merge = (nonce: string) => post<MergeAnswer>(routes.myMerges, { code, nonce }, mine.token)
  const nonce = newNonce()
  change({ findMerge: gone })
  const first = await merge(nonce)
  expect(first.status).toBe(200)
  change({
    mergeUsers: async () => ({ status: 'repeated', merge: { ...rowOf(first.body), attempt: new Uint8Array() } }),
  })
  const third = await logIn('openid-of-a-third')
  const again = (await post<MergeCodeAnswer>(routes.mergeCode, {}, third.token)).body.code
  const repeated = await post<MergeAnswer>(routes.myMerges, { code: again, nonce: newNonce() }, mine.token)
  expect(repeated.body.merge).toEqual(first.body.merge)
  expect(eventsOf('users-merged')).toHaveLength(1)

  function rowOf({ merge: { id, mergedUserId, mergedAt, undoUntil } }: MergeAnswer) {
    const times = { at: Date.parse(mergedAt), undoUntil: Date.parse(undoUntil ?? ''), undoneAt: null }
    return { id, survivorId: mine.user.id, mergedId: mergedUserId, ...times, open: true }
  }
})

it('a refresh by grant that the store cannot take is no wrong grant', async () => {
  const { logIn, send, change } = opened()
  const { tokens } = await logIn()
  change({ rotateSession: () => Promise.reject(new StorageFault('busy')) })
  const grant = { grant_type: 'refresh_token', client_id: appId, refresh_token: tokens.refreshToken }
  const answer = await send<Problem>(routes.oauthToken, { method: 'POST', body: new URLSearchParams(grant) })
  expect(answer.status).toBe(503)
  expect(answer.body.code).toBe('storage_busy')
})
