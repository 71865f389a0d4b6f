import { createEmulator } from '@weapp-auth/emulator'
import {
  type AppCheckAnswer,
  type AppCheckStep,
  type AppPushAnswer,
  type AppPushTestAnswer,
  adminRoutes,
} from '@weapp-auth/protocol/contract'
import { createServer, generateKeyring } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { createWechat } from '@weapp-auth/wechat'
import { expect, test } from 'vitest'
import { demoApp, demoPeople, demoPush } from './demo.ts'
import { createTestPush } from './test-push.ts'

const { appId } = demoApp
const issuer = 'https://auth.example.com'
const token = 'operator-token-of-at-least-32-characters'

interface Setting {
  readonly secret?: string
  readonly push?: boolean
  readonly testPush?: boolean
}

/** Emulator, server and an admin's program, in one process. */
async function startSystem({ secret = demoApp.secret, push = true, testPush = true }: Setting = {}) {
  const emulator = createEmulator({
    apps: [{ ...demoApp, push: { ...demoPush, url: `${issuer}/v1/wechat/push/${appId}` } }],
    people: demoPeople,
    deliver: request => server.fetch(request),
  })
  const { clock } = emulator.control
  const server = createServer({
    apps: [{ appId, openData: 'off', ...(push && { push: demoPush }) }],
    store: createMemoryStore(),
    wechat: createWechat({ apps: [{ appId, secret }], fetch: request => emulator.fetch(request), clock }),
    keys: generateKeyring(),
    issuer,
    operators: [{ name: 'setup', role: 'admin', token }],
    clock,
    ...(testPush && { testPush: createTestPush(emulator, demoPeople) }),
  })
  async function ask<T>(method: string, path: string, id = appId): Promise<T> {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await server.fetch(new Request(issuer + path.replace('{appId}', id), { method, headers }))
    return (await answer.json()) as T
  }
  async function check(): Promise<Readonly<Record<AppCheckStep['step'], AppCheckStep>>> {
    const { steps } = await ask<AppCheckAnswer>('POST', adminRoutes.appCheck)
    return Object.fromEntries(steps.map(step => [step.step, step])) as Record<AppCheckStep['step'], AppCheckStep>
  }
  return { emulator, ask, check }
}

test('an app that is set up well passes every step, and push once something came', async () => {
  const { ask, check } = await startSystem()
  expect((await check()).push.state).toBe('unknown')
  expect(await ask<AppPushTestAnswer>('POST', adminRoutes.appPushTest)).toMatchObject({ status: 'accepted' })
  const states = Object.values(await check()).map(({ step, state }) => [step, state])
  expect(states).toEqual([
    ['app-id', 'ok'],
    ['secret', 'ok'],
    ['ip-allow-list', 'ok'],
    ['phone', 'ok'],
    ['push', 'ok'],
  ])
})

test.each([40125, 40001, 40013, 50004])(
  'errcode %i of the token is told of the secret, with cause and cure',
  async errcode => {
    const { emulator, check } = await startSystem()
    emulator.control.faults.next({ api: 'getStableAccessToken', fault: { errcode } })
    const { secret, phone } = await check()
    expect(secret).toMatchObject({ state: 'failed', errcode })
    expect(secret.fix?.zh).not.toBe('')
    expect(phone).toMatchObject({ state: 'unknown' })
  },
)

test('a wrong secret is found, also right after another one was', async () => {
  const { check } = await startSystem({ secret: 'f'.repeat(32) })
  expect((await check()).secret).toMatchObject({ state: 'failed', errcode: 40125 })
  expect((await check()).secret).toMatchObject({ state: 'failed', errcode: 40125 })
})

test('an address that is not on the list is printed as WeChat saw it', async () => {
  const { emulator, check } = await startSystem()
  emulator.control.accounts.change(appId, { ipAllowList: ['203.0.113.7'] })
  const found = await check()
  expect(found.secret.state).toBe('unknown')
  expect(found['ip-allow-list']).toMatchObject({ state: 'failed', errcode: 40164, ip: '127.0.0.1' })
})

test('an account without the right to phone numbers is told so', async () => {
  const { emulator, check } = await startSystem()
  emulator.control.accounts.change(appId, { notGranted: ['getPhoneNumber'] })
  const found = await check()
  expect(found.secret.state).toBe('ok')
  expect(found.phone).toMatchObject({ state: 'failed', errcode: 48001 })
})

test('a WeChat that does not answer is no wrong secret', async () => {
  const { emulator, check } = await startSystem()
  emulator.control.faults.next({ api: 'getStableAccessToken', fault: 'html', times: 20 })
  expect((await check()).secret).toMatchObject({ state: 'failed', errcode: null })
})

test('without push the check says what is missed; a wrong Token is seen by what was refused', async () => {
  expect((await (await startSystem({ push: false })).check()).push.state).toBe('attention')

  const { emulator, ask, check } = await startSystem()
  emulator.control.push.configure(appId, { ...demoPush, token: 'Another', url: `${issuer}/v1/wechat/push/${appId}` })
  expect(await ask<AppPushTestAnswer>('POST', adminRoutes.appPushTest)).toMatchObject({ status: 'refused' })
  expect((await check()).push.state).toBe('failed')
  const { arrivals } = await ask<AppPushAnswer>('GET', adminRoutes.appPush)
  expect(arrivals[0]).toMatchObject({ outcome: 'refused', detail: 'signature' })
})

test('what came is listed with the URL, and without an emulator nothing is pushed', async () => {
  const system = await startSystem({ testPush: false })
  expect(await system.ask('GET', adminRoutes.appPush)).toEqual({
    url: `${issuer}/v1/wechat/push/${appId}`,
    arrivals: [],
    canTest: false,
  })
  expect(await system.ask('POST', adminRoutes.appPushTest)).toEqual({ status: 'unavailable', message: null })
  const { ask } = await startSystem()
  await ask('POST', adminRoutes.appPushTest)
  const { arrivals } = await ask<AppPushAnswer>('GET', adminRoutes.appPush)
  expect(arrivals.map(({ what, outcome, detail }) => [what, outcome, detail])).toEqual([
    ['message', 'ignored', 'no-openid'],
    ['url-check', 'taken', null],
  ])
})

test('an app nobody serves is unknown, and ten checks in ten minutes are enough', async () => {
  const { ask, check } = await startSystem()
  for (const route of [adminRoutes.appCheck, adminRoutes.appPushTest])
    expect(await ask('POST', route, 'wx0')).toMatchObject({ code: 'app_unknown' })
  for (let asked = 0; asked < 10; asked += 1) await check()
  expect(await ask('POST', adminRoutes.appCheck)).toMatchObject({ code: 'rate_limited' })
})
