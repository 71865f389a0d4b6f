import { afterEach, describe, expect, test, vi } from 'vitest'
import { listen } from '../listen.ts'
import { naive003a } from '../sources/naive-003a.ts'
import { app, kwan, lin, minutes, openStage, type Stage } from '../stage.ts'
import {
  type Attacker,
  ask,
  type Blob,
  codeOf,
  lastSessionKey,
  logIn,
  newNonce,
  phonePayload,
  type Seen,
  sealed,
} from './attacker.ts'
import { forgeByPaddingOracle } from './forge-by-padding-oracle.ts'
import { refusedBlobs } from './refused-blobs.ts'

// Nothing here is about time, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/*
 * CBC without a MAC: whoever can tell "bad padding" from any other failure makes ciphertexts of any content without the
 * key, in some 20,600 requests (Vaudenay 2002; Rizzo and Duong 2010).
 */

const long = process.env.WEAPP_AUTH_LONG !== undefined
const requests = long ? 100_000 : 2_000
const timeout = long ? 1_800_000 : 120_000
const number = '13900139000'

let stage: Stage
afterEach(() => stage.close())

/** The weakest policy: nobody asks WeChat who made a ciphertext. No limit of requests stands in the attack's way. */
const open = (openData: 'unchecked' | 'monitor' | 'enforce' = 'unchecked') =>
  openStage({ ports: true, policy: { openData }, limits: { perUser: 'off' } })

const send = (attacker: Attacker, blob: Blob, loginId = attacker.loginId): Promise<Seen> =>
  attacker.ask('/v1/phone', { body: { ...blob, loginId, nonce: newNonce() } })

const tried = () => stage.events.filter(({ type }) => type === 'open-data-refused')
const numbersOf = async (attacker: Attacker) =>
  JSON.parse((await attacker.ask('/v1/me/phones', { method: 'GET' })).text).phones

test('the attack is real: a server that tells its errors believes a number that nobody has proved', async () => {
  stage = await open()
  const naive = await listen(naive003a(stage.emulator.fetch))
  const { code } = await stage.emulator.wx(lin.id, app.appId).wx.login()
  const login = await ask(naive.origin, '/code2Session', { body: { jsCode: code } })
  const { openid } = JSON.parse(login.text) as { readonly openid: string }
  const post = (encryptedData: string, iv: string) =>
    ask(naive.origin, '/getWXUserPhone', { body: { openid, encryptedData, iv } })

  const { blob, requests } = await forgeByPaddingOracle({
    oracle: async (encryptedData, iv) => !(await post(encryptedData, iv)).text.includes('bad decrypt'),
    plaintext: JSON.stringify(phonePayload(stage, number)),
    budget: 100_000,
  })
  const { status, text } = await post(blob?.encryptedData ?? '', blob?.iv ?? '')
  await naive.close()
  expect([status, JSON.parse(text)]).toEqual([200, phonePayload(stage, number)])
  // Half of 256 guesses for each of 160 bytes are 20,600.
  expect(requests).toBeGreaterThan(14_000)
  expect(requests).toBeLessThan(28_000)
}, 300_000)

