import { randomBytes } from 'node:crypto'
import { routes } from '@weapp-auth/protocol/contract'
import { encryptOpenData } from '@weapp-auth/protocol/wechat'
import { describe, expect, it } from 'vitest'
import { newSessionKey } from '../../test/fake-wechat.ts'
import { appId, expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'

const one = '+8613800138000'
const minute = 60_000

describe('encryptedData', () => {
  it('binds the number that was encrypted with the key of its login', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'enforce' })
    const { person, token, loginId } = await logIn()
    const { body } = await phone({ ...wechat.phoneData(person, one), loginId, nonce: newNonce() }, token)
    expect(body).toMatchObject({ change: 'bound', phone: { number: one, source: 'open-data' } })
  })

  it('sent by 64 racers of one attempt is recorded once, and all read the same answer', async () => {
    const { logIn, phone, phones, wechat } = openServer({ openData: 'enforce' })
    const { person, token, loginId } = await logIn()
    const body = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    const answers = await race(64, () => phone(body, token))
    expect(answers.map(({ status }) => status)).toEqual(Array(64).fill(200))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(wechat.calls.checkEncryptedData).toBe(1)
    expect((await phones(token)).body.phones).toHaveLength(1)
  })

  it('works once: a replay with another nonce is refused and changes nothing', async () => {
    const { logIn, phone, phones, wechat, pass } = openServer({ openData: 'enforce' })
    const { person, token, loginId } = await logIn()
    const old = wechat.phoneData(person, one)
    const first = await phone({ ...old, loginId, nonce: 'n'.repeat(16) }, token)
    pass(minute)
    await phone({ ...wechat.phoneData(person, '+8613900139000'), loginId, nonce: newNonce() }, token)
    expectProblem(await phone({ ...old, loginId, nonce: newNonce() }, token), 400, 'phone_data_invalid')
    expect((await phone({ ...old, loginId, nonce: 'n'.repeat(16) }, token)).body.phone.number).toBe(
      first.body.phone.number,
    )
    expect((await phones(token)).body.phones.map(({ number }) => number)).toEqual(['+8613900139000', one])
  })

  it('that was accepted gives the same answer to the same attempt, even when its key is gone', async () => {
    const { logIn, phone, post, wechat } = openServer({ openData: 'enforce' })
    const first = await logIn()
    const body = { ...wechat.phoneData(first.person, one), loginId: first.loginId, nonce: newNonce() }
    const { text } = await phone(body, first.token)
    const second = await logIn()
    await post(routes.logout, { refreshToken: first.tokens.refreshToken })
    expect((await phone(body, second.token)).text).toBe(text)
  })

  it('opens with the former key for ten minutes after a login brought a new one', async () => {
    const { logIn, phone, rotate, wechat, pass } = openServer({ openData: 'enforce' })
    const before = await logIn()
    pass(30 * minute)
    const data = wechat.phoneData(before.person, one)
    const after = await logIn()
    const { body } = await phone({ ...data, loginId: after.loginId, nonce: newNonce() }, after.token)
    expect(body.change).toBe('bound')
    pass(10 * minute + 1)
    const { tokens } = (await rotate(after.tokens.refreshToken, newNonce())).body
    const late = { ...wechat.phoneData(before.person, one), loginId: after.loginId, nonce: newNonce() }
    const answer = await phone(late, tokens.accessToken)
    expectProblem(answer, 400, 'phone_data_invalid')
  })

  it('opens with the key that another phone of the same user has brought since', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'enforce' })
    const here = await logIn()
    const there = await logIn()
    const body = { ...wechat.phoneData(there.person, one), loginId: here.loginId, nonce: newNonce() }
    expect((await phone(body, here.token)).body.change).toBe('bound')
  })

  it('that failed under one login is accepted under the next, which has the right key', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'enforce' })
    const first = await logIn()
    const second = { openId: first.person.openId, sessionKey: newSessionKey() }
    const data = wechat.phoneData({ ...second, appId }, one)
    const nonce = newNonce()
    expectProblem(await phone({ ...data, loginId: first.loginId, nonce }, first.token), 400, 'phone_data_invalid')
    const next = await logIn(second.openId, second)
    expect((await phone({ ...data, loginId: next.loginId, nonce }, next.token)).body.change).toBe('bound')
  })
})

interface Scene extends Awaited<ReturnType<ReturnType<typeof openServer>['logIn']>> {
  readonly wechat: ReturnType<typeof openServer>['wechat']
}

