import { type LoginAnswer, type Problem, routes, type TokenAnswer } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { expectProblem, issuer, newNonce, openServer, race } from '../test/open-server.ts'
import { administer, createServer } from './index.ts'
import { createMemoryStore } from './stores/memory/index.ts'

const tea = { appId: 'wx00000000000000f1', secret: 'f'.repeat(32), name: 'Tea' }

type Opened = ReturnType<typeof openServer>

async function logIn<T = Problem>(opened: Opened, appId = tea.appId) {
  const code = opened.wechat.loginCode({ appId, openId: 'openid-1' })
  return opened.post<T>(routes.login, { appId, code, nonce: newNonce() })
}

describe('an app that is added while the server runs', () => {
  it('logs in at once, with its secret at the client of WeChat', async () => {
    const opened = openServer()
    expectProblem(await logIn(opened), 400, 'app_unknown')
    expect(await opened.server.apps.add(tea)).toEqual({ status: 'added' })
    expect(await logIn(opened)).toMatchObject({ status: 200 })
    expect(opened.wechat.secrets.get(tea.appId)).toBe(tea.secret)
  })

  it('is there after a restart, and its secret is sealed', async () => {
    const first = openServer()
    await first.server.apps.add(tea)
    const { apps } = await first.store.listApps()
    expect(Buffer.from(apps[0]?.sealed ?? []).toString('latin1')).not.toContain(tea.secret)
    expect(await logIn(openServer({ beside: first }))).toMatchObject({ status: 200 })
  })

  it('is seen by another process within two seconds, also when it changes and goes', async () => {
    const here = openServer()
    const there = openServer({ beside: here })
    await there.server.ready()
    expect((await there.get(routes.ready)).status).toBe(200)
    await here.server.apps.add({ ...tea, openData: 'enforce' })
    expectProblem(await logIn(there), 400, 'app_unknown')
    there.pass(2000)
    expect(await logIn(there)).toMatchObject({ status: 200 })
    expect(there.eventsOf('login-recorded').at(-1)).toMatchObject({ keyKept: true })
    await here.server.apps.change(tea.appId, { openData: 'off', secret: 'e'.repeat(32) })
    await here.server.apps.remove('wx-nobody')
    there.pass(2000)
    expect(await logIn(there)).toMatchObject({ status: 200 })
    expect(there.eventsOf('login-recorded').at(-1)).toMatchObject({ keyKept: false })
    expect(there.wechat.secrets.get(tea.appId)).toBe('e'.repeat(32))
    await here.server.apps.remove(tea.appId)
    there.pass(2000)
    expectProblem(await logIn(there), 400, 'app_unknown')
  })

  it('keeps its users when it goes, and finds them when it comes back', async () => {
    const opened = openServer()
    await opened.server.apps.add(tea)
    const before = await logIn(opened)
    expect(await opened.server.apps.remove(tea.appId)).toEqual({ status: 'removed' })
    expect(await opened.server.apps.remove(tea.appId)).toEqual({ status: 'unknown' })
    expectProblem(await logIn(opened), 400, 'app_unknown')
    expect(opened.wechat.secrets.has(tea.appId)).toBe(false)
    await opened.server.apps.add(tea)
    const after = await logIn(opened)
    const userOf = (answer: unknown) => (answer as { body: { user: { id: string } } }).body.user.id
    expect(userOf(after)).toBe(userOf(before))
  })

  it('refuses its sessions while it is gone, except to erase oneself, and lets them go on when it comes back', async () => {
    const backend = { id: 'orders', secret: 'only-for-the-test-0123456789' }
    const opened = openServer({ backends: [backend] })
    const { get, post, me, send, server } = opened
    await server.apps.add(tea)
    const answer = async () => (await logIn<LoginAnswer>(opened)).body
    const [{ tokens }, other] = [await answer(), await opened.logIn('openid-elsewhere')]
    const bearer = { authorization: `Bearer ${tokens.accessToken}` }
    const introspect = async () => {
      const authorization = `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}`
      const body = new URLSearchParams({ token: tokens.accessToken })
      return (await send<{ active: boolean }>(routes.introspect, { method: 'POST', headers: { authorization }, body }))
        .body
    }
    const nonce = newNonce()
    const refresh = () => post<TokenAnswer>(routes.token, { refreshToken: tokens.refreshToken, nonce })

    await server.apps.remove(tea.appId)
    expectProblem(await me(tokens.accessToken), 400, 'app_unknown')
    expectProblem(await get(routes.mySessions, tokens.accessToken), 400, 'app_unknown')
    expectProblem(await refresh(), 400, 'app_unknown')
    expect(await introspect()).toEqual({ active: false })
    expect(await me(other.token)).toMatchObject({ status: 200 })

    await server.apps.add(tea)
    expect(await me(tokens.accessToken)).toMatchObject({ status: 200 })
    expect(await introspect()).toMatchObject({ active: true })
    const { body } = await refresh()
    expect(await me(body.tokens.accessToken)).toMatchObject({ status: 200 })

    await server.apps.remove(tea.appId)
    const erased = await send(`${routes.me}?nonce=${newNonce()}`, { method: 'DELETE', headers: bearer })
    expect(erased.status).toBe(200)
  })

  it('may bring doors for old pages', async () => {
    const opened = openServer()
    const door = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"jsCode":"x"}' }
    expect((await opened.send('/code2Session', door)).status).toBe(404)
    await opened.server.apps.add({ ...tea, openData: 'enforce', legacy: { formats: ['003a'] } })
    const code = opened.wechat.loginCode({ appId: tea.appId, openId: 'openid-1' })
    const answer = await opened.send('/code2Session', { ...door, body: JSON.stringify({ jsCode: code }) })
    expect(answer.status).toBe(200)
    expect(opened.eventsOf('request').at(-1)).toMatchObject({ route: '/code2Session', status: 200 })
    expect((await opened.send(`/legacy/${tea.appId}/code2Session`, door)).status).not.toBe(404)
    expect(opened.eventsOf('request').at(-1)).toMatchObject({ route: '/legacy/{appId}/code2Session' })
    await opened.server.apps.change(tea.appId, { legacy: null })
    expect((await opened.send('/code2Session', door)).status).toBe(404)
  })

  it('is added by one of any number of callers', async () => {
    const { server } = openServer()
    const outcomes = await race(16, index => server.apps.add({ ...tea, name: `${index}` }))
    expect(outcomes.filter(({ status }) => status === 'added')).toHaveLength(1)
    expect(await server.apps.list()).toMatchObject([{}, {}, { appId: tea.appId, from: 'store' }])
  })

  it('takes every one of racing changes of different fields, while logins run', async () => {
    const opened = openServer()
    await opened.server.apps.add(tea)
    const changes = [{ name: 'A' }, { phoneBudget: 7 }, { consentVersion: 'v1' }, { phoneConflict: 'reject' as const }]
    const logins = race(16, () => logIn(opened))
    const outcomes = await Promise.all(changes.map(change => opened.server.apps.change(tea.appId, change)))
    expect(outcomes.every(({ status }) => status === 'changed')).toBe(true)
    expect((await logins).every(({ status }) => status === 200)).toBe(true)
    const [, , app] = await opened.server.apps.list()
    expect(app?.policy).toMatchObject(Object.assign({}, ...changes))
  })

  it('is changed from the version that was read, or not at all', async () => {
    const { server } = openServer()
    await server.apps.add(tea)
    const version = (await server.apps.list()).at(-1)?.version ?? 0
    expect(await server.apps.change(tea.appId, { name: 'One' }, { version })).toEqual({ status: 'changed' })
    expect(await server.apps.change(tea.appId, { name: 'Two' }, { version })).toEqual({ status: 'changed-meanwhile' })
    expect((await server.apps.list()).at(-1)?.policy?.name).toBe('One')
    expect(await server.apps.change('wx-nobody', { name: 'x' })).toEqual({ status: 'unknown' })
  })

  it('is listed without its secret', async () => {
    const { server } = openServer()
    await server.apps.add(tea)
    const list = await server.apps.list()
    expect(list.at(-1)).toMatchObject({ appId: tea.appId, from: 'store', policy: { name: 'Tea' } })
    expect(list.at(-1)?.secretDigest).toMatch(/^[0-9a-f]{8}$/)
    expect(JSON.stringify(list)).not.toContain(tea.secret)
  })

  it.each([
    ['"app.appId" must be 1 to 64 characters of A-Z a-z 0-9 _ -', { appId: 'wx 1' }],
    ['"app.secret" must be 8 to 256 visible ASCII characters', { secret: 'short' }],
    ['"app.sendOpenId" must be true or false', { sendOpenId: 'yes' }],
    ['"app.openData" must be one of off, enforce, monitor, unchecked', { openData: 'on' }],
    ['"app.nmae" must not be there', { nmae: 'Tea' }],
    ['"app.sms" must be off: the server has no provider of messages', { sms: 'on' }],
  ])('is refused when it is wrong: %s', async (message, wrong) => {
    const { server, store } = openServer()
    await expect(server.apps.add({ ...tea, ...wrong } as typeof tea)).rejects.toThrow(new TypeError(message))
    expect(await store.appsVersion()).toBe(0)
  })

  it('does not take the place of one of the options', async () => {
    const opened = openServer()
    const [own] = await opened.server.apps.list()
    expect(await opened.server.apps.add({ ...tea, appId: own?.appId ?? '' })).toEqual({ status: 'exists' })
    expect(await opened.server.apps.change(own?.appId ?? '', { name: 'x' })).toEqual({ status: 'unknown' })
    // Added by a script that does not know the options.
    const { apps } = await administer({ store: opened.store, keys: opened.keys })
    await apps.add({ ...tea, appId: own?.appId ?? '', openData: 'monitor' })
    opened.pass(2000)
    expect((await logIn(opened, own?.appId)).status).toBe(200)
    expect(await opened.server.apps.list()).toMatchObject([{ from: 'options', policy: { openData: 'off' } }, {}])
  })

  it('is not sealed with a key that is not the one of the data', async () => {
    const { store, server } = openServer()
    await server.ready()
    await expect(openServer({ store }).server.apps.add(tea)).rejects.toMatchObject({ code: 'keys_mismatched' })
    expect(await store.appsVersion()).toBe(0)
  })

  it('goes on when the store cannot say whether something changed', async () => {
    const store = createMemoryStore()
    const opened = openServer({ store: { ...store, appsVersion: () => Promise.reject(new Error('away')) } })
    await opened.server.apps.add(tea)
    opened.pass(2000)
    expect(await logIn(opened)).toMatchObject({ status: 200 })
  })
})

it('a server may have no apps of its own, and asks the store for their version once in two seconds', async () => {
  let asked = 0
  const store = createMemoryStore()
  const { wechat, keys, time } = openServer({ store })
  const server = createServer({
    store: { ...store, appsVersion: () => store.appsVersion().finally(() => asked++) },
    wechat: wechat.platform,
    keys,
    issuer,
    clock: { now: () => time.now },
  })
  await server.apps.add(tea)
  for (let index = 0; index < 10; index += 1) await server.fetch(new Request(`${issuer}${routes.ready}`))
  expect(asked).toBe(1)
})
