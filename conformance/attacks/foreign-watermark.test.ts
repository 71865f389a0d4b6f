import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { app, lin, openStage, type Stage } from '../stage.ts'
import { type Attacker, type Blob, codeOf, lastSessionKey, logIn, newNonce, phonePayload, sealed } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * Whoever runs a mini program of their own gets genuine ciphertexts of its users. The app is that of the session, and
 * the watermark must name it.
 */

const other = { appId: 'wx00000000000000b2', secret: 'fedcba9876543210fedcba9876543210', name: 'Other Shop' }

let stage: Stage
beforeEach(async () => {
  stage = await openStage({ ports: true, policy: { openData: 'unchecked' }, apps: [app, other] })
})
afterEach(() => stage.close())

const send = async ({ ask }: Attacker, blob: object, loginId: string) =>
  codeOf(await ask('/v1/phone', { body: { ...blob, loginId, nonce: newNonce() } }))
const phonesOf = async ({ ask }: Attacker) =>
  JSON.parse((await ask('/v1/me/phones', { method: 'GET' })).text).phones as readonly unknown[]

/** What the phone button of an app gives. */
async function tap(appId: string): Promise<Blob> {
  const { encryptedData = '', iv = '' } = await stage.emulator.wx(lin.id, appId).tapPhoneButton()
  return { encryptedData, iv }
}

test('a ciphertext of another app is refused, and is taken where it belongs', async () => {
  const here = await logIn(stage)
  const there = await logIn(stage, lin.id, other.appId)
  const blob = await tap(other.appId)
  expect(await send(here, blob, here.loginId)).toBe('phone_data_invalid')
  // The login of the other app is no login of this session, though the person is the same.
  expect(await send(here, blob, there.loginId)).toBe('login_unusable')
  expect(await phonesOf(here)).toEqual([])
  expect(await send(there, blob, there.loginId)).toBe('ok')
})

test('even under the right key a watermark of another app, of none, or of nearly this one is refused', async () => {
  const here = await logIn(stage)
  const spellings = [other.appId, '', app.appId.toUpperCase(), `${app.appId} `]
  for (const appId of spellings) {
    const blob = sealed(lastSessionKey(stage), JSON.stringify(phonePayload(stage, '13900139000', appId)))
    expect(await send(here, blob, here.loginId)).toBe('phone_data_invalid')
  }
  expect(await phonesOf(here)).toEqual([])
})

test('the body cannot name the app', async () => {
  const here = await logIn(stage)
  const blob = sealed(lastSessionKey(stage), JSON.stringify(phonePayload(stage, '13900139000', other.appId)))
  for (const name of ['appId', 'appid', 'app_id'])
    expect(await send(here, { ...blob, [name]: other.appId }, here.loginId)).toBe('request_invalid')
  expect(await phonesOf(here)).toEqual([])
})
