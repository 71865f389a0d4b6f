import { type MeAnswer, routes } from '@weapp-auth/protocol/contract'
import { expect, test, vi } from 'vitest'
import { appId, newNonce, openServer, otherAppId } from '../../test/open-server.ts'
import { administer, type ImportedUser, type ImportUsersQuery } from '../index.ts'

// The first test of a file loads the whole server; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 })

const year = 365 * 24 * 3_600_000
const number = '+8613800138000'

async function open(how: Partial<ImportUsersQuery> = {}) {
  const opened = openServer()
  const { store, keys, time } = opened
  const { importUsers } = await administer({ store, keys, clock: { now: () => time.now } })
  const start = time.now
  const lin: ImportedUser = {
    openId: 'openid-of-lin',
    unionId: null,
    createdAt: start - year,
    phone: { number, countryCode: '86', source: 'open-data', verifiedAt: start - year },
    nickname: '小林',
  }
  const bring = (users: readonly ImportedUser[], app = appId) =>
    importUsers({ appId: app, appIds: [appId, otherAppId], phoneConflict: 'keep-both', ...how, users })
  const read = async (token: string) => (await opened.get<MeAnswer>(routes.me, token)).body.user
  return { ...opened, lin, bring, read, start }
}

test('somebody who comes from elsewhere logs in as who they were, with number and name', async () => {
  const { lin, bring, logIn, read, start, store } = await open()
  const [outcome] = await bring([lin])
  expect(outcome).toMatchObject({ status: 'created', phone: 'bound' })
  const login = await logIn(lin.openId)
  expect(login.user.id).toBe(outcome?.userId)
  expect(await read(login.token)).toMatchObject({
    phone: { number, source: 'open-data', verifiedAt: new Date(start - year).toISOString() },
    profile: { nickname: '小林' },
    createdAt: new Date(start - year).toISOString(),
  })
  const lines = await store.auditBefore({ before: null, subject: null, limit: 10 })
  expect(lines.find(({ act }) => act === 'users-imported')).toMatchObject({
    appId,
    details: JSON.stringify({ created: 1, phones: 1, users: 1 }),
  })
})

test('brought again they are known, and nothing that is here is replaced', async () => {
  const { lin, bring, logIn, phone, wechat, read, post } = await open()
  const [first] = await bring([lin])
  const login = await logIn(lin.openId)
  const code = wechat.phoneCode(login.person, '+8613900139000')
  expect((await phone({ code, loginId: login.loginId, nonce: newNonce() }, login.token)).status).toBe(200)
  await post(routes.profile, { nickname: '林' }, login.token)
  expect(await bring([lin])).toEqual([{ userId: first?.userId, status: 'known', phone: 'kept' }])
  expect(await read(login.token)).toMatchObject({
    phone: { number: '+8613900139000' },
    profile: { nickname: '林' },
  })
})

test('what is missing of somebody who is here is added', async () => {
  const { lin, bring, logIn, read } = await open()
  const login = await logIn(lin.openId)
  expect(await bring([lin])).toEqual([{ userId: login.user.id, status: 'known', phone: 'bound' }])
  expect(await read(login.token)).toMatchObject({ phone: { number }, profile: { nickname: '小林' } })
})

test('the name that WeChat gives to everybody is none', async () => {
  const { lin, bring, logIn, read } = await open()
  await bring([{ ...lin, nickname: ' 微信用户 ' }])
  expect(await read((await logIn(lin.openId)).token)).toMatchObject({ profile: { nickname: null } })
})

test('one person in two mini programs is one user by the unionid, also within one file', async () => {
  const { lin, bring } = await open()
  const union = { ...lin, unionId: 'union-of-lin' }
  const again = { ...union, openId: 'openid-of-lin-2', phone: null }
  const [first, second] = await bring([union, again])
  expect(second).toEqual({ userId: first?.userId, status: 'joined', phone: null })
  expect(await bring([{ ...again, openId: 'there' }], otherAppId)).toEqual([
    { userId: first?.userId, status: 'joined', phone: null },
  ])
})

test('of two lines with one openid the first one counts', async () => {
  const { lin, bring, logIn, read } = await open()
  const other = { ...lin, phone: lin.phone && { ...lin.phone, number: '+8613900139000' } }
  expect(await bring([lin, other])).toMatchObject([
    { status: 'created', phone: 'bound' },
    { status: 'known', phone: 'kept' },
  ])
  expect(await read((await logIn(lin.openId)).token)).toMatchObject({ phone: { number } })
})

test.each([
  ['keep-both', 'bound'],
  ['reject', 'taken'],
] as const)('a number that somebody else has: %s', async (phoneConflict, phone) => {
  const { lin, bring } = await open({ phoneConflict })
  await bring([lin])
  expect(await bring([{ ...lin, openId: 'openid-of-chen' }], otherAppId)).toMatchObject([{ status: 'created', phone }])
})

test('a number whose consent was withdrawn here stays away', async () => {
  const { lin, bring, logIn, send } = await open()
  const { token } = await logIn(lin.openId)
  const headers = { authorization: `Bearer ${token}` }
  expect((await send(routes.consent.replace('{scope}', 'phone'), { method: 'DELETE', headers })).status).toBe(200)
  expect(await bring([lin])).toMatchObject([{ status: 'known', phone: 'withdrawn' }])
})

test('imports beside first logins make one user of each', async () => {
  const { lin, bring, logIn } = await open()
  const people = Array.from({ length: 150 }, (_, n) => ({ ...lin, openId: `openid-of-${n}`, phone: null }))
  const logins = Promise.all(people.map(({ openId }) => logIn(openId)))
  const outcomes = await bring(people)
  expect((await logins).map(({ user }) => user.id)).toEqual(outcomes.map(({ userId }) => userId))
})
