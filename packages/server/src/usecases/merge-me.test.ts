import {
  type LoginAnswer,
  type MergeAnswer,
  type MergeCodeAnswer,
  type MergePreviewAnswer,
  type MergesAnswer,
  type Problem,
  type ProfileAnswer,
  routes,
} from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { newSessionKey } from '../../test/fake-wechat.ts'
import { createMemoryAvatars } from '../../test/memory-avatars.ts'
import { appId, expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const [one, two] = ['+8613800138000', '+8613900139000']
const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const day = 24 * 3600_000

/** Two accounts of one person: one in each mini program. */
async function opened(options: Parameters<typeof openServer>[0] = {}) {
  const avatars = createMemoryAvatars()
  const server = openServer({ avatars: { storage: avatars.storage }, openData: 'enforce', ...options })
  const { post, get, send, logIn, wechat } = server
  const mine = await logIn('openid-here')
  const other = await logIn('openid-there', { appId: otherAppId })
  const bind = (who: typeof mine, number: string) =>
    server.phone({ code: wechat.phoneCode(who.person, number), nonce: newNonce() }, who.token)
  const nickname = (who: typeof mine, name: string) =>
    post<ProfileAnswer>(routes.profile, { nickname: name }, who.token)
  const picture = ({ token }: typeof mine) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'image/png' }
    return send<ProfileAnswer>(routes.avatar, { method: 'POST', headers, body: png })
  }
  const codeOf = async ({ token }: { readonly token: string }) =>
    (await post<MergeCodeAnswer>(routes.mergeCode, {}, token)).body.code
  const preview = (code: string, token = mine.token) =>
    post<MergePreviewAnswer & Problem>(routes.mergePreview, { code }, token)
  const merge = (code: string, nonce = newNonce(), token = mine.token) =>
    post<MergeAnswer & Problem>(routes.myMerges, { code, nonce }, token)
  const undo = (mergeId: string, token = mine.token) =>
    post<MergeAnswer & Problem>(routes.mergeUndo, { mergeId }, token)
  const merges = async (token = mine.token) => (await get<MergesAnswer>(routes.myMerges, token)).body.merges
  return { ...server, avatars, mine, other, bind, nickname, picture, codeOf, preview, merge, undo, merges }
}

describe('the preview of a merge', () => {
  it('tells both sides and what both have, with no more of a number than its mask', async () => {
    const { mine, other, bind, nickname, codeOf, preview, post } = await opened()
    await bind(mine, one)
    await bind(other, two)
    await nickname(mine, '小明')
    await nickname(other, '明明')
    await post(routes.consents, { scope: 'phone', version: 'v1', nonce: newNonce() }, other.token)
    const { status, body, text } = await preview(await codeOf(other))
    expect([status, body]).toEqual([
      200,
      {
        survivor: {
          createdAt: mine.user.createdAt,
          profile: { nickname: '小明', avatarUrl: null },
          identities: [{ appId }],
          phones: [{ masked: '138******00', countryCode: '86', current: true }],
          consents: [],
        },
        merged: {
          createdAt: other.user.createdAt,
          profile: { nickname: '明明', avatarUrl: null },
          identities: [{ appId: otherAppId }],
          phones: [{ masked: '139******00', countryCode: '86', current: true }],
          consents: [expect.objectContaining({ scope: 'phone', status: 'given' })],
        },
        conflicts: ['phone', 'nickname'],
      },
    ])
    for (const secret of [one, two, one.slice(3), two.slice(3), 'openid-there', other.user.id])
      expect(text).not.toContain(secret)
  })

  it('changes nothing, and the code is still good', async () => {
    const { other, codeOf, preview, merge, me } = await opened()
    const code = await codeOf(other)
    await preview(code)
    expect((await me(other.token)).body.user.id).toBe(other.user.id)
    expect((await merge(code)).status).toBe(200)
  })
})

