import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import type { FaultKind } from '@weapp-auth/emulator'
import { afterEach, expect, test, vi } from 'vitest'
import { app, lin, minutes, openStage, type Stage } from '../stage.ts'
import { newNonce } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * One in three mini programs leaked its AppSecret (arXiv 2307.09317, 2306.08151): in the client's code, or by a server
 * that tells the URL of `jscode2session`, whose query holds it, in a log or an error.
 */

const faults: readonly FaultKind[] = [
  ...(['refused', 'reset', 'http-500', 'http-502', 'http-503', 'html', 'truncated', 'empty', 'not-json'] as const),
  ...(['wrong-type', 'busy'] as const),
  ...[40001, 40013, 40029, 40125, 40163, 40226, 41002, 41004, 42001, 45009, 45011, 50002, 61024].map(errcode => ({
    errcode,
  })),
]

let stage: Stage | undefined
afterEach(() => stage?.close())

/** As it stands, in parts of a URL, in Base64, and backwards never. */
const spellings = [app.secret, app.secret.toUpperCase(), Buffer.from(app.secret).toString('base64').slice(0, 40)]
const showAll = { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null } as const

test('whatever goes wrong with WeChat, no answer, event, log field or error holds the AppSecret', async () => {
  const observed: unknown[] = []
  const opened = await openStage({ policy: { openData: 'enforce' }, observeUpstream: event => observed.push(event) })
  stage = opened
  const { emulator, wechat } = opened
  const errors: unknown[] = []
  let asked = 0
  const login = async () => {
    const { code } = await emulator.wx(lin.id, app.appId).wx.login()
    return opened.post('/v1/login', { appId: app.appId, code, nonce: newNonce() })
  }
  const { accessToken } = ((await login()).body as { tokens: { accessToken: string } }).tokens
  for (const fault of faults) {
    // WeChat's limits count by the minute, and so does the access token's pause after a refusal.
    opened.advance(minutes(2))
    emulator.control.expireTokens(app.appId)
    const session = ((await login()).body as { tokens: { accessToken: string } }).tokens?.accessToken ?? accessToken
    for (let time = 0; time < 8; time += 1) emulator.control.faults.next({ api: '*', fault })
    await login()
    const { code } = await emulator.wx(lin.id, app.appId).tapPhoneButton()
    await opened.post('/v1/phone', { code, nonce: newNonce() }, session)
    errors.push(await wechat.codeToSession({ appId: app.appId, code: 'never-issued' }).catch((error: unknown) => error))
    errors.push(await wechat.accessToken(app.appId).catch((error: unknown) => error))
    emulator.control.faults.clear()
    asked += 1
  }
  expect(asked).toBe(faults.length)
  expect(errors.filter(error => error instanceof Error).length).toBeGreaterThan(faults.length / 2)
  expect(opened.events.filter(({ type }) => type === 'fault').length).toBeGreaterThan(5)

  const told = [...opened.answers, inspect([opened.events, observed, errors], showAll), errors.map(String).join()]
  // What an error printed by a crash shows: its stack, and every cause.
  const stacks = errors.map(error => (error instanceof Error ? `${error.stack} ${inspect(error.cause, showAll)}` : ''))
  for (const text of [...told, ...stacks]) for (const secret of spellings) expect(text).not.toContain(secret)
  for (const text of [...told, ...stacks]) expect(text).not.toMatch(/jscode2session\?|[?&]secret=/)
})

test('the code of the client and of the examples knows no AppSecret', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const files = ['packages/client/src', 'examples'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(path => /\.(ts|tsx|js|vue|wxml|json)$/.test(path) && !/node_modules|dist|\.test\.|testing/.test(path))
      .map(path => join(root, folder, path)),
  )
  expect(files.length).toBeGreaterThan(80)
  const leaks = files.filter(path => /secret\W{0,12}[0-9a-f]{32}\b/i.test(readFileSync(path, 'utf8')))
  expect(leaks).toEqual([])
  expect('"appSecret": "0123456789abcdef0123456789abcdef"').toMatch(/secret\W{0,12}[0-9a-f]{32}\b/i)
})
