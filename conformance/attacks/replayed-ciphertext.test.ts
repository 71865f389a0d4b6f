import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { app, kwan, lin, minutes, openStage, type Stage } from '../stage.ts'
import { type Attacker, type Blob, codeOf, logIn, newNonce } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** A ciphertext that was genuine once must not bring back a number that its owner has given up. */
let stage: Stage
beforeEach(async () => {
  stage = await openStage({ ports: true, policy: { openData: 'enforce' } })
})
afterEach(() => stage.close())

async function tap(person: string, phone = 0): Promise<Blob> {
  const runtime = stage.emulator.wx(person, app.appId)
  runtime.decide({ decision: 'allow', phone })
  const { encryptedData = '', iv = '' } = await runtime.tapPhoneButton()
  return { encryptedData, iv }
}

const send = async ({ ask, loginId }: Attacker, blob: Blob, nonce = newNonce()) =>
  codeOf(await ask('/v1/phone', { body: { ...blob, loginId, nonce } }))
const phonesOf = async ({ ask }: Attacker) => (await ask('/v1/me/phones', { method: 'GET' })).text

test('the second use is refused and changes nothing, also after the phone has changed', async () => {
  const owner = await logIn(stage)
  const [former, latter] = [await tap(lin.id, 0), await tap(lin.id, 1)]
  const nonce = newNonce()
  expect(await send(owner, former, nonce)).toBe('ok')
  expect(await send(owner, latter)).toBe('ok')
  const before = await phonesOf(owner)
  expect(await send(owner, former)).toBe('phone_data_invalid')
  // Under another iv it is the same ciphertext.
  expect(await send(owner, { ...former, iv: Buffer.alloc(16, 7).toString('base64') })).toBe('phone_data_invalid')
  // The attempt that it was spent by gets its answer again, and that changes nothing either.
  expect(await send(owner, former, nonce)).toBe('ok')
  expect(await phonesOf(owner)).toBe(before)
})

test('64 uses at once bind once', async () => {
  const owner = await logIn(stage)
  const blob = await tap(lin.id)
  const codes = await Promise.all(Array.from({ length: 64 }, () => send(owner, blob)))
  expect(codes.filter(code => code === 'ok')).toHaveLength(1)
  expect(codes.filter(code => code === 'phone_data_invalid')).toHaveLength(63)
  expect(stage.events.filter(({ type }) => type === 'phone-recorded')).toHaveLength(1)
})

test('one that lay for more than five minutes is refused, one of just under is taken', async () => {
  const owner = await logIn(stage)
  const [stale, fresh] = [await tap(lin.id), await tap(lin.id, 1)]
  stage.advance(minutes(5) - 1000)
  expect(await send(owner, fresh)).toBe('ok')
  const before = await phonesOf(owner)
  stage.advance(2000)
  expect(await send(owner, stale)).toBe('phone_data_invalid')
  expect(await phonesOf(owner)).toBe(before)
})

test("one user's ciphertext is nothing in the session of another", async () => {
  const [owner, thief] = [await logIn(stage), await logIn(stage, kwan.id)]
  const blob = await tap(lin.id)
  expect(await send(thief, blob)).toBe('phone_data_invalid')
  expect(await send({ ...thief, loginId: owner.loginId }, blob)).toBe('login_unusable')
  expect(JSON.parse(await phonesOf(thief)).phones).toEqual([])
  expect(await send(owner, blob)).toBe('ok')
})
