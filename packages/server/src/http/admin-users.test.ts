import {
  type AuditLinesAnswer,
  adminRoutes,
  type ErasureAnswer,
  type ListUsersAnswer,
  type OperatorMergeAnswer,
  type OperatorMergePreviewAnswer,
  type OperatorUserAnswer,
  type RevealAnswer,
  routes,
  type SearchUsersAnswer,
} from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { expectProblem, issuer, newNonce, openServer, operatorToken } from '../../test/open-server.ts'
import { createServer, generateKeyring } from '../index.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const number = '+8613800138000'
const nobody = '00000000-0000-7000-8000-000000000000'
const reason = 'ticket 4711'
const at = (path: string, id: string) => path.replace('{id}', id)

/** A person with a number and a name, and operators. */
async function open(options: Parameters<typeof openServer>[0] = {}) {
  const server = openServer(options)
  const lin = await server.logIn('openid-of-lin')
  await server.phone({ code: server.wechat.phoneCode(lin.person, number), nonce: newNonce() }, lin.token)
  await server.post(routes.profile, { nickname: '小林' }, lin.token)
  const [viewer, support] = [server.asOperator('viewer'), server.asOperator('support')]
  const read = (id = lin.user.id) => viewer.get<OperatorUserAnswer>(at(adminRoutes.user, id))
  const search = (q: string) => viewer.post<SearchUsersAnswer>(adminRoutes.userSearch, { q })
  const lines = async (id = lin.user.id) =>
    (await viewer.get<AuditLinesAnswer>(at(adminRoutes.userEvents, id))).body.lines
  return { ...server, lin, id: lin.user.id, viewer, support, read, search, lines }
}

describe('who may ask', () => {
  test('without operators there are no such routes', async () => {
    const { wechat, time } = openServer()
    const server = createServer({
      store: createMemoryStore(),
      wechat: wechat.platform,
      keys: generateKeyring(),
      issuer,
      clock: { now: () => time.now },
    })
    const headers = { authorization: `Bearer ${operatorToken('admin')}` }
    const answer = await server.fetch(new Request(`${issuer}${adminRoutes.users}`, { headers }))
    expect(answer.status).toBe(404)
    const document = await (await server.fetch(new Request(`${issuer}${routes.openapi}`))).text()
    expect(document).not.toContain('/admin/')
  })

  test.each([
    ['no token', {}],
    ['a wrong one', { authorization: `Bearer ${operatorToken('admin')}x` }],
    ['the token of a user', { authorization: 'Bearer wxa_at_nonsense' }],
    ['another scheme', { authorization: `Basic ${operatorToken('admin')}` }],
  ])('%s is refused in the same words', async (_, headers) => {
    const answer = await openServer().send(adminRoutes.users, { headers })
    expectProblem(answer, 401, 'operator_unauthorized')
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
  })

  test('a role may do what it may, and the refusal names the role that may', async () => {
    const { viewer, support, id } = await open()
    for (const path of [adminRoutes.userReveal, adminRoutes.userExport, adminRoutes.userErase, adminRoutes.userMerge])
      expectProblem(await viewer.post(at(path, id), { reason }), 403, 'operator_forbidden')
    const added = await support.post(adminRoutes.apps, { appId: 'wx1', secret: 'only-for-this-test' })
    expectProblem(added, 403, 'operator_forbidden')
    expect(added.body.detail).toBe('admin')
    expect((await viewer.get(adminRoutes.operator)).body).toEqual({ name: 'viewer-lin', role: 'viewer' })
  })

  test('wrong tokens from one address are limited, and then the right one too, until the time is over', async () => {
    const { arrival, send, asOperator, pass } = openServer()
    arrival.ip = '203.0.113.7'
    const guess = () => send(adminRoutes.users, { headers: { authorization: 'Bearer guess' } })
    for (let count = 0; count < 10; count += 1) expectProblem(await guess(), 401, 'operator_unauthorized')
    expectProblem(await guess(), 429, 'rate_limited')
    expectProblem(await asOperator('admin').get(adminRoutes.users), 429, 'rate_limited')
    arrival.ip = '203.0.113.8'
    expect((await asOperator('admin').get(adminRoutes.users)).status).toBe(200)
    arrival.ip = '203.0.113.7'
    pass(15 * 60_000)
    expect((await asOperator('admin').get(adminRoutes.users)).status).toBe(200)
  })
})

