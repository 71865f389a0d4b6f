import {
  type AuditLinesAnswer,
  adminRoutes,
  type BlockUserAnswer,
  type OperatorUserAnswer,
  routes,
} from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { expectProblem, newNonce, openServer } from '../../test/open-server.ts'

const reason = 'ticket 4711'
// The document of the API is made once, and not for the first test to wait for.
await openServer().get(routes.health)

async function open() {
  const server = openServer()
  const lin = await server.logIn('openid-of-lin')
  const [viewer, support] = [server.asOperator('viewer'), server.asOperator('support')]
  const at = (path: string, id = lin.user.id) => path.replace('{id}', id)
  const block = (why = reason) => support.post<BlockUserAnswer>(at(adminRoutes.userBlock), { reason: why })
  const again = () =>
    server.post(routes.login, { appId: lin.person.appId, code: server.wechat.loginCode(lin.person), nonce: newNonce() })
  return { ...server, lin, viewer, support, at, block, again }
}

test('a blocked user is out at once and stays out, until an operator lets them in again', async () => {
  const { lin, support, at, block, again, me, rotate, logIn, eventsOf } = await open()
  await logIn('openid-of-lin')
  const { body } = await block()
  expect(body).toMatchObject({ blocked: { by: 'support-lin', reason }, ended: 2 })
  expectProblem(await me(lin.token), 401, 'token_invalid')
  expectProblem(await rotate(lin.tokens.refreshToken, newNonce()), 401, 'refresh_invalid')
  expectProblem(await again(), 403, 'account_blocked')
  expect(eventsOf('user-blocked')).toHaveLength(1)
  expect(eventsOf('session-ended')).toHaveLength(2)
  expect(eventsOf('login-refused')).toMatchObject([{ code: 'account_blocked' }])
  const unblocked = await support.post<BlockUserAnswer>(at(adminRoutes.userUnblock), { reason })
  expect(unblocked.body).toEqual({ blocked: null, ended: 0 })
  expect((await again()).status).toBe(200)
})

test('operators see who blocked a user and why, in the account and in the audit log', async () => {
  const { viewer, support, at, block, lin } = await open()
  const read = () => viewer.get<OperatorUserAnswer>(at(adminRoutes.user))
  expect((await read()).body.blocked).toBeNull()
  await block('the first')
  await block('the second')
  expect((await read()).body.blocked).toMatchObject({ by: 'support-lin', reason: 'the first' })
  await support.post(at(adminRoutes.userUnblock), { reason: 'proved innocent' })
  await support.post(at(adminRoutes.userUnblock), { reason: 'once more' })
  const { lines } = (await viewer.get<AuditLinesAnswer>(at(adminRoutes.userEvents))).body
  expect(lines.map(({ act, details, subject }) => [act, details.reason, subject])).toEqual([
    ['user-unblocked', 'proved innocent', lin.user.id],
    ['user-blocked', 'the first', lin.user.id],
  ])
})

test('a block takes a role and a reason, and is not lost in a merge', async () => {
  const { viewer, support, at, block, logIn, lin } = await open()
  const nobody = '00000000-0000-7000-8000-000000000000'
  expectProblem(await viewer.post(at(adminRoutes.userBlock), { reason }), 403, 'operator_forbidden')
  expectProblem(await support.post(at(adminRoutes.userBlock), {}), 400, 'request_invalid')
  expectProblem(await support.post(at(adminRoutes.userBlock, nobody), { reason }), 404, 'user_unknown')
  expectProblem(await support.post(at(adminRoutes.userUnblock, nobody), { reason }), 404, 'user_unknown')
  await block()
  const mo = await logIn('openid-of-mo')
  const merge = (into: string, from: string) =>
    support.post(at(adminRoutes.userMerge, into), { from, reason, nonce: newNonce() })
  expectProblem(await merge(mo.user.id, lin.user.id), 403, 'account_blocked')
  expectProblem(await merge(lin.user.id, mo.user.id), 403, 'account_blocked')
})