describe('a merge', () => {
  it('makes one account of two: both numbers, the empty fields filled, both logins', async () => {
    const { mine, other, bind, nickname, picture, codeOf, merge, me, phones, logIn, post, eventsOf } = await opened()
    await bind(mine, one)
    await bind(other, two)
    await nickname(other, '明明')
    await picture(other)
    const { status, body } = await merge(await codeOf(other))
    expect([status, body.merge]).toEqual([
      200,
      {
        id: expect.any(String),
        mergedUserId: other.user.id,
        mergedAt: '2027-01-15T08:00:00.000Z',
        undoUntil: '2027-01-22T08:00:00.000Z',
        undoneAt: null,
      },
    ])
    expect(body.user).toMatchObject({ id: mine.user.id, phone: { number: one }, profile: { nickname: '明明' } })
    expect(body.user.profile.avatarUrl).toContain('/v1/avatars/')
    expect((await phones(mine.token)).body.phones).toMatchObject([
      { number: two, replacedReason: 'merged', replacedAt: '2027-01-15T08:00:00.000Z' },
      { number: one, replacedAt: null },
    ])
    expectProblem(await me(other.token), 401, 'token_invalid')
    const rotation = { refreshToken: other.tokens.refreshToken, nonce: newNonce() }
    expectProblem(await post(routes.token, rotation), 401, 'refresh_invalid')
    const again = await logIn('openid-there', { appId: otherAppId })
    expect([again.created, again.user.id, again.user.phone?.number]).toEqual([false, mine.user.id, one])
    expect(eventsOf('users-merged')).toMatchObject([
      { userId: mine.user.id, mergedUserId: other.user.id, by: 'user', sessionsEnded: 1 },
    ])
  })

  it('is what helps when a unionid arrives late: of two users the first keeps it, and the server says so', async () => {
    const { post, wechat, codeOf, merge, store, eventsOf } = await opened()
    const logIn = async (inApp: string, openId: string, unionId: string | null) => {
      const person = { appId: inApp, openId, sessionKey: newSessionKey(), unionId }
      const body = { appId: inApp, code: wechat.loginCode(person), nonce: newNonce() }
      const { user, tokens } = (await post<LoginAnswer>(routes.login, body)).body
      return { user, token: tokens.accessToken }
    }
    const [first, second] = [await logIn(appId, 'o1', null), await logIn(otherAppId, 'o2', 'union-1')]
    expect(second.user.id).not.toBe(first.user.id)
    const late = await logIn(appId, 'o1', 'union-1')
    await logIn(appId, 'o1', 'union-1')
    expect(eventsOf('union-id-conflict')).toMatchObject([{ userId: first.user.id, otherUserId: second.user.id }])
    expect((await store.findUserByUnionId('union-1'))?.id).toBe(second.user.id)
    const code = await codeOf(second)
    expect((await merge(code, newNonce(), late.token)).status).toBe(200)
    expect((await store.findUserByUnionId('union-1'))?.id).toBe(first.user.id)
    expect((await logIn(otherAppId, 'o2', 'union-1')).user.id).toBe(first.user.id)
  })

  it('needs a live session on both sides: its code is good for a while, once, and ends with its session', async () => {
    const { mine, other, codeOf, merge, preview, pass, post, logIn } = await opened()
    const late = await codeOf(other)
    pass(5 * 60_000)
    expectProblem(await merge(late), 400, 'merge_code_invalid')
    const ended = await codeOf(other)
    await post(routes.logout, { refreshToken: other.tokens.refreshToken })
    expectProblem(await merge(ended), 400, 'merge_code_invalid')
    expectProblem(await preview(ended), 400, 'merge_code_invalid')
    const again = await logIn('openid-there', { appId: otherAppId })
    expectProblem(await merge(await codeOf(mine)), 409, 'merge_self')
    expectProblem(await merge(mine.tokens.refreshToken), 400, 'merge_code_invalid')
    expectProblem(await merge(await codeOf(again), newNonce(), again.token), 409, 'merge_self')
    const code = await codeOf(again)
    expect((await merge(code)).status).toBe(200)
    expectProblem(await merge(code), 400, 'merge_code_invalid')
    const third = await logIn('openid-of-a-third')
    expectProblem(await merge(code, newNonce(), third.token), 400, 'merge_code_invalid')
  })

  it('joins no two users without a code of the one that goes: not a number, a nonce, or an id', async () => {
    const { mine, other, bind, merge, merges, me } = await opened()
    await bind(mine, one)
    await bind(other, one)
    for (const guess of [
      other.user.id,
      other.token.slice(0, 100),
      other.tokens.refreshToken,
      `wxa_mc_${'A'.repeat(51)}`,
    ])
      expect((await merge(guess.replaceAll('.', '-'))).status).toBe(400)
    expect(await merges()).toEqual([])
    expect((await me(other.token)).body.user.id).toBe(other.user.id)
  })

  it('whose answer was lost gives it again, to the same attempt', async () => {
    const { other, codeOf, merge, merges, eventsOf } = await opened()
    const [code, nonce] = [await codeOf(other), newNonce()]
    const first = await merge(code, nonce)
    expect((await merge(code, nonce)).body).toEqual(first.body)
    expect(await merges()).toEqual([first.body.merge])
    expect(eventsOf('users-merged')).toHaveLength(1)
  })

  it('by many at once happens once, in whatever direction', async () => {
    const { mine, other, codeOf, merge, store } = await opened()
    const codes = { mine: await codeOf(mine), other: await codeOf(other) }
    const answers = await race(24, index =>
      index % 2 === 0 ? merge(codes.other) : merge(codes.mine, newNonce(), other.token),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const ids = await Promise.all([mine, other].map(({ user }) => store.identitiesOf(user.id)))
    expect(ids.map(rows => rows.length).sort()).toEqual([0, 2])
  })

  it('reads again what changed under it, and gives up when it never rests', async () => {
    const store = createMemoryStore()
    let changes = 0
    const busy: typeof store = {
      ...store,
      async mergeUsers(input) {
        changes -= 1
        return changes >= 0 ? { status: 'changed' } : store.mergeUsers(input)
      },
    }
    const { other, codeOf, merge } = await opened({ store: busy })
    const code = await codeOf(other)
    changes = 3
    expectProblem(await merge(code), 503, 'storage_busy')
    changes = 2
    expect((await merge(code)).status).toBe(200)
  })

  it('while the other account is erased, logs in and binds a number leaves nothing half', async () => {
    const { mine, other, bind, codeOf, merge, store, send, logIn } = await opened()
    const code = await codeOf(other)
    const headers = { authorization: `Bearer ${other.token}` }
    await race(12, async index => {
      if (index === 5) return merge(code)
      if (index === 7) return send(`${routes.me}?nonce=${newNonce()}`, { method: 'DELETE', headers })
      if (index % 2 === 0) return bind(other, two)
      return logIn('openid-there', { appId: otherAppId })
    })
    expect(await store.findAccount(other.user.id)).toBeNull()
    expect(await store.phonesOf(other.user.id)).toEqual([])
    expect(await store.identitiesOf(other.user.id)).toEqual([])
    expect(await store.findAccount(mine.user.id)).not.toBeNull()
  })
})

describe('undoing a merge', () => {
  it('makes two accounts again, as they were', async () => {
    const { mine, other, bind, nickname, picture, codeOf, merge, undo, me, logIn, pass, avatars, eventsOf } =
      await opened()
    await bind(mine, one)
    await bind(other, two)
    await nickname(other, '明明')
    await picture(other)
    const before = [(await me(mine.token)).body, (await me(other.token)).body]
    const { merge: done } = (await merge(await codeOf(other))).body
    pass(3 * day)
    const back = await logIn('openid-there', { appId: otherAppId })
    const undone = await undo(done.id, back.token)
    expect(undone.status).toBe(200)
    expect(undone.body.merge).toMatchObject({ id: done.id, undoUntil: null, undoneAt: '2027-01-18T08:00:00.000Z' })
    expectProblem(await me(back.token), 401, 'token_invalid')
    const [here, there] = [await logIn('openid-here'), await logIn('openid-there', { appId: otherAppId })]
    expect([(await me(here.token)).body, (await me(there.token)).body]).toEqual(before)
    expect(there.created).toBe(false)
    expect(avatars.files.size).toBe(1)
    expect(eventsOf('merge-undone')).toMatchObject([{ userId: mine.user.id, mergedUserId: other.user.id }])
    expect((await undo(done.id, here.token)).body.merge).toEqual(undone.body.merge)
  })

  it('is refused after seven days, to others, and when the merged picture was replaced', async () => {
    const { other, picture, codeOf, merge, undo, mine, pass, logIn, merges, server } = await opened()
    await picture(other)
    const { id } = (await merge(await codeOf(other))).body.merge
    const stranger = await logIn('openid-of-a-stranger')
    expectProblem(await undo(id, stranger.token), 404, 'merge_unknown')
    await picture(mine)
    const refused = await undo(id)
    expectProblem(refused, 409, 'merge_undo_conflict')
    expect(refused.body.detail).toBe('avatar')
    pass(7 * day)
    const late = await logIn('openid-here')
    await server.sweep()
    expectProblem(await undo(id, late.token), 410, 'merge_undo_late')
    expect(await merges(late.token)).toMatchObject([{ id, undoUntil: null, undoneAt: null }])
  })

  it('is possible for as long as the server was told', async () => {
    const { other, codeOf, merge, undo, pass, logIn } = await opened({ mergeUndoMs: day })
    const { id, mergedAt, undoUntil } = (await merge(await codeOf(other))).body.merge
    expect(Date.parse(undoUntil ?? '') - Date.parse(mergedAt)).toBe(day)
    pass(day)
    expectProblem(await undo(id, (await logIn('openid-here')).token), 410, 'merge_undo_late')
    for (const mergeUndoMs of [0, 91 * day, 3_600_000.5])
      expect(() => openServer({ mergeUndoMs })).toThrow(
        new TypeError('"mergeUndoMs" must be a whole number from 3600000 to 7776000000'),
      )
  })
})

describe('users', () => {
  it('are merged and parted again by operators, and found under their former ids', async () => {
    const { mine, other, bind, server, phones, eventsOf, store } = await opened()
    await bind(other, one)
    const { users } = server
    const [into, from] = [mine.user.id, other.user.id]
    const outcome = await users.merge({ into, from })
    if (outcome.status !== 'merged') throw new Error(outcome.status)
    expect(outcome.merge).toMatchObject({ survivorId: into, mergedId: from, undoneAt: null, open: true })
    expect((await phones(mine.token)).body.phones).toMatchObject([{ number: one, replacedAt: null }])
    expect([await users.whoIs(from), await users.whoIs(into), await users.whoIs('nobody')]).toEqual([into, into, null])
    expect(await users.merge({ into, from: into })).toEqual({ status: 'self' })
    expect(await users.merge({ into, from })).toEqual({ status: 'from-gone' })
    expect(await users.merge({ into: from, from: into })).toEqual({ status: 'into-gone' })
    const mergeId = outcome.merge.id
    expect(await users.undoMerge({ mergeId, into: from })).toEqual({ status: 'unknown' })
    expect(await users.undoMerge({ mergeId, into })).toMatchObject({ status: 'undone' })
    expect(await users.mergesOf(into)).toMatchObject([{ id: mergeId, open: false }])
    expect(await users.whoIs(from)).toBe(from)
    expect(eventsOf('users-merged')).toMatchObject([{ by: 'operator' }])
    const acts = (await store.auditAfter(0, 10)).map(({ actor, act, subject }) => [actor, act, subject])
    expect(acts).toEqual([
      ['operator', 'users-merged', into],
      ['operator', 'merge-undone', into],
    ])
  })
})
