import type { LogoutAllAnswer, SessionsAnswer } from '@weapp-auth/protocol/contract'
import { routes } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { expectProblem, newNonce, openServer } from '../../test/open-server.ts'

function openDevices() {
  const use = openServer()
  return {
    ...use,
    async logInWith(userAgent: string, openId = 'openid-of-lin') {
      const code = use.wechat.loginCode({ appId: 'wx0000000000000001', openId })
      const body = JSON.stringify({ appId: 'wx0000000000000001', code, nonce: newNonce() })
      const headers = { 'content-type': 'application/json', 'user-agent': userAgent }
      const { body: answer } = await use.send<{ tokens: { accessToken: string } }>(routes.login, {
        method: 'POST',
        headers,
        body,
      })
      return answer.tokens.accessToken
    },
    async list(token: string) {
      return (await use.get<SessionsAnswer>(routes.mySessions, token)).body.sessions
    },
    drop: (id: string, token: string) =>
      use.send(`${routes.mySessions}/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } }),
  }
}

test('the list names device, times and which one asks', async () => {
  const { logInWith, list, pass } = openDevices()
  await logInWith('MicroMessenger/8.0 (iPhone)')
  pass(60_000)
  const token = await logInWith('MicroMessenger/8.0 Android 14')
  expect(await list(token)).toMatchObject([
    {
      device: 'android',
      current: true,
      createdAt: '2027-01-15T08:01:00.000Z',
      refreshedAt: '2027-01-15T08:01:00.000Z',
    },
    { device: 'ios', current: false, createdAt: '2027-01-15T08:00:00.000Z', expiresAt: '2027-01-22T08:00:00.000Z' },
  ])
})

test('of very many sessions the newest hundred are listed, and all of them end together', async () => {
  const { logInWith, list, pass, post } = openDevices()
  await logInWith('')
  pass(1)
  for (let count = 0; count < 99; count += 1) await logInWith('')
  pass(1)
  const token = await logInWith('')
  const sessions = await list(token)
  expect(sessions).toHaveLength(100)
  expect(sessions[0]?.current).toBe(true)
  expect(sessions.at(-1)?.createdAt).toBe('2027-01-15T08:00:00.001Z')
  expect((await post<LogoutAllAnswer>(routes.logoutAll, {}, token)).body).toEqual({ ended: 101 })
})

test('a session that has ended or expired is not listed', async () => {
  const { logInWith, list, pass, drop } = openDevices()
  await logInWith('')
  pass(7 * 86_400_000)
  await logInWith('')
  const token = await logInWith('')
  const [, other] = await list(token)
  expect((await drop(other?.id ?? '', token)).status).toBe(204)
  expect(await list(token)).toHaveLength(1)
})

test('a session ended from the list is refused at once', async () => {
  const { logInWith, list, me, drop, eventsOf } = openDevices()
  const lost = await logInWith('')
  const token = await logInWith('')
  const other = (await list(token)).find(({ current }) => !current)
  await drop(other?.id ?? '', token)
  expectProblem(await me(lost), 401, 'token_invalid')
  expect((await me(token)).status).toBe(200)
  expect(eventsOf('session-ended')).toMatchObject([{ sessionId: other?.id, reason: 'user' }])
  expectProblem(await drop(other?.id ?? '', token), 404, 'session_unknown')
})

test("nobody ends somebody else's session", async () => {
  const { logInWith, list, drop, me } = openDevices()
  const hers = await logInWith('', 'openid-of-wang')
  const [session] = await list(hers)
  expectProblem(await drop(session?.id ?? '', await logInWith('')), 404, 'session_unknown')
  expect((await me(hers)).status).toBe(200)
})

test('logging out everywhere can spare the session that asks', async () => {
  const { logInWith, me, post } = openDevices()
  const tokens = [await logInWith(''), await logInWith('')]
  const token = await logInWith('')
  const spared = await post<LogoutAllAnswer>(routes.logoutAll, { keep: 'this' }, token)
  expect(spared.body).toEqual({ ended: 2 })
  for (const other of tokens) expectProblem(await me(other), 401, 'token_invalid')
  expect((await post<LogoutAllAnswer>(routes.logoutAll, {}, token)).body).toEqual({ ended: 1 })
  expectProblem(await me(token), 401, 'token_invalid')
  expectProblem(await post(routes.logoutAll, { keep: 'that' }, await logInWith('')), 400, 'request_invalid')
})