type Proof = { readonly encryptedData: string; readonly iv: string }

function payload({ person }: Scene, plaintext: string): Proof {
  const iv = randomBytes(16).toString('base64')
  return { iv, encryptedData: encryptOpenData({ sessionKey: person.sessionKey, iv, plaintext: plaintext.padEnd(80) }) }
}

function genuine({ wechat, person }: Scene, fields: object = {}): Proof {
  return wechat.phoneData(person, one, fields)
}

const seconds = 1_800_000_000

/** Everything that can be wrong with a ciphertext. */
const wrong: readonly (readonly [string, (scene: Scene) => Proof])[] = [
  ['made with another key', ({ wechat, person }) => wechat.phoneData({ ...person, sessionKey: newSessionKey() }, one)],
  ['with a flipped iv', scene => flipped(genuine(scene), 'iv', 3)],
  ['with a flipped first block', scene => flipped(genuine(scene), 'encryptedData', 3)],
  ['with bad padding', scene => flipped(genuine(scene), 'encryptedData', -17)],
  ['of another app', scene => genuine(scene, { watermark: { timestamp: seconds, appid: otherAppId } })],
  ['without a watermark', scene => genuine(scene, { watermark: undefined })],
  ['that is stale', scene => genuine(scene, { watermark: { timestamp: seconds - 301, appid: appId } })],
  ['from the future', scene => genuine(scene, { watermark: { timestamp: seconds + 301, appid: appId } })],
  ['of another kind', scene => genuine(scene, { nickName: 'x' })],
  ['whose numbers disagree', scene => genuine(scene, { phoneNumber: '13900139000' })],
  ['that holds no JSON', scene => payload(scene, 'not json')],
  ['that holds a list', scene => payload(scene, '[]')],
  ['that holds a key twice', scene => payload(scene, '{"phoneNumber":"1","phoneNumber":"2"}')],
  ['of 17 bytes', scene => ({ ...genuine(scene), encryptedData: randomBytes(17).toString('base64') })],
  ['of 48 bytes', scene => ({ ...genuine(scene), encryptedData: randomBytes(48).toString('base64') })],
  ['of 1040 bytes', scene => ({ ...genuine(scene), encryptedData: randomBytes(1040).toString('base64') })],
  [
    'in damaged Base64',
    scene => ({ ...genuine(scene), encryptedData: `${genuine(scene).encryptedData.slice(0, -4)}***=` }),
  ],
  ['in Base64 without its padding', scene => ({ ...genuine(scene), iv: genuine(scene).iv.replace(/=+$/, '') })],
  ['with an iv of 15 bytes', scene => ({ ...genuine(scene), iv: randomBytes(15).toString('base64') })],
]

function flipped(proof: Proof, part: keyof Proof, at: number): Proof {
  const bytes = Buffer.from(proof[part], 'base64')
  const index = at < 0 ? bytes.length + at : at
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index)
  return { ...proof, [part]: bytes.toString('base64') }
}

describe('a ciphertext', () => {
  const answers = new Set<string>()

  it.each(wrong)('%s is refused, and nothing is recorded', async (_, make) => {
    const { logIn, phone, phones, wechat } = openServer({ openData: 'unchecked' })
    const login = await logIn()
    const proof = make({ ...login, wechat })
    const answer = await phone({ ...proof, loginId: login.loginId, nonce: newNonce() }, login.token)
    expectProblem(answer, 400, 'phone_data_invalid')
    expect((await phones(login.token)).body.phones).toEqual([])
    answers.add(answer.text.replace(answer.body.requestId, ''))
    expect(answer.body.requestId).toHaveLength(36)
  })

  it('is refused in the same words for every reason', () => {
    expect(answers.size).toBe(1)
  })
})

