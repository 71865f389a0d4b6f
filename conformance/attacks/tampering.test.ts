import { randomBytes, randomInt } from 'node:crypto'
import { decryptOpenData, OpenDataInvalid, readPhone } from '@weapp-auth/protocol/wechat'
import { afterEach, expect, test, vi } from 'vitest'
import { decipher } from '../sources/naive-wechat.ts'
import { app, openStage, type Stage } from '../stage.ts'
import { type Blob, codeOf, phonePayload, sealed } from './attacker.ts'
import { createFreshKeys } from './fresh-keys.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * CBC lets whoever holds a ciphertext change it without the key: bits of the iv change the same bits of the first
 * block, and a changed block garbles itself and changes the next one. A naive server takes one in twelve.
 */

const long = process.env.WEAPP_AUTH_LONG !== undefined
const mutations = long ? 2_000_000 : 40_000
const overHttp = long ? 4_000 : 120
const timeout = long ? 1_800_000 : 120_000

let stage: Stage
afterEach(() => stage.close())

type Change = (iv: Buffer, ciphertext: Buffer) => readonly [Buffer, Buffer]

function flip(bytes: Buffer, times = 1 + randomInt(3)): Buffer {
  for (let time = 0; time < times; time += 1) {
    const at = randomInt(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInt(8))
  }
  return bytes
}

const block = (bytes: Buffer) => 16 * randomInt(bytes.length / 16)

/** Ways to change a ciphertext; the first two are the ones that naive servers fall for. */
const changes: readonly Change[] = [
  (iv, bytes) => [flip(iv), bytes],
  (iv, bytes) => [iv, flip(bytes)],
  (iv, bytes) => [flip(iv), flip(bytes)],
  (_, bytes) => [randomBytes(16), bytes],
  (iv, bytes) => [iv, Buffer.concat([bytes.subarray(0, block(bytes)), randomBytes(16), bytes.subarray(block(bytes))])],
  (iv, bytes) => [iv, bytes.subarray(0, Math.max(16, block(bytes)))],
  (_, bytes) => [bytes.subarray(0, 16), bytes.subarray(16)],
  (iv, bytes) => {
    const [from, to] = [block(bytes), block(bytes)]
    const moved = Buffer.from(bytes.subarray(from, from + 16))
    bytes.copyWithin(from, to, to + 16)
    moved.copy(bytes, to)
    return [iv, bytes]
  },
]

/** A changed copy of a ciphertext, never the same. */
function changed(blob: Blob): Blob {
  const [iv, bytes] = [Buffer.from(blob.iv, 'base64'), Buffer.from(blob.encryptedData, 'base64')]
  const [nextIv, next] = changes[randomInt(changes.length)]?.(iv, bytes) ?? [iv, bytes]
  const copy = { iv: nextIv.toString('base64'), encryptedData: next.toString('base64') }
  return copy.iv === blob.iv && copy.encryptedData === blob.encryptedData ? changed(blob) : copy
}

function isAccepted(sessionKey: string, blob: Blob, now: number): boolean {
  try {
    return readPhone(decryptOpenData({ sessionKey, ...blob }), { appId: app.appId, now }).number !== ''
  } catch (error) {
    if (error instanceof OpenDataInvalid) return false
    throw error
  }
}

/** A server that looks at padding, JSON and the app in the watermark. */
function isAcceptedNaively(sessionKey: string, { encryptedData, iv }: Blob): boolean {
  try {
    const { watermark } = decipher(sessionKey, encryptedData, iv) as {
      readonly watermark?: { readonly appid?: string }
    }
    return watermark?.appid === app.appId
  } catch {
    return false
  }
}

test(`none of very many changed ciphertexts is accepted, of which naive servers take thousands`, {
  timeout,
}, async () => {
  stage = await openStage()
  const now = stage.emulator.control.clock.now()
  const sessionKey = randomBytes(16).toString('base64')
  const genuine = sealed(sessionKey, JSON.stringify(phonePayload(stage)))
  expect(isAccepted(sessionKey, genuine, now)).toBe(true)
  let accepted = 0
  let naively = 0
  for (let at = 0; at < mutations; at += 1) {
    const blob = changed(genuine)
    if (isAccepted(sessionKey, blob, now)) accepted += 1
    if (at < 40_000 && isAcceptedNaively(sessionKey, blob)) naively += 1
  }
  expect(accepted).toBe(0)
  expect(naively).toBeGreaterThan(1000)
})

test('each single bit of iv and ciphertext counts', async () => {
  stage = await openStage()
  const now = stage.emulator.control.clock.now()
  const sessionKey = randomBytes(16).toString('base64')
  const genuine = sealed(sessionKey, JSON.stringify(phonePayload(stage)))
  const bytes = Buffer.concat([Buffer.from(genuine.iv, 'base64'), Buffer.from(genuine.encryptedData, 'base64')])
  const accepted = Array.from({ length: 8 * bytes.length }, (_, bit) => {
    const copy = Buffer.from(bytes)
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const blob = { iv: copy.toString('base64', 0, 16), encryptedData: copy.toString('base64', 16) }
    return isAccepted(sessionKey, blob, now)
  })
  expect(accepted.length).toBeGreaterThan(1000)
  expect(accepted.filter(Boolean)).toEqual([])
})

test.each(['unchecked', 'enforce'] as const)('nor over HTTP, with %s', { timeout }, async openData => {
  stage = await openStage({ ports: true, policy: { openData }, limits: { perUser: 'off' } })
  const send = createFreshKeys(stage)
  for (let at = 0; at < overHttp / 2; at += 1) {
    const answer = await send((_, key) => changed(sealed(key, JSON.stringify(phonePayload(stage)))))
    expect(codeOf(answer)).toBe('phone_data_invalid')
  }
  expect(stage.events.filter(({ type }) => type === 'phone-recorded')).toEqual([])
})

test('an iv changed in front of a ciphertext that WeChat vouches for spoils a name, never a digit', async () => {
  stage = await openStage({ ports: true, policy: { openData: 'enforce' }, limits: { perUser: 'off' } })
  const send = createFreshKeys(stage)
  for (let bit = 0; bit < 128; bit += 1) {
    const tapped = await stage.emulator.wx('lin', app.appId).tapPhoneButton()
    const iv = Buffer.from(tapped.iv ?? '', 'base64')
    iv[bit >> 3] = (iv[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const answer = await send(() => ({ encryptedData: tapped.encryptedData ?? '', iv: iv.toString('base64') }))
    expect(codeOf(answer)).toBe('phone_data_invalid')
  }
  expect(stage.events.filter(({ type }) => type === 'phone-recorded')).toEqual([])
})
