import { afterEach, expect, test, vi } from 'vitest'
import { decipher } from '../sources/naive-wechat.ts'
import { app, lin, openStage, type Stage } from '../stage.ts'
import { type Blob, codeOf, lastSessionKey, logIn, newNonce, phonePayload, sealed } from './attacker.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * Blocks of one open-data ciphertext, cut out and put under a computed iv, make another one under the same key: its
 * watermark is genuine, and its phone number is the nickname that somebody chose. No key and no oracle is needed.
 */

const number = '13900139000'
/** Digits that begin with the third block: `{"nickName":"` has 13 bytes, so 19 more stand before them. */
const mallory = { id: 'mallory', name: `${'x'.repeat(19)}${number}`, phones: [{ number: '13700137000' }] }
/** WeChat shows real nicknames to versions of before 2021 only. */
const old = { ...app, publishedAt: Date.UTC(2021, 0, 1) }

let stage: Stage
afterEach(() => stage.close())

const open = (openData: 'unchecked' | 'monitor' | 'enforce') =>
  openStage({ ports: true, policy: { openData }, apps: [old], people: [lin, mallory] })

/** What WeChat gives of a profile, encrypted under the key of Mallory's login. */
async function profileBlob(): Promise<Blob> {
  const phone = stage.emulator.wx(mallory.id, app.appId)
  phone.decideDialog('profile', { decision: 'allow' })
  const { encryptedData = '', iv = '' } = await phone.inTap(() => phone.wx.getUserProfile({ desc: 'to greet you' }))
  return { encryptedData, iv }
}

/** Drops the first block and turns the second, whose text is known, into the beginning of a phone payload. */
function splice({ encryptedData }: Blob): Blob {
  const ciphertext = Buffer.from(encryptedData, 'base64')
  const [known, wanted] = [Buffer.from('x'.repeat(16)), Buffer.from('{"phoneNumber":"')]
  const iv = Buffer.from(ciphertext.subarray(0, 16).map((byte, at) => byte ^ (known[at] ?? 0) ^ (wanted[at] ?? 0)))
  return { iv: iv.toString('base64'), encryptedData: ciphertext.subarray(16).toString('base64') }
}

test('the attack is real: who checks the watermark alone believes the nickname', async () => {
  stage = await open('unchecked')
  await logIn(stage, mallory.id)
  const { encryptedData, iv } = splice(await profileBlob())
  const opened = decipher(lastSessionKey(stage), encryptedData, iv)
  expect(opened).toMatchObject({ phoneNumber: number, watermark: { appid: app.appId } })
})

test.each(['unchecked', 'monitor', 'enforce'] as const)('ours refuses it with %s', async openData => {
  stage = await open(openData)
  const { ask, loginId } = await logIn(stage, mallory.id)
  const body = { ...splice(await profileBlob()), loginId, nonce: newNonce() }
  expect(codeOf(await ask('/v1/phone', { body }))).toBe('phone_data_invalid')
  expect(JSON.parse((await ask('/v1/me/phones', { method: 'GET' })).text).phones).toEqual([])
})

const foreign = {
  'a profile': { openId: 'o'.repeat(28), nickName: 'Lin', gender: 1, avatarUrl: 'https://example.com/a.png' },
  'steps of WeRun': { stepInfoList: [{ timestamp: 1_795_233_600, step: 100 }] },
  'a group': { openGId: 'G'.repeat(28), opengid_type: 1 },
  'a profile around a whole phone': { nickName: 'Lin', ...{ phoneNumber: number, purePhoneNumber: number } },
}

test.each(Object.entries(foreign))('open data of another kind is no phone: %s', async (_, fields) => {
  stage = await open('unchecked')
  const { ask, loginId } = await logIn(stage, mallory.id)
  const { watermark, ...phone } = phonePayload(stage, number)
  for (const payload of [
    { ...fields, watermark },
    { ...phone, ...fields, watermark },
  ]) {
    const blob = sealed(lastSessionKey(stage), JSON.stringify(payload).padEnd(80))
    const body = { ...blob, loginId, nonce: newNonce() }
    expect(codeOf(await ask('/v1/phone', { body }))).toBe('phone_data_invalid')
  }
})

test('a key that stands there twice, or bytes that are no UTF-8, are no phone', async () => {
  stage = await open('unchecked')
  const { ask, loginId } = await logIn(stage, mallory.id)
  const text = JSON.stringify(phonePayload(stage, number))
  const twice = text.replace('{', '{"phoneNumber":"13700137000",')
  for (const plaintext of [twice, text.replace('{', '{"note":"\ud800",'), `\ufeff${text}`]) {
    const body = { ...sealed(lastSessionKey(stage), plaintext), loginId, nonce: newNonce() }
    const code = codeOf(await ask('/v1/phone', { body }))
    // A lone surrogate is written as U+FFFD: text like any other, and this payload is a genuine one with a note.
    expect(code).toBe(plaintext.includes('note') ? 'ok' : 'phone_data_invalid')
  }
})
