import { createProfile } from '@weapp-auth/client/profile'
import type { ExportAnswer } from '@weapp-auth/protocol/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { app, kwan, lin, openStage, type Stage, worlds } from './stage.ts'

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const nonce = 'n'.repeat(24)

let stage: Stage
afterEach(() => stage.close())

/** A person who has told everything there is to tell. */
async function told() {
  const visit = stage.open(lin)
  await visit.tap()
  const profile = createProfile({ auth: visit.auth })
  await profile.nickname('小林')
  visit.phone.decideDialog('avatar', { decision: 'allow', avatarUrl: visit.phone.files.add(png, 'png') })
  await profile.chooseAvatar((await visit.phone.tap('chooseAvatar'))[0])
  const consent = { scope: 'phone', version: '2026-11', nonce }
  await visit.auth.request({ url: '/v1/consents', method: 'POST', body: consent })
  return visit
}

describe.each(worlds)('%s', (_, world) => {
  beforeEach(async () => {
    stage = await openStage(world)
  })

  test('the export holds what was told, with the number in plain, and nothing of anybody else', async () => {
    await stage.open(kwan).tap()
    const visit = await told()
    const data = (await visit.get('/v1/me/export')) as ExportAnswer
    expect(data).toMatchObject({
      user: { profile: { nickname: '小林' }, phone: { number: '+8613800138000' } },
      identities: [{ appId: app.appId }],
      phones: [{ number: '+8613800138000' }],
      consents: [{ scope: 'phone', status: 'given', version: '2026-11' }],
      sessions: [{ appId: app.appId, endedAt: null }],
    })
    expect(JSON.stringify(data)).not.toContain('51234567')
  })

  test('after erasing, the same person is a new user of whom nothing is known', async () => {
    const visit = await told()
    const before = (await visit.get('/v1/me')) as { user: { id: string } }
    const erased = await visit.auth.request({ url: `/v1/me?nonce=${nonce}`, method: 'DELETE' })
    expect(erased).toMatchObject({ status: 'answered', response: { status: 200 } })
    expect(stage.avatars.size).toBe(0)
    expect(await stage.store.findAccount(before.user.id)).toBeNull()
    expect(await stage.store.phonesOf(before.user.id)).toEqual([])

    const after = (await stage.open(lin).get('/v1/me')) as { user: { id: string } }
    expect(after).toMatchObject({ user: { phone: null, profile: { nickname: null, avatarUrl: null } } })
    expect(after.user.id).not.toBe(before.user.id)
  })

  test('withdrawing the consent to the phone erases the number and its history', async () => {
    const visit = await told()
    const answer = await visit.auth.request({ url: '/v1/consents/phone', method: 'DELETE' })
    expect(answer).toMatchObject({ response: { body: { consent: { status: 'withdrawn', version: '2026-11' } } } })
    expect(await visit.get('/v1/me/phones')).toEqual({ phones: [], next: null })
    expect(await visit.get('/v1/me')).toMatchObject({ user: { phone: null, profile: { nickname: '小林' } } })
  })
})
