import { afterEach, describe, expect, test } from 'vitest'
import { pushes } from './pushes.ts'
import { app, lin, minutes, openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

describe.each(pushes)('%s', (_, world) => {
  test('whether WeChat repeats it at once, with a new signature, or after it was done', async () => {
    stage = await openStage(world)
    await stage.open(lin).tap()
    const push = () =>
      stage.emulator.control.push.send(app.appId, {
        event: 'user_authorization_revoke',
        personId: lin.id,
        revokeInfo: '8',
      })
    // Within one second it is one event, each time signed anew.
    const reports = await Promise.all([push(), push(), push()])
    expect(reports.every(({ accepted }) => accepted)).toBe(true)
    stage.advance(minutes(10))
    expect(await stage.server.work()).toBe(1)
    expect(await stage.server.work()).toBe(0)
    expect(await stage.store.auditAfter(0, 10)).toHaveLength(1)
    const received = stage.events.flatMap(event => (event.type === 'push-received' ? event.repeated : []))
    expect(received.sort()).toEqual([false, true, true])
  })
})

test('a copy that somebody sends does nothing, and later is refused', async () => {
  stage = await openStage({ push: {} })
  await stage.open(lin).tap()
  await stage.emulator.control.push.send(app.appId, { event: 'user_authorization_cancellation', personId: lin.id })
  const [overheard] = stage.pushed
  if (!overheard) throw new Error('nothing was pushed')
  expect((await stage.server.fetch(overheard.clone())).status).toBe(200)
  stage.advance(minutes(10))
  expect(await stage.server.work()).toBe(1)
  const later = await stage.server.fetch(overheard.clone())
  expect(later.status).toBe(403)
  expect(await later.json()).toMatchObject({ code: 'push_invalid' })
  expect(stage.events).toContainEqual(expect.objectContaining({ type: 'push-refused', reason: 'stale' }))
  stage.advance(minutes(10))
  expect(await stage.server.work()).toBe(0)
  expect(await stage.store.auditAfter(0, 10)).toHaveLength(1)
})
