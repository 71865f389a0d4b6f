import { afterEach, describe, expect, test } from 'vitest'
import { app, lin, openStage, type Stage, worlds } from './stage.ts'

let stage: Stage
afterEach(() => stage.close())

describe.each(worlds)('%s', (_, world) => {
  test('sixty-four first logins at once make one user and sixty-four sessions', async () => {
    stage = await openStage(world)
    const codes = await Promise.all(
      Array.from({ length: 64 }, () =>
        stage.emulator
          .wx(lin.id, app.appId)
          .wx.login()
          .then(({ code }) => code),
      ),
    )
    const answers = await Promise.all(
      codes.map(code => stage.post('/v1/login', { appId: app.appId, code, nonce: code.padEnd(32, '0').slice(0, 32) })),
    )
    const bodies = answers.map(({ body }) => body as { created: boolean; user: { id: string }; loginId: string })
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 64 }, () => 200))
    expect(new Set(bodies.map(({ user }) => user.id)).size).toBe(1)
    expect(bodies.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(bodies.map(({ loginId }) => loginId)).size).toBe(64)
  })

  test('two phones of one person share the account', async () => {
    stage = await openStage(world)
    const [one, two] = [stage.open(lin), stage.open(lin, { storage: new Map() })]
    await Promise.all([one.auth.ready(), two.auth.ready()])
    expect(one.auth.user()?.id).toBe(two.auth.user()?.id)
  })

  test('apps of one open-platform account share the user by unionid', async () => {
    const bound = { ...app, openAccount: 'corner' }
    const other = { appId: 'wx00000000000000b2', secret: 'f'.repeat(32), name: 'Other', openAccount: 'corner' }
    stage = await openStage({ ...world, apps: [bound, other] })
    const userIn = async (appId: string) => {
      const { code } = await stage.emulator.wx(lin.id, appId).wx.login()
      const { body } = await stage.post('/v1/login', { appId, code, nonce: `${appId}-${'n'.repeat(16)}` })
      return (body as { user: { id: string } }).user.id
    }
    expect(await userIn(bound.appId)).toBe(await userIn(other.appId))
  })
})
