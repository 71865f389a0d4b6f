import { routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createFakeWechat } from '../test/fake-wechat.ts'
import { appId, expectProblem, issuer, newKeys, openServer } from '../test/open-server.ts'
import { createServer, KeyringInvalid, ProblemError, type ServerOptions, StorageFault } from './index.ts'
import { createMemoryStore } from './stores/memory/index.ts'

const right: ServerOptions = {
  apps: [{ appId }],
  store: createMemoryStore(),
  wechat: createFakeWechat({ now: Date.now }).platform,
  keys: newKeys(),
  issuer,
}

describe('createServer', () => {
  it.each([
    ['"apps" must be a list of mini programs', { apps: {} }],
    ['"apps[0].appId" must be 1 to 64 characters of A-Z a-z 0-9 _ -', { apps: [{ appId: 'wx 1' }] }],
    ['"apps[1].appId" must be unique', { apps: [{ appId }, { appId }] }],
    ['"apps[0].openData" must be one of off, enforce, monitor, unchecked', { apps: [{ appId, openData: 'on' }] }],
    [
      '"apps[0].phoneConflict" must be one of keep-both, reject, transfer',
      { apps: [{ appId, phoneConflict: 'steal' }] },
    ],
    ['"apps[0].name" must be text', { apps: [{ appId, name: 7 }] }],
    ['"store" must be a store', { store: {} }],
    ['"wechat" must be a client of WeChat', { wechat: null }],
    ['"issuer" must be a URL without query and fragment, such as https://auth.example.com', { issuer: 'auth' }],
    ['"audience" must be text that is not empty', { audience: '' }],
    ['"observe" must be a function', { observe: 'log' }],
  ])('refuses to start: %s', (message, wrong) => {
    expect(() => createServer({ ...right, ...wrong } as ServerOptions)).toThrow(new TypeError(message))
  })

  it('refuses keys that cannot be used', () => {
    expect(() => createServer({ ...right, keys: { ...right.keys, signing: [] } })).toThrow(KeyringInvalid)
  })

  it('needs no clock, randomness or observer of yours', async () => {
    const server = createServer(right)
    expect((await server.fetch(new Request(`${issuer}${routes.ready}`))).status).toBe(200)
  })
})

describe('a root key that is not the one the data was sealed with', () => {
  it('is named, and nothing is read or written with it', async () => {
    const store = createMemoryStore()
    const first = openServer({ store })
    await first.server.ready()
    const { token } = await first.logIn()
    const wrong = openServer({ store })
    await expect(wrong.server.ready()).rejects.toMatchObject({
      code: 'keys_mismatched',
      detail: 'root key 1 is not the one this data was sealed with',
    })
    await expect(wrong.server.sweep()).rejects.toBeInstanceOf(ProblemError)
    expectProblem(await wrong.me(token), 503, 'keys_mismatched')
    expectProblem(await wrong.get(routes.ready), 503, 'keys_mismatched')
    expect((await wrong.get(routes.health)).status).toBe(200)
    expect((await first.me(token)).status).toBe(200)
  })

  it('is found by the first request when nobody called ready', async () => {
    const store = createMemoryStore()
    await openServer({ store }).server.ready()
    const wrong = openServer({ store })
    const answer = await wrong.post(routes.login, { appId, code: 'c', nonce: 'n'.repeat(16) })
    expectProblem(answer, 503, 'keys_mismatched')
    expect(wrong.wechat.calls.codeToSession).toBe(0)
  })

  it('is not confused with a store that cannot be read yet', async () => {
    const store = createMemoryStore()
    const { registerKey } = store
    let tries = 0
    const late = Object.assign(store, {
      registerKey: async (key: Parameters<typeof registerKey>[0]) => {
        tries += 1
        if (tries === 1) throw new StorageFault('busy')
        return registerKey(key)
      },
    })
    const { get } = openServer({ store: late })
    expectProblem(await get(routes.ready), 503, 'storage_busy')
    expect((await get(routes.ready)).status).toBe(200)
    expect((await get(routes.ready)).status).toBe(200)
    expect(tries).toBe(2)
  })
})

describe('an observer', () => {
  it('that throws does not reach the request', async () => {
    const server = createServer({
      ...right,
      observe: () => {
        throw new Error('my log is full')
      },
    })
    expect((await server.fetch(new Request(`${issuer}${routes.health}`))).status).toBe(200)
  })

  it('is told of one request event for each answer, with the pattern of the route', async () => {
    const { logIn, me, eventsOf, get } = openServer()
    const { token } = await logIn()
    await me(token)
    await get(`${routes.me}?openid=secret`)
    expect(eventsOf('request').map(({ method, route, status, code }) => ({ method, route, status, code }))).toEqual([
      { method: 'POST', route: '/v1/login', status: 200, code: undefined },
      { method: 'GET', route: '/v1/me', status: 200, code: undefined },
      { method: 'GET', route: '/v1/me', status: 401, code: 'token_missing' },
    ])
  })
})

describe('closing', () => {
  it('waits for the requests under way and leaves the store open', async () => {
    const { server, post, wechat, store, eventsOf } = openServer()
    const code = wechat.loginCode({ appId, openId: 'o' })
    void post(routes.login, { appId, code, nonce: 'n'.repeat(16) })
    expect(eventsOf('request')).toEqual([])
    await server.close()
    expect(eventsOf('request')).toMatchObject([{ status: 200 }])
    await expect(store.check()).resolves.toBeUndefined()
  })
})
