import { verifyAudit } from '@weapp-auth/server'
import { afterEach, describe, expect, test } from 'vitest'
import { pushes } from './pushes.ts'
import { app, lin, minutes, openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

const cancelled = () =>
  stage.emulator.control.push.send(app.appId, { event: 'user_authorization_cancellation', personId: lin.id })

async function userIdOf(visit: { get(path: string): Promise<unknown> }): Promise<string> {
  const { user } = (await visit.get('/v1/me')) as { user: { id: string } }
  return user.id
}

describe.each(pushes)('%s', (_, world) => {
  test('the account is gone, and a log that can be verified says when and what', async () => {
    stage = await openStage(world)
    const visit = stage.open(lin)
    await visit.tap()
    const userId = await userIdOf(visit)
    expect(await cancelled()).toMatchObject({ accepted: true, attempts: 1 })
    stage.advance(minutes(10))
    expect(await stage.server.work()).toBe(1)

    expect(await stage.store.findAccount(userId)).toBeNull()
    expect(await stage.store.identitiesOf(userId)).toEqual([])
    const [line, ...more] = await stage.store.auditAfter(0, 10)
    expect(more).toEqual([])
    expect(line).toMatchObject({ actor: 'wechat', act: 'account-cancelled', subject: userId, appId: app.appId })
    expect(JSON.parse(line?.details ?? '')).toMatchObject({ accounts: 1, job: expect.any(String) })
    expect(JSON.stringify(line)).not.toContain('13800138000')
    const anchor = stage.events.flatMap(event => (event.type === 'audit-anchor' ? event : []))[0]
    expect(await verifyAudit(stage.store, anchor)).toEqual({ status: 'intact', head: { seq: 1, hash: line?.hash } })
  })
})

test('a user who logs in long after it happened keeps the account: that openid is in use', async () => {
  stage = await openStage({ push: {} })
  const visit = stage.open(lin)
  const userId = await userIdOf(visit)
  await cancelled()
  stage.advance(minutes(6))
  await visit.auth.logout()
  await visit.auth.login()
  expect(await userIdOf(visit)).toBe(userId)
  stage.advance(minutes(4))
  expect(await stage.server.work()).toBe(1)
  expect(await stage.store.findAccount(userId)).not.toBeNull()
  expect(await stage.store.auditAfter(0, 10)).toMatchObject([{ act: 'account-cancelled', subject: userId }])
})
