import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { app, kwan, lin, openStage, type Stage } from '../stage.ts'
import { type Attacker, ask, codeOf, logIn, newNonce, type Seen } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** A code of `wx.login` that somebody read on its way, or out of a page's state, must not make a second session. */
let stage: Stage
beforeEach(async () => {
  stage = await openStage({ ports: true })
})
afterEach(() => stage.close())

const newCode = async (person = lin.id) => (await stage.emulator.wx(person, app.appId).wx.login()).code
const send = (code: string, nonce = newNonce()): Promise<Seen> =>
  ask(stage.origin, '/v1/login', { body: { appId: app.appId, code, nonce } })
const loginOf = ({ text }: Seen) => JSON.parse(text) as Attacker

async function sessionsOf(login: Attacker): Promise<readonly unknown[]> {
  const { accessToken } = login.tokens
  const { text } = await ask(stage.origin, '/v1/me/sessions', { method: 'GET', accessToken })
  return JSON.parse(text).sessions
}

test('sixty-four racers with one code, each with a nonce of its own: one session', async () => {
  const code = await newCode()
  const answers = await Promise.all(Array.from({ length: 64 }, () => send(code)))
  const [winner] = answers.filter(({ status }) => status === 200)
  expect(answers.map(codeOf).filter(code => code !== 'ok')).toEqual(Array.from({ length: 63 }, () => 'code_consumed'))
  if (!winner) throw new Error('nobody won')
  expect(await sessionsOf(loginOf(winner))).toHaveLength(1)
  expect(stage.events.filter(({ type }) => type === 'login-recorded')).toHaveLength(1)
})

test('a thief with another nonce gets nothing, and it is told; the owner goes on', async () => {
  const [code, nonce] = [await newCode(), newNonce()]
  const owner = loginOf(await send(code, nonce))
  const stolen = await send(code)
  expect(codeOf(stolen)).toBe('code_consumed')
  for (const secret of [owner.tokens.accessToken, owner.tokens.refreshToken, owner.user.id, owner.loginId])
    expect(stolen.text).not.toContain(secret)
  expect(stage.events).toContainEqual(expect.objectContaining({ type: 'login-refused', code: 'code_consumed' }))
  // A lost answer costs the owner nothing: the same attempt gets the same session again.
  const again = loginOf(await send(code, nonce))
  expect([again.loginId, again.tokens.refreshToken]).toEqual([owner.loginId, owner.tokens.refreshToken])
  expect(await sessionsOf(again)).toHaveLength(1)
})

test('sixty-four lost answers of one attempt are one session and one answer', async () => {
  const [code, nonce] = [await newCode(), newNonce()]
  const answers = (await Promise.all(Array.from({ length: 64 }, () => send(code, nonce)))).map(loginOf)
  expect(new Set(answers.map(({ loginId }) => loginId)).size).toBe(1)
  expect(new Set(answers.map(({ tokens }) => tokens.refreshToken)).size).toBe(1)
  expect(answers[0] && (await sessionsOf(answers[0]))).toHaveLength(1)
})

test('a code that a thief was faster with is refused to its owner, whose next one works at once', async () => {
  const victim = await logIn(stage, kwan.id)
  const code = await newCode(kwan.id)
  expect(codeOf(await send(code))).toBe('ok')
  expect(codeOf(await send(code))).toBe('code_consumed')
  const owner = loginOf(await send(await newCode(kwan.id)))
  expect(owner.user.id).toBe(victim.user.id)
  // The owner sees that somebody is there, and ends it.
  expect(await sessionsOf(owner)).toHaveLength(3)
  const { accessToken } = owner.tokens
  await ask(stage.origin, '/v1/logout/all', { accessToken, body: { keep: 'this' } })
  expect(await sessionsOf(owner)).toHaveLength(1)
})