describe('ours', () => {
  test('gives the same program nothing, however long it runs', { timeout }, async () => {
    stage = await open()
    const attacker = await logIn(stage)
    const answers = new Map<string, number>()
    const { blob, requests: sent } = await forgeByPaddingOracle({
      async oracle(encryptedData, iv) {
        const code = codeOf(await send(attacker, { encryptedData, iv }))
        answers.set(code, (answers.get(code) ?? 0) + 1)
        return code !== 'phone_data_invalid' && code !== 'login_unusable'
      },
      plaintext: JSON.stringify(phonePayload(stage, number)),
      budget: requests,
      lanes: 32,
    })
    expect({ blob, sent }).toEqual({ blob: null, sent: requests })
    // Five tries, and from the sixth request on there is no key to ask about.
    expect(Object.fromEntries(answers)).toEqual({ phone_data_invalid: 5, login_unusable: requests - 5 })
    const burnt = tried().map(event => event.type === 'open-data-refused' && event.burnt)
    expect(burnt).toEqual([false, false, false, false, true])
    expect(await numbersOf(attacker)).toEqual([])
  })

  test('the sixth request finds no key, and a finished forgery comes too late', async () => {
    stage = await open()
    const attacker = await logIn(stage)
    const forged = sealed(lastSessionKey(stage), JSON.stringify(phonePayload(stage, number)))
    const codes: string[] = []
    for (let round = 0; round < 6; round += 1) {
      const blob = refusedBlobs['bad padding']?.(stage, lastSessionKey(stage)) ?? forged
      codes.push(codeOf(await send(attacker, blob)))
    }
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'phone_data_invalid'), 'login_unusable'])
    expect(codeOf(await send(attacker, forged))).toBe('login_unusable')
    expect(await numbersOf(attacker)).toEqual([])
  })

  test('a new login for every request brings no new tries while WeChat gives the same key', async () => {
    stage = await open()
    const codes: string[] = []
    for (let round = 0; round < 20; round += 1) {
      const attacker = await logIn(stage)
      const blob = refusedBlobs['bad padding']?.(stage, lastSessionKey(stage))
      if (blob) codes.push(codeOf(await send(attacker, blob)))
    }
    expect(codes.filter(code => code === 'phone_data_invalid')).toHaveLength(5)
    expect(codes.slice(5)).toEqual(Array.from({ length: 15 }, () => 'login_unusable'))
    expect(tried()).toHaveLength(5)
  })

  test('other doors to the same key share its five tries, at once as one by one', async () => {
    stage = await open()
    const attacker = await logIn(stage)
    const { loginId } = attacker
    const doors = [
      (blob: Blob) => send(attacker, blob),
      (blob: Blob) => attacker.ask('/v1/profile/open-data', { body: { ...blob, loginId } }),
      async (blob: Blob) => {
        const { code } = await stage.emulator.wx(lin.id, app.appId).wx.login()
        return ask(stage.origin, '/v1/login/phone', {
          body: { appId: app.appId, code, nonce: newNonce(), phone: blob },
        })
      },
    ]
    const key = lastSessionKey(stage)
    const racers = Array.from({ length: 30 }, (_, at) => sealed(key, `{"no": ${at}, ${' '.repeat(100)}`))
    const codes = (await Promise.all(racers.map((blob, at) => doors[at % doors.length]?.(blob)))).map(
      seen => seen && codeOf(seen),
    )
    expect(tried()).toHaveLength(5)
    expect(codes.filter(code => code === 'login_unusable')).toHaveLength(25)
  })

  test("nobody else's key can be asked about", async () => {
    stage = await open()
    const victim = await logIn(stage, kwan.id)
    const key = lastSessionKey(stage)
    const attacker = await logIn(stage)
    const blob = sealed(key, JSON.stringify(phonePayload(stage, number)))
    expect(codeOf(await send(attacker, blob, victim.loginId))).toBe('login_unusable')
    expect(tried()).toEqual([])
    expect(codeOf(await send(victim, blob))).toBe('ok')
  })

  test('with enforce no ciphertext that WeChat did not make is tried at all', { timeout }, async () => {
    stage = await open('enforce')
    const attacker = await logIn(stage)
    const { blob } = await forgeByPaddingOracle({
      oracle: async (encryptedData, iv) => codeOf(await send(attacker, { encryptedData, iv })) !== 'phone_data_invalid',
      plaintext: JSON.stringify(phonePayload(stage, number)),
      budget: 200,
      lanes: 32,
    })
    expect(blob).toBeNull()
    expect(tried()).toEqual([])
    const perfect = sealed(lastSessionKey(stage), JSON.stringify(phonePayload(stage, number)))
    expect(codeOf(await send(attacker, perfect))).toBe('phone_data_invalid')
    expect(await numbersOf(attacker)).toEqual([])
  })
})

test.each(['unchecked', 'monitor', 'enforce'] as const)(
  'with %s the answers of all seven causes are the same in every byte',
  async openData => {
    stage = await open(openData)
    const answers: string[] = []
    for (const make of Object.values(refusedBlobs)) {
      const attacker = await logIn(stage)
      const blob = make(stage, lastSessionKey(stage))
      const asked = { body: { ...blob, loginId: attacker.loginId, nonce: newNonce() } }
      answers.push(
        JSON.stringify(await attacker.ask('/v1/phone', { ...asked, headers: { 'x-request-id': 'one-and-the-same' } })),
      )
      stage.emulator.control.rotateKey(lin.id, app.appId)
      stage.advance(minutes(6))
    }
    expect(answers).toHaveLength(7)
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('phone_data_invalid')
    // All were tried, so that each met its own cause; with enforce none was.
    expect(tried()).toHaveLength(openData === 'enforce' ? 0 : 7)
  },
)
