import { routes } from '@weapp-auth/protocol/contract'
import { describe, expect, it } from 'vitest'
import { createFakeSms } from '../test/fake-sms.ts'
import { appId, expectProblem, newNonce, openServer, race } from '../test/open-server.ts'
import { administer, generateKeyring, type Keyring, retireKey, rotateKeyring } from './index.ts'
import { createPooledRandom } from './keys/pooled-random.ts'
import { openRing } from './keys/ring.ts'
import { createVault } from './keys/vault.ts'

const number = '+8613800138000'
const now = 1_800_000_000_000

/** Both steps of a rotation. */
function rotated(keyring: Keyring, kind: 'root' | 'signing'): { readonly staged: Keyring; readonly next: Keyring } {
  const first = rotateKeyring({ keyring, kind, now })
  if (first.status !== 'staged') throw new Error(first.status)
  const second = rotateKeyring({ keyring: first.keyring, kind, now, hurry: true })
  if (second.status !== 'promoted') throw new Error(second.status)
  return { staged: first.keyring, next: second.keyring }
}

function retired(keyring: Keyring, kind: 'root' | 'signing', key: string): Keyring {
  const outcome = retireKey({ keyring, kind, key, now, hurry: true })
  if (outcome.status !== 'retired') throw new Error(outcome.status)
  return outcome.keyring
}

async function kidsOf(opened: ReturnType<typeof openServer>): Promise<readonly string[]> {
  return (await opened.get<{ keys: { kid: string }[] }>(routes.jwks)).body.keys.map(({ kid }) => kid)
}

const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid

describe('a signing key that is replaced', () => {
  it('is published before it signs, and the former one verifies until it is retired', async () => {
    const opened = openServer()
    const { token } = await opened.logIn()
    const { staged, next } = rotated(opened.keys, 'signing')
    const [fresh, old] = staged.signing.map(({ kid }) => kid)
    await opened.server.replaceKeys(staged)
    expect(await kidsOf(opened)).toEqual([fresh, old])
    expect(kidOf((await opened.logIn('b')).token)).toBe(old)
    await opened.server.replaceKeys(next)
    expect(await kidsOf(opened)).toEqual([fresh, old])
    const later = await opened.logIn('c')
    expect(kidOf(later.token)).toBe(fresh)
    expect((await opened.me(token)).status).toBe(200)
    await opened.server.replaceKeys(retired(next, 'signing', old ?? ''))
    expect(await kidsOf(opened)).toEqual([fresh])
    expectProblem(await opened.me(token), 401, 'token_invalid')
    expect((await opened.me(later.token)).status).toBe(200)
  })
})

