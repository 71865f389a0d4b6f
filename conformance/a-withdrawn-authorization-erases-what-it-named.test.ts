import { createProfile } from '@weapp-auth/client/profile'
import { afterEach, describe, expect, test } from 'vitest'
import { pushes } from './pushes.ts'
import { app, kwan, lin, minutes, openStage, type Stage } from './stage.ts'

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

let stage: Stage
afterEach(() => stage.close())

/** A person who has a phone, a nickname and an avatar here. */
async function told() {
  const visit = stage.open(lin)
  await visit.tap()
  const profile = createProfile({ auth: visit.auth })
  await profile.nickname('小林')
  visit.phone.decideDialog('avatar', { decision: 'allow', avatarUrl: visit.phone.files.add(png, 'png') })
  await profile.chooseAvatar((await visit.phone.tap('chooseAvatar'))[0])
  return visit
}

const revoked = (revokeInfo: string) =>
  stage.emulator.control.push.send(app.appId, { event: 'user_authorization_revoke', personId: lin.id, revokeInfo })

describe.each(pushes)('%s', (_, world) => {
  test('the phone goes, the profile and everybody else stay', async () => {
    stage = await openStage(world)
    const visit = await told()
    await stage.open(kwan).tap()
    expect(await revoked('8')).toMatchObject({ accepted: true, attempts: 1 })
    expect(await stage.server.work()).toBe(0)
    stage.advance(minutes(10))
    expect(await stage.server.work()).toBe(1)

    expect(await visit.get('/v1/me')).toMatchObject({
      user: { phone: null, profile: { nickname: '小林', avatarUrl: expect.any(String) } },
    })
    expect(await visit.get('/v1/me/phones')).toEqual({ phones: [], next: null })
    expect(await stage.open(kwan).get('/v1/me')).toMatchObject({ user: { phone: { verifiedAt: expect.any(String) } } })
    const [line] = await stage.store.auditAfter(0, 10)
    expect(line).toMatchObject({ seq: 1, actor: 'wechat', act: 'authorization-revoked', appId: app.appId })
    expect(JSON.parse(line?.details ?? '')).toMatchObject({ revoked: ['phone'], phones: 1, avatars: 0 })
  })
})

test('each part of a profile goes by itself, and an avatar with its file', async () => {
  stage = await openStage({ push: {} })
  const visit = await told()
  await revoked('20')
  stage.advance(minutes(10))
  await stage.server.work()
  expect(await visit.get('/v1/me')).toMatchObject({ user: { profile: { nickname: '小林', avatarUrl: null } } })
  expect(stage.avatars.size).toBe(0)
  await revoked('6')
  stage.advance(minutes(10))
  await stage.server.work()
  expect(await visit.get('/v1/me')).toMatchObject({ user: { profile: { nickname: null }, phone: {} } })
})

test('a nickname that WeChat found risky is cleared, as far as it is known whose it is', async () => {
  stage = await openStage({ push: {} })
  const visit = await told()
  const modified = { event: 'user_info_modified', personId: lin.id } as const
  expect(await stage.emulator.control.push.send(app.appId, { ...modified, withoutOpenId: true })).toMatchObject({
    accepted: true,
  })
  await stage.emulator.control.push.send(app.appId, modified)
  stage.advance(minutes(10))
  expect(await stage.server.work()).toBe(1)
  expect(await visit.get('/v1/me')).toMatchObject({ user: { profile: { nickname: null, avatarUrl: null }, phone: {} } })
})

test('a phone that is given again after the withdrawal stays', async () => {
  stage = await openStage({ push: {} })
  const visit = await told()
  await revoked('8')
  stage.advance(minutes(1))
  expect(await visit.tap({ decision: 'allow', phone: 1 })).toMatchObject({ status: 'replaced' })
  stage.advance(minutes(9))
  expect(await stage.server.work()).toBe(1)
  expect(await visit.get('/v1/me/phones')).toMatchObject({ phones: [{ replacedAt: null }] })
})

test('the URL is verified when it is saved at WeChat', async () => {
  for (const [, world] of pushes) {
    stage = await openStage(world)
    expect(await stage.emulator.control.push.verifyUrl(app.appId)).toMatchObject({ accepted: true })
    await stage.close()
  }
})
