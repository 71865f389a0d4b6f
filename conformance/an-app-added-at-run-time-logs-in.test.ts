import { administer, generateKeyring } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { expect, test } from 'vitest'
import { app, lin, openStage, worlds } from './stage.ts'

const tea = { appId: 'wx00000000000000a2', secret: 'fedcba9876543210fedcba9876543210', name: 'Tea House' }

test.each(worlds)('an app added at run time logs in, %s', async (_, world) => {
  const keys = generateKeyring()
  const store = createMemoryStore()
  const stage = await openStage({ ...world, apps: [app, tea], served: [app], store, keys })
  try {
    const codeOf = async () => {
      const { code } = (await stage.emulator.wx(lin.id, tea.appId).wx.login()) as { code: string }
      return code
    }
    const logIn = async () =>
      stage.post('/v1/login', {
        appId: tea.appId,
        code: await codeOf(),
        nonce: crypto.randomUUID(),
      })
    expect(await logIn()).toMatchObject({ status: 400, body: { code: 'app_unknown' } })

    // From another process: nobody told this server.
    const operator = await administer({ store, keys, clock: { now: stage.emulator.control.clock.now } })
    await operator.apps.add({ ...tea, secret: '0'.repeat(32) })
    stage.advance(2000)
    expect(await logIn()).toMatchObject({ status: 503, body: { code: 'app_misconfigured' } })
    await operator.apps.change(tea.appId, { secret: tea.secret })
    stage.advance(2000)
    const first = await logIn()
    expect(first).toMatchObject({ status: 200, body: { created: true } })

    await operator.apps.remove(tea.appId)
    stage.advance(2000)
    expect(await logIn()).toMatchObject({ status: 400, body: { code: 'app_unknown' } })
    await operator.apps.add(tea)
    stage.advance(2000)
    expect(await logIn()).toMatchObject({ status: 200, body: { created: false } })
    for (const seen of [...stage.answers, JSON.stringify(stage.events)]) expect(seen).not.toContain(tea.secret)
  } finally {
    await stage.close()
  }
})