describe('a session_key', () => {
  it('is erased after five failures, and the right ciphertext then needs a new login', async () => {
    const { logIn, phone, wechat, eventsOf } = openServer({ openData: 'unchecked' })
    const { person, token, loginId } = await logIn()
    const forged = () => wechat.phoneData({ ...person, sessionKey: newSessionKey() }, one)
    for (let at = 0; at < 5; at += 1)
      expectProblem(await phone({ ...forged(), loginId, nonce: newNonce() }, token), 400, 'phone_data_invalid')
    expect(eventsOf('open-data-refused').map(({ burnt }) => burnt)).toEqual([false, false, false, false, true])
    const good = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    expectProblem(await phone(good, token), 409, 'login_unusable')

    const same = await logIn(person.openId, person)
    expectProblem(await phone({ ...good, loginId: same.loginId }, same.token), 409, 'login_unusable')
    const fresh = await logIn(person.openId)
    const proof = wechat.phoneData(fresh.person, one)
    expect((await phone({ ...proof, loginId: fresh.loginId, nonce: newNonce() }, fresh.token)).status).toBe(200)
  })

  it('is tried five times by 64 forgers at once', async () => {
    const { logIn, phone, wechat, eventsOf } = openServer({ openData: 'unchecked' })
    const { person, token, loginId } = await logIn()
    const forged = () => wechat.phoneData({ ...person, sessionKey: newSessionKey() }, one)
    const answers = await race(64, () => phone({ ...forged(), loginId, nonce: newNonce() }, token))
    expect(answers.filter(({ body }) => body.code === 'phone_data_invalid')).toHaveLength(5)
    expect(answers.filter(({ body }) => body.code === 'login_unusable')).toHaveLength(59)
    expect(eventsOf('open-data-refused').map(({ burnt }) => burnt)).toEqual([false, false, false, false, true])
  })

  it('of another user, of another app or of no login opens nothing', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'unchecked' })
    const victim = await logIn('openid-of-victim')
    const thief = await logIn('openid-of-thief')
    const elsewhere = await logIn('openid-of-thief', { appId: otherAppId })
    const proof = wechat.phoneData(victim.person, one)
    for (const loginId of [victim.loginId, elsewhere.loginId, '00000000-0000-7000-8000-000000000000'])
      expectProblem(await phone({ ...proof, loginId, nonce: newNonce() }, thief.token), 409, 'login_unusable')
    const own = { ...proof, loginId: thief.loginId, nonce: newNonce() }
    expectProblem(await phone(own, thief.token), 400, 'phone_data_invalid')
  })
})

describe('open data', () => {
  it('off is refused, and a code beside it is used', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'off' })
    const { person, token, loginId } = await logIn()
    const proof = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    expectProblem(await phone(proof, token), 403, 'open_data_off')
    const code = wechat.phoneCode(person, one)
    expect((await phone({ ...proof, code }, token)).body.phone.source).toBe('phone-code')
  })

  it('enforce refuses what WeChat does not know, before the key is touched', async () => {
    const { logIn, phone, wechat, eventsOf } = openServer({ openData: 'enforce' })
    const { token, loginId, ...scene } = await logIn()
    const forged = payload({ token, loginId, wechat, ...scene }, JSON.stringify({ phoneNumber: '13800138000' }))
    for (let at = 0; at < 8; at += 1)
      expectProblem(await phone({ ...forged, loginId, nonce: newNonce() }, token), 400, 'phone_data_invalid')
    expect(eventsOf('open-data-refused')).toEqual([])
  })

  it('enforce waits for WeChat rather than trust without it, and the same attempt goes on later', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'enforce' })
    const { person, token, loginId } = await logIn()
    const body = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    wechat.failNext('checkEncryptedData', 'unavailable')
    expectProblem(await phone(body, token), 503, 'upstream_unavailable')
    expect((await phone(body, token)).body.change).toBe('bound')
  })

  it('monitor reports a doubt and goes on', async () => {
    const { logIn, phone, wechat, eventsOf } = openServer({ openData: 'monitor' })
    const { token, loginId, person, ...rest } = await logIn()
    wechat.failNext('checkEncryptedData', 'unavailable')
    const unreachable = { ...wechat.phoneData(person, one), loginId, nonce: newNonce() }
    expect((await phone(unreachable, token)).status).toBe(200)
    const watermark = { timestamp: seconds, appid: appId }
    const fields = { phoneNumber: '13800138000', purePhoneNumber: '13800138000', countryCode: 86, watermark }
    const unknown = payload({ token, loginId, person, wechat, ...rest }, JSON.stringify(fields))
    expect((await phone({ ...unknown, loginId, nonce: newNonce() }, token)).body.change).toBe('unchanged')
    expect(eventsOf('open-data-doubted').map(({ reason }) => reason)).toEqual(['unreachable', 'unknown'])
  })

  it('unchecked does not ask WeChat', async () => {
    const { logIn, phone, wechat } = openServer({ openData: 'unchecked' })
    const { person, token, loginId } = await logIn()
    await phone({ ...wechat.phoneData(person, one), loginId, nonce: newNonce() }, token)
    expect(wechat.calls.checkEncryptedData).toBe(0)
  })
})
