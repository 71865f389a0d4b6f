import { randomBytes, randomInt } from 'node:crypto'
import { createAuth } from '@weapp-auth/client'
import { wxPlatform } from '@weapp-auth/client/wx'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { app, kwan, lin, openStage, type Stage } from '../stage.ts'
import { type logIn, newNonce } from './attacker.ts'
import { caseCount } from './case-count.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * A share card, a link or another mini program opens this one with whatever path, query and extraData its maker likes
 * (cross-page request forgery: CCS 2024, "MiniCAT"; login CSRF). The client reads none of it.
 */

const cases = caseCount(1000, 20_000)
const launchesPerRuntime = 20
const timeout = caseCount(120_000, 1_800_000)

let stage: Stage
let lure: readonly string[]
let requests: Request[]
beforeEach(async () => {
  stage = await openStage()
  requests = []
  // What an attacker has: tokens, codes and ids of accounts of their own.
  const { tokens, loginId, user } = await logInHere(kwan.id)
  const { code } = await stage.emulator.wx(kwan.id, app.appId).wx.login()
  const tap = await stage.emulator.wx(kwan.id, app.appId).tapPhoneButton()
  const { openId } = { openId: stage.emulator.control.people.openId(kwan.id, app.appId) }
  const stored = JSON.stringify({ refreshToken: tokens.refreshToken, nonce: newNonce() })
  lure = [tokens.accessToken, tokens.refreshToken, loginId, user.id, code, openId, stored]
  lure = [...lure, tap.code ?? '', tap.encryptedData ?? '', 'https://evil.example.com', '1', '', '{"a":1}']
})
afterEach(() => stage.close())

async function logInHere(person: string) {
  const { code } = await stage.emulator.wx(person, app.appId).wx.login()
  const { body } = await stage.post('/v1/login', { appId: app.appId, code, nonce: newNonce() })
  return body as Awaited<ReturnType<typeof logIn>>
}

const names = [
  ...['code', 'token', 'accessToken', 'access_token', 'refreshToken', 'refresh_token', 'loginId', 'openid', 'openId'],
  ...['unionid', 'userId', 'session', 'sessionKey', 'session_key', 'nonce', 'phone', 'encryptedData', 'iv', 'scene'],
  ...['baseUrl', 'url', 'redirect', 'appId', 'action', 'logout', 'merge', 'mergeCode', 'ticket', 'state', '__proto__'],
] as const
const scenes = [1001, 1007, 1008, 1011, 1020, 1037, 1038, 1047, 1065, 1089, 1154]
const one = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T
const value = () => (randomInt(4) === 0 ? randomBytes(randomInt(40)).toString('base64') : one(lure))
const fields = () => Object.fromEntries(Array.from({ length: 1 + randomInt(6) }, () => [one(names), value()]))

function forgedLaunch() {
  const query = fields()
  const path = `pages/${one(['index/index', 'account/account', 'login/login', '../evil'])}?${new URLSearchParams(query)}`
  const referrerInfo = {
    appId: one(['wxevil0000000000ff', app.appId, '']),
    extraData: { ...fields(), weappAuth: fields() },
  }
  return { path, query, scene: one(scenes), referrerInfo }
}

/** The mini program is opened, with the client and nothing else in it. */
function launch(storage: Map<string, string>, options = forgedLaunch()) {
  const network = async (request: Request) => {
    requests.push(request.clone())
    return stage.server.fetch(request)
  }
  const phone = stage.emulator.wx(lin.id, app.appId, { storage, network, launch: options })
  const platform = { ...wxPlatform(phone.wx), now: stage.emulator.control.clock.now }
  const auth = createAuth({ baseUrl: stage.origin, appId: app.appId, platform })
  phone.show(options)
  return { phone, auth }
}

const turn = () => new Promise<void>(resolve => void setImmediate(resolve))

test('with a session on the device no forged launch sends a request or changes anything', { timeout }, async () => {
  const storage = new Map<string, string>()
  const first = launch(storage, {
    path: 'pages/index/index',
    query: {},
    scene: 1001,
    referrerInfo: { appId: '', extraData: { weappAuth: {} } },
  })
  expect((await first.auth.ready()).status).toBe('ready')
  const own = first.auth.user()?.id
  first.phone.hide()
  const stored = [...storage]
  requests = []
  for (let at = 0; at < cases; at += launchesPerRuntime) {
    const { phone, auth } = launch(storage)
    await turn()
    const state = JSON.stringify(auth.state())
    for (let more = 1; more < launchesPerRuntime; more += 1) {
      phone.hide()
      phone.show(forgedLaunch())
      await turn()
    }
    expect(JSON.stringify(auth.state())).toBe(state)
    phone.hide()
  }
  expect(requests).toEqual([])
  expect([...storage]).toEqual(stored)
  const last = launch(storage)
  expect(await last.auth.fetchUser()).toMatchObject({ status: 'ready', user: { id: own } })
})

test('without a session it sends one login with a code of its own, whatever it was launched with', {
  timeout,
}, async () => {
  for (let at = 0; at < cases / 10; at += 1) {
    requests = []
    // WeChat allows a user 100 logins a minute.
    if (at % 50 === 0) stage.advance(60_000)
    const { phone, auth } = launch(new Map())
    expect((await auth.ready()).status).toBe('ready')
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([`POST ${stage.origin}/v1/login`])
    const sent = (await requests[0]?.text()) ?? '{}'
    expect(Object.keys(JSON.parse(sent)).sort()).toEqual(['appId', 'code', 'nonce'])
    for (const text of lure.filter(text => text.length > 3)) expect(sent).not.toContain(text)
    phone.hide()
  }
})