describe('users', () => {
  test('are listed the newest first, page by page, with masked numbers', async () => {
    const { logIn, viewer, id, pass } = await open()
    const ids = [id]
    for (let index = 0; index < 4; index += 1) {
      pass(1)
      ids.unshift((await logIn(`openid-${index}`)).user.id)
    }
    const seen: string[] = []
    let after: string | null = null
    do {
      const query: string = after === null ? '' : `&after=${after}`
      const { body } = await viewer.get<ListUsersAnswer>(`${adminRoutes.users}?limit=2${query}`)
      expect(body.users.length).toBeLessThanOrEqual(2)
      seen.push(...body.users.map(user => user.id))
      after = body.next
    } while (after !== null)
    expect(seen).toEqual(ids)
    const { body } = await viewer.get<ListUsersAnswer>(adminRoutes.users)
    expect(body.users.at(-1)).toMatchObject({ id, status: 'live', phone: { masked: '138******00' } })
    expectProblem(await viewer.get(`${adminRoutes.users}?limit=101`), 400, 'request_invalid')
    expectProblem(await viewer.get(`${adminRoutes.users}?after=x`), 400, 'request_invalid')
  })

  test('are found by id, openid, unionid and phone number, of which the log keeps nothing', async () => {
    const { id, search, wechat, post, store } = await open()
    const code = wechat.loginCode({ appId: 'wx0000000000000001', openId: 'openid-of-mo', unionId: 'unionid-of-mo' })
    await post(routes.login, { appId: 'wx0000000000000001', code, nonce: newNonce() })
    for (const [q, by] of [
      [id, 'id'],
      ['openid-of-lin', 'open-id'],
      ['13800138000', 'phone'],
      [number, 'phone'],
    ] as const)
      expect((await search(q)).body).toMatchObject({ by, users: [{ id }] })
    expect((await search('unionid-of-mo')).body).toMatchObject({ by: 'union-id', users: [{ status: 'live' }] })
    for (const q of [nobody, '13900139000', 'openid-of-nobody'])
      expect((await search(q)).body).toEqual({ by: null, users: [] })
    const log = JSON.stringify(await store.auditAfter(0, 100))
    expect(log).toContain('phone-searched')
    expect(log).not.toMatch(/13[89]00/)
  })

  test('are shown masked: identities, numbers with history, devices, consents', async () => {
    const { lin, phone, wechat, pass, read, id, post } = await open()
    pass(1000)
    await phone({ code: wechat.phoneCode(lin.person, '+8613900139000'), nonce: newNonce() }, lin.token)
    await post(routes.consents, { scope: 'phone', version: 'v1', nonce: newNonce() }, lin.token)
    const { body, text } = await read()
    expect(body).toMatchObject({
      user: { id, status: 'live', goneAt: null, phone: { masked: '139******00' } },
      identities: [{ openId: 'openid-of-lin', unionId: null }],
      phones: [{ masked: '139******00', replacedAt: null }, { masked: '138******00' }],
      profile: { nickname: '小**', avatar: false },
      sessions: [{ device: 'unknown' }],
      consents: [{ scope: 'phone', version: 'v1' }],
      merges: [],
    })
    expect(text).not.toMatch(/13[89]0013|小林/)
    expectProblem(await read(nobody), 404, 'user_unknown')
  })

  test('are revealed for a reason, and the audit log says who did it and why', async () => {
    const { support, id, lines } = await open()
    const { body } = await support.post<RevealAnswer>(at(adminRoutes.userReveal, id), { reason })
    expect(body).toMatchObject({ phones: [{ number }], profile: { nickname: '小林' } })
    expect((await lines())[0]).toMatchObject({
      actor: 'operator',
      act: 'user-revealed',
      details: { by: 'support-lin', reason },
    })
    for (const wrong of [undefined, '', 'abc', '    ', 'two\nlines', 'x'.repeat(201)]) {
      const answer = await support.post(at(adminRoutes.userReveal, id), { reason: wrong })
      expect(answer.body).toMatchObject({ code: 'request_invalid', field: 'reason' })
    }
    expect(await lines()).toHaveLength(1)
  })

  test('are not carried away: an operator reveals and exports thirty an hour', async () => {
    const { support, asOperator, id, pass } = await open()
    const reveal = (who = support) => who.post(at(adminRoutes.userReveal, id), { reason })
    for (let count = 0; count < 29; count += 1) expect((await reveal()).status).toBe(200)
    const copy = await support.post(at(adminRoutes.userExport, id), { reason })
    expect(copy.body).toMatchObject({ phones: [{ number }], identities: [{ openId: 'openid-of-lin' }] })
    expectProblem(await reveal(), 429, 'rate_limited')
    expect((await reveal(asOperator('admin'))).status).toBe(200)
    pass(60 * 60_000)
    expect((await reveal()).status).toBe(200)
  })

  test('are erased for a reason, once; a repeat gets the same answer', async () => {
    const { support, id, lin, me, read, lines, search, pass } = await open()
    const body = { reason, nonce: newNonce() }
    const first = await support.post<ErasureAnswer>(at(adminRoutes.userErase, id), body)
    expect(first.status).toBe(200)
    pass(1000)
    expect((await support.post(at(adminRoutes.userErase, id), body)).body).toEqual(first.body)
    expectProblem(await support.post(at(adminRoutes.userErase, id), { reason, nonce: newNonce() }), 404, 'user_unknown')
    expectProblem(await me(lin.token), 401, 'token_invalid')
    expect((await read()).body).toMatchObject({
      user: { status: 'erased', goneAt: first.body.erasedAt, phone: null },
      identities: [],
      phones: [],
      sessions: [],
    })
    expect((await search(id)).body.users).toMatchObject([{ status: 'erased' }])
    expect((await search('openid-of-lin')).body.users).toEqual([])
    expect((await lines()).map(({ act }) => act)).toEqual(['user-erased'])
    expect((await lines())[0]?.details).toEqual({ by: 'support-lin', reason })
  })

  test('are logged out, of one device or of all', async () => {
    const { support, id, lin, me, logIn, read, lines } = await open()
    const second = await logIn('openid-of-lin')
    const end = (body: object) => support.post<{ ended: number }>(at(adminRoutes.userSessionsEnd, id), body)
    const [newest] = (await read()).body.sessions
    expect((await end({ session: newest?.id })).body).toEqual({ ended: 1 })
    expectProblem(await me(second.token), 401, 'token_invalid')
    expect((await me(lin.token)).status).toBe(200)
    expectProblem(await end({ session: newest?.id }), 404, 'session_unknown')
    expect((await end({})).body).toEqual({ ended: 1 })
    expect((await end({})).body).toEqual({ ended: 0 })
    expectProblem(await me(lin.token), 401, 'token_invalid')
    expect(await lines()).toHaveLength(2)
  })

  test('of one person are previewed, merged once, and made two again', async () => {
    const { support, viewer, id, logIn, read, lines } = await open()
    const from = (await logIn('openid-of-lin-elsewhere')).user.id
    const preview = await viewer.post<OperatorMergePreviewAnswer>(at(adminRoutes.userMergePreview, id), { from })
    expect(preview.body).toMatchObject({ survivor: { user: { id } }, merged: { user: { id: from } }, conflicts: [] })
    const body = { from, reason, nonce: newNonce() }
    const merged = await support.post<OperatorMergeAnswer>(at(adminRoutes.userMerge, id), body)
    expect((await support.post(at(adminRoutes.userMerge, id), body)).body).toEqual(merged.body)
    expect((await read(from)).body.user).toMatchObject({ status: 'merged', mergedInto: id })
    expect((await read()).body).toMatchObject({ identities: [{}, {}], merges: [{ mergedUserId: from }] })
    expect((await lines())[0]?.details).toMatchObject({ by: 'support-lin', reason, mergedId: from })
    const undo = { mergeId: merged.body.merge.id, reason }
    expect((await support.post(at(adminRoutes.userMergeUndo, id), undo)).status).toBe(200)
    expect((await read(from)).body.user).toMatchObject({ status: 'live', mergedInto: null })
    expectProblem(await support.post(at(adminRoutes.userMerge, id), { ...body, from: id }), 409, 'merge_self')
    expectProblem(
      await support.post(at(adminRoutes.userMergeUndo, id), { ...undo, mergeId: nobody }),
      404,
      'merge_unknown',
    )
    expectProblem(
      await support.post(at(adminRoutes.userMerge, id), { ...body, from: nobody, nonce: newNonce() }),
      404,
      'user_unknown',
    )
  })
})
