import {
  adminRoutes,
  type OperatorRole,
  type Problem,
  routes,
  type TraceAnswer,
  type TracesAnswer,
} from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { appId, expectProblem, newNonce, openServer } from '../../test/open-server.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

const userTraces = (id: string) => adminRoutes.userTraces.replace('{id}', id)

function open(options: Parameters<typeof openServer>[0] = {}) {
  const opened = openServer(options)
  const paste = (text: string, role: OperatorRole = 'viewer') =>
    opened.asOperator(role).post<TraceAnswer>(adminRoutes.trace, { text })
  const failures = (query = '') => opened.asOperator('viewer').get<TracesAnswer>(`${adminRoutes.traces}${query}`)
  const wrongCode = () => opened.post(routes.login, { appId, code: 'never-issued', nonce: newNonce() })
  return { ...opened, paste, failures, wrongCode }
}

test('a request id, and a problem as it was answered, tell the story of that request with cause and fix', async () => {
  const { wrongCode, paste } = open()
  const refused = await wrongCode()
  const { requestId } = refused.body
  for (const text of [requestId, refused.text, `x-request-id: ${requestId}`]) {
    const { body } = await paste(text)
    const [story] = body.stories
    expect(body).toMatchObject({ recognised: { requestId }, keeping: 'on', simulator: null })
    expect(story).toMatchObject({ requestId, appId, route: routes.login, status: 401, code: 'code_invalid' })
    expect(story?.steps.map(({ type, outcome }) => [type, outcome])).toEqual([
      ['wechat', 'failed'],
      ['login-refused', 'failed'],
      ['answer', 'failed'],
    ])
    expect(story?.explanations.map(({ kind, subject }) => [kind, subject])).toEqual([['problem', 'code_invalid']])
  }
})

test("WeChat's rid leads to the request, with WeChat's reason before ours", async () => {
  const { wechat, server, paste, wrongCode } = open()
  const rid = '6129ee10-272863a4-64d75414'
  Object.assign(wechat.platform, {
    codeToSession: async () => ({ status: 'code-used', said: { errcode: 40163, rid } }),
  })
  await wrongCode()
  await server.work()
  const { body } = await paste(`{"errcode":40163,"errmsg":"code been used, rid: ${rid}"}`)
  expect(body.recognised).toMatchObject({ rid, errcode: 40163, requestId: null })
  expect(body.stories).toHaveLength(1)
  expect(body.stories[0]).toMatchObject({ errcode: 40163, rid })
  expect(body.stories[0]?.explanations.map(({ subject }) => subject)).toEqual(['errcode 40163', 'code_consumed'])
  expect(body.stories[0]?.steps[0]?.text.en).toContain(`errcode 40163, rid: ${rid}`)
})

test('what no request belongs to is explained all the same', async () => {
  const { paste } = open()
  const names = async (text: string) => (await paste(text)).body.explanations.map(({ subject }) => subject)
  expect(await names('getPhoneNumber:fail no permission')).toEqual(['getPhoneNumber:fail no permission'])
  expect(await names('40125')).toEqual(['errcode 40125'])
  expect(await names('code_consumed')).toEqual(['code_consumed'])
  expect(await names('nothing that anybody knows')).toEqual([])
  const unknown = await paste('a-secret-that-looks-like-an-id')
  expect(unknown.text).not.toContain('a-secret')
  expectProblem(await paste(''), 400, 'request_invalid')
  expectProblem(await paste('x'.repeat(4001)), 400, 'request_invalid')
})

test('failures are listed the newest first, a page at a time', async () => {
  const { wrongCode, failures, server, logIn } = open()
  const ids: string[] = []
  for (let index = 0; index < 3; index += 1) ids.unshift((await wrongCode()).body.requestId)
  await logIn()
  await server.work()
  const first = await failures('?limit=2')
  expect(first.body.stories.map(({ requestId }) => requestId)).toEqual(ids.slice(0, 2))
  const rest = await failures(`?limit=2&after=${first.body.next}`)
  expect(rest.body.stories.map(({ requestId }) => requestId)).toEqual(ids.slice(2))
  expect(rest.body.next).toBeNull()
})

test('requests of a user are listed with what failed, and name them no more once they are erased', async () => {
  const { logIn, phone, server, asOperator, wechat, failures, send } = open()
  const { user, token, person } = await logIn()
  expectProblem(await phone({ code: 'never-issued', nonce: newNonce() }, token), 400, 'phone_code_invalid')
  await phone({ code: wechat.phoneCode(person, '+8613812345678'), nonce: newNonce() }, token)
  await server.work()
  const viewer = asOperator('viewer')
  const listed = await viewer.get<TracesAnswer>(userTraces(user.id))
  expect(listed.body.stories.map(({ route, status, userId }) => [route, status, userId])).toEqual([
    [routes.phone, 200, user.id],
    [routes.phone, 400, user.id],
    [routes.login, 200, user.id],
  ])
  expect(listed.text).not.toMatch(/138|5678/)
  expectProblem(await viewer.get(userTraces('00000000-0000-7000-8000-000000000000')), 404, 'user_unknown')

  await phone({ code: 'another-wrong-one', nonce: newNonce() }, token)
  const authorization = `Bearer ${token}`
  const gone = await send(`${routes.me}?nonce=${newNonce()}`, { method: 'DELETE', headers: { authorization } })
  expect(gone.status).toBe(200)
  await server.work()
  expect((await viewer.get<TracesAnswer>(userTraces(user.id))).body.stories).toEqual([])
  expect((await failures()).text).not.toContain(user.id)
  expect((await failures()).body.stories.map(({ code }) => code)).toEqual(['phone_code_invalid', 'phone_code_invalid'])
})

test('a store is touched by no request for it: rows wait for server.work() and server.close()', async () => {
  const store = createMemoryStore()
  let writes = 0
  const watched = {
    ...store,
    addTraces(rows: Parameters<typeof store.addTraces>[0]) {
      writes += 1
      return store.addTraces(rows)
    },
  }
  const { wrongCode, logIn, server } = open({ store: watched })
  await logIn()
  await wrongCode()
  expect(writes).toBe(0)
  await server.work()
  expect(writes).toBe(1)
  await wrongCode()
  await server.close()
  expect(writes).toBe(2)
})

test('nothing is kept when it is switched off, and texts are still explained', async () => {
  const { wrongCode, server, failures, paste, store } = open({ trace: 'off' })
  const refused = await wrongCode()
  await server.work()
  expect(await store.tracesOf({ by: 'failure' })).toEqual([])
  expect((await failures()).body).toEqual({ stories: [], next: null, keeping: 'off', simulator: null })
  const { body } = await paste(refused.text)
  expect(body.explanations.map(({ subject }) => subject)).toEqual(['code_invalid'])
  expect(() => open({ trace: 'all' as 'on' })).toThrow('"trace" must be one of on, failures, off')
})

test('only operators may ask', async () => {
  const { post, get, logIn } = open()
  const { token } = await logIn()
  for (const asked of [token, undefined]) {
    expectProblem(await post<Problem>(adminRoutes.trace, { text: 'x' }, asked), 401, 'operator_unauthorized')
    expectProblem(await get<Problem>(adminRoutes.traces, asked), 401, 'operator_unauthorized')
  }
})
