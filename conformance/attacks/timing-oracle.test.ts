import { randomInt } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../stage.ts'
import { codeOf, lastSessionKey, logIn, newNonce } from './attacker.ts'
import { createFreshKeys } from './fresh-keys.ts'
import { refusedBlobs } from './refused-blobs.ts'
import { createStandingTimer } from './standing-timer.ts'
import { momentsOf, welchT } from './welch-t.ts'

// Nothing here depends on how fast the machine is.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * Answers that are equal in every byte may still differ in time: bad JSON is found later than bad padding. So a refusal
 * waits for a moment that its cause has no part in (docs/decisions, "Refusals of ciphertexts wait").
 */

const long = process.env.WEAPP_AUTH_LONG !== undefined
const samples = long ? 20_000 : 200
const timeout = long ? 1_800_000 : 120_000
const causes = Object.entries(refusedBlobs)

let stage: Stage
afterEach(() => stage.close())

/** Sends, looks that nothing comes while the timer stands, lets it ring; answers how long was waited for. */
async function waitOf(timer: ReturnType<typeof createStandingTimer>, send: () => Promise<string>): Promise<number> {
  let isAnswered = false
  const answer = send().finally(() => {
    isAnswered = true
  })
  await expect.poll(() => timer.waits().length, { interval: 1, timeout: 20_000 }).toBe(1)
  expect(isAnswered).toBe(false)
  const [wait = Number.NaN] = timer.waits()
  timer.ring()
  expect(await answer).toMatch(/^((phone|profile)_data_invalid|login_unusable)$/)
  return wait
}

test('whatever is wrong with a ciphertext, the refusal leaves 5 to 8 ms after the request came', {
  timeout,
}, async () => {
  const timer = createStandingTimer()
  stage = await openStage({ ports: true, policy: { openData: 'unchecked' }, timer, limits: { perUser: 'off' } })
  const send = createFreshKeys(stage)
  for (const [cause, make] of causes) {
    const wait = await waitOf(timer, async () => codeOf(await send(make)))
    expect([5, 6, 7, 8], cause).toContain(wait)
  }
})

test('so does one that is not tried at all, and one that comes by the door of profiles', { timeout }, async () => {
  const timer = createStandingTimer()
  stage = await openStage({ ports: true, policy: { openData: 'unchecked' }, timer })
  const attacker = await logIn(stage)
  const { loginId } = attacker
  const bodies = [
    ['/v1/phone', { encryptedData: 'A', iv: 'A', loginId, nonce: newNonce() }],
    [
      '/v1/phone',
      { ...refusedBlobs['no JSON']?.(stage, lastSessionKey(stage)), loginId: unknownLogin, nonce: newNonce() },
    ],
    ['/v1/profile/open-data', { ...refusedBlobs['no JSON']?.(stage, lastSessionKey(stage)), loginId }],
  ] as const
  for (const [path, body] of bodies) {
    const wait = await waitOf(timer, async () => codeOf(await attacker.ask(path, { body })))
    expect([5, 6, 7, 8], path).toContain(wait)
  }
})

const unknownLogin = '00000000-0000-7000-8000-000000000000'

test('what is accepted does not wait', async () => {
  const timer = createStandingTimer()
  stage = await openStage({ policy: { openData: 'enforce' }, timer })
  const visit = stage.open({ id: 'lin', name: 'Lin', phones: [] }, { device: { sdkVersion: '2.20.0' } })
  expect(await visit.tap()).toMatchObject({ status: 'bound' })
  expect(timer.waits()).toEqual([])
})

test("Welch's t tells no two causes apart by the time of their answers over HTTP", { timeout }, async () => {
  stage = await openStage({ ports: true, policy: { openData: 'unchecked' }, limits: { perUser: 'off' } })
  const send = createFreshKeys(stage)
  const [padding, json] = [refusedBlobs['bad padding'], refusedBlobs['numbers that disagree']]
  if (!padding || !json) throw new Error('these causes are gone')
  const times: readonly [number[], number[]] = [[], []]
  // In random order, so that whatever else the machine does widens both alike and cannot make them differ.
  while (times[0].length < samples || times[1].length < samples) {
    const which = randomInt(2) === 0 ? 0 : 1
    const begun = performance.now()
    await send(which === 0 ? padding : json)
    times[which].push(performance.now() - begun)
  }
  expect(Math.abs(welchT(...times))).toBeLessThan(4.5)
  // The test can see: half a standard deviation more would have been found.
  const shifted = times[1].map(time => time + Math.sqrt(momentsOf(times[1]).variance) / 2)
  expect(Math.abs(welchT(times[1], shifted))).toBeGreaterThan(4.5)
})
