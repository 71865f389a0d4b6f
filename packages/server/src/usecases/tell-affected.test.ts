import { routes } from '@weapp-auth/protocol/contract'
import { expect, test, vi } from 'vitest'
import { appId, newNonce, openServer, otherAppId } from '../../test/open-server.ts'
import { newId, registered } from '../../test/store-contract/subject.ts'
import { type AffectedErased, type AffectedQuery, type AffectedUser, administer } from '../index.ts'

const hour = 3_600_000
// The first test of a file loads the whole server; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 })

async function open() {
  const opened = openServer()
  const { store, keys, time } = opened
  const { tellAffected } = await administer({ store, keys, clock: { now: () => time.now } })
  const start = time.now
  async function affected(query: Partial<AffectedQuery> = {}) {
    const found: (AffectedUser | AffectedErased)[] = []
    for await (const page of tellAffected({ appId, from: start, to: time.now, ...query })) found.push(...page)
    return found
  }
  const ids = async (query: Partial<AffectedQuery> = {}) => (await affected(query)).map(({ user }) => user)
  /** Logs somebody in who shares a number. */
  async function join(openId: string, number: string) {
    const login = await opened.logIn(openId)
    const code = opened.wechat.phoneCode(login.person, number)
    expect((await opened.phone({ code, loginId: login.loginId, nonce: newNonce() }, login.token)).status).toBe(200)
    return login
  }
  return { ...opened, start, affected, ids, join }
}

test('everybody whose data was there is told of, with number and name masked', async () => {
  const { join, post, affected, start } = await open()
  const { user, token } = await join('openid-of-lin', '+8613800138000')
  await post(routes.profile, { nickname: '小明明' }, token)
  const [found] = await affected()
  expect(found).toEqual({
    user: user.id,
    openId: 'openid-of-lin',
    since: new Date(start).toISOString(),
    phone: { masked: '138******00', countryCode: '86', verifiedAt: new Date(start).toISOString() },
    formerPhones: 0,
    nickname: '小**',
    avatar: false,
    sessions: [{ device: 'unknown', count: 1, latestAt: new Date(start).toISOString() }],
  })
  expect(JSON.stringify(found)).not.toMatch(/13800138000|小明明/)
})

test('who came later, and who is of another mini program, is not told of', async () => {
  const { logIn, ids, start, pass } = await open()
  const early = await logIn('openid-early')
  await logIn('openid-elsewhere', { appId: otherAppId })
  pass(hour)
  await logIn('openid-late')
  expect(await ids({ to: start })).toEqual([early.user.id])
  expect(await ids()).toHaveLength(2)
})

test('who was active, on what device, whose session, and who has a number can be asked for', async () => {
  const { join, ids, store, pass, start } = await open()
  const lin = await join('openid-of-lin', '+8613800138000')
  const chen = await join('openid-of-chen', '+8613900139000')
  const [session] = await store.liveSessionsOf(lin.user.id, start, 1)
  pass(8 * 24 * hour)
  expect(await ids()).toHaveLength(2)
  expect((await ids({ active: true })).sort()).toEqual([lin.user.id, chen.user.id].sort())
  expect(await ids({ active: true, from: start + 7.5 * 24 * hour })).toEqual([])
  expect(await ids({ device: 'unknown' })).toHaveLength(2)
  expect(await ids({ device: 'ios' })).toEqual([])
  expect(await ids({ session: session?.id ?? '' })).toEqual([lin.user.id])
  expect(await ids({ session: 'none' })).toEqual([])
  expect(await ids({ phone: '+8613900139000' })).toEqual([chen.user.id])
  expect(await ids({ phone: '+8613700137000' })).toEqual([])
})

test('more users than one page holds are each told of once', async () => {
  const { store, ids, start } = await open()
  const session = { device: 'ios', idleUntil: start, absoluteUntil: start } as const
  for (let one = 0; one < 501; one += 1) await registered(store, { now: start, session: { id: newId(), ...session } })
  expect(new Set(await ids()).size).toBe(501)
})

test('who was erased since is told of by id and time, who was erased before is not', async () => {
  const { logIn, send, affected, pass, start } = await open()
  const erase = async (openId: string) => {
    const { user, token } = await logIn(openId)
    const headers = { authorization: `Bearer ${token}` }
    await send(`${routes.me}?nonce=${newNonce()}`, { method: 'DELETE', headers })
    return user.id
  }
  await erase('openid-before')
  pass(hour)
  const since = await erase('openid-since')
  const found = await affected({ from: start + hour })
  expect(found).toEqual([{ user: since, since: expect.any(String), erasedAt: new Date(start + hour).toISOString() }])
})

test('asking is written down before anything is told, without the number', async () => {
  const { join, store, keys, start } = await open()
  await join('openid-of-lin', '+8613800138000')
  const { tellAffected } = await administer({ store, keys })
  const pages = tellAffected({ appId, from: start, to: start, phone: '+8613800138000', device: 'ios' })
  await pages.next()
  const [line] = await store.auditBefore({ before: null, subject: null, limit: 1 })
  expect(line).toMatchObject({ actor: 'operator', act: 'affected-listed', appId, subject: null })
  expect(JSON.parse(line?.details ?? '')).toEqual({
    from: new Date(start).toISOString(),
    to: new Date(start).toISOString(),
    active: false,
    device: 'ios',
    session: false,
    phone: true,
  })
})