describe('a root key that is replaced', () => {
  it('opens and finds what was sealed before, in either way of writing', async () => {
    const opened = openServer({ policy: { phoneConflict: 'reject' } })
    const first = await opened.logIn('first')
    const bind = (user: typeof first, phone: string) =>
      opened.phone({ code: opened.wechat.phoneCode(user.person, phone), nonce: newNonce() }, user.token)
    expect((await bind(first, number)).body).toMatchObject({ change: 'bound' })
    await opened.server.replaceKeys(rotated(opened.keys, 'root').next)
    expect((await opened.me(first.token)).body.user.phone).toMatchObject({ number })
    expect((await bind(first, number)).body).toMatchObject({ change: 'unchanged' })
    expectProblem(await bind(await opened.logIn('second'), number), 409, 'phone_taken')
    expect((await opened.rotate(first.tokens.refreshToken, newNonce())).status).toBe(200)
  })

  it('takes a one-time code that was sent before', async () => {
    const sms = createFakeSms()
    const opened = openServer({ sms: sms.provider, policy: { sms: 'on' } })
    const { token } = await opened.logIn()
    const sent = await opened.post<{ smsId: string }>(routes.sms, { number, nonce: newNonce() }, token)
    expect(sent.status).toBe(200)
    await opened.server.replaceKeys(rotated(opened.keys, 'root').next)
    const code = sms.code()
    const answer = await opened.post(routes.smsVerify, { smsId: sent.body.smsId, code, nonce: newNonce() }, token)
    expect(answer.status).toBe(200)
  })

  it('of another deployment is refused, and nothing changes', async () => {
    const opened = openServer()
    const { token } = await opened.logIn()
    await expect(opened.server.replaceKeys(generateKeyring())).rejects.toMatchObject({ code: 'keys_mismatched' })
    await expect(opened.server.replaceKeys({ ...opened.keys, signing: [] })).rejects.toThrow('"signing" must hold')
    expect((await opened.me(token)).status).toBe(200)
  })

  it('gets every row by resealing, step by step, and the former key is needed no more', async () => {
    const opened = openServer()
    const users = await race(450, index => opened.logIn(`user-${index}`))
    for (const user of users.slice(0, 3))
      await opened.phone({ code: opened.wechat.phoneCode(user.person, number), nonce: newNonce() }, user.token)
    await opened.server.apps.add({ appId: 'wx00000000000000f1', secret: 'f'.repeat(32) })
    const grant = { componentAppId: 'wx00000000000000c1', appId }
    const vaultOf = (keys: Keyring) => createVault({ ring: openRing(keys), random: createPooledRandom() })
    const sealed = vaultOf(opened.keys).sealGrant(grant, 'refreshtoken@@@1')
    await opened.store.writeGrant({ ...grant, sealed, at: opened.time.now })
    const { next } = rotated(opened.keys, 'root')
    await opened.server.replaceKeys(next)
    const { reseal } = await administer({ store: opened.store, keys: next })
    expect(await reseal.left(1)).toEqual({ users: 450, phones: 3, apps: 1, grants: 1, jobs: 0 })

    // Ended after its first step, as a kill would end it.
    const killed = reseal.run(() => Promise.reject(new Error('killed')))
    await expect(killed).rejects.toThrow('killed')
    expect(await reseal.left(1)).toMatchObject({ users: 250, apps: 0 })
    const told: number[] = []
    expect(await reseal.run(({ users }) => void told.push(users))).toEqual({ users: 250, apps: 0, grants: 0 })
    expect(told).toEqual([200, 250])
    expect(await reseal.left(1)).toEqual({ users: 0, phones: 0, apps: 0, grants: 0, jobs: 0 })
    expect(await reseal.left(2)).toEqual({ users: 450, phones: 3, apps: 1, grants: 1, jobs: 0 })
    const row = await opened.store.readGrant(grant.componentAppId, appId)
    expect(vaultOf(retired(next, 'root', '1')).openGrant(grant, row?.sealed ?? new Uint8Array())).toBe(
      'refreshtoken@@@1',
    )

    await opened.server.replaceKeys(retired(next, 'root', '1'))
    const [first] = users
    expect((await opened.me(first?.token ?? '')).body.user.phone).toMatchObject({ number })
    const code = opened.wechat.loginCode({ appId: 'wx00000000000000f1', openId: 'o' })
    const login = await opened.post(routes.login, { appId: 'wx00000000000000f1', code, nonce: newNonce() })
    expect(login.status).toBe(200)
  })

  it('may come while users log in, bind numbers and are resealed: nobody notices', async () => {
    const opened = openServer()
    await race(50, index => opened.logIn(`early-${index}`))
    const { staged, next } = rotated(opened.keys, 'root')
    const { reseal } = await administer({ store: opened.store, keys: next })
    await opened.server.replaceKeys(staged)
    const serving = race(100, async index => {
      const user = await opened.logIn(index % 2 === 0 ? `early-${index / 2}` : `late-${index}`)
      const nonce = newNonce()
      const code = opened.wechat.phoneCode(user.person, number)
      const bound = await opened.phone({ code, nonce }, user.token)
      return [bound.status, (await opened.me(user.token)).body.user.phone]
    })
    const [answers] = await Promise.all([serving, opened.server.replaceKeys(next), reseal.run()])
    for (const [status, phone] of answers) expect([status, phone]).toMatchObject([200, { number }])
    await reseal.run()
    expect(await reseal.left(1)).toEqual({ users: 0, phones: 0, apps: 0, grants: 0, jobs: 0 })
  })
})
