import { createServer, generateKeyring } from '@weapp-auth/server'
import { createMetrics } from '@weapp-auth/server/metrics'
import { createWechat } from '@weapp-auth/wechat'
import { expect, test } from 'vitest'
import { app, lin, minutes, openStage, type Stage, type StageOptions, worlds } from './stage.ts'

/** A company that runs the mini programs of shops: the server has its secret, and none of the shops'. */
const component = {
  appId: 'wx00000000000000d1',
  secret: 'd1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1',
  push: { token: 'OnlyForTheStories', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' },
}

const openPlatformStage = (world: StageOptions) =>
  openStage({ ...world, component, unverified: { authorizerRefreshToken: 'new' } })

/** WeChat pushes every ten minutes. */
async function awaitTicket(stage: Stage) {
  const isTicket = (event: Stage['events'][number]) =>
    event.type === 'push-received' && event.event === 'component-ticket'
  const before = stage.events.filter(isTicket).length
  stage.advance(minutes(10))
  await expect.poll(() => stage.events.filter(isTicket).length).toBe(before + 1)
}

async function authorize(stage: Stage) {
  const { components } = stage.emulator.control
  expect(await components.authorize(component.appId, app.appId)).toMatchObject({ accepted: true })
  expect(await stage.server.work()).toBe(1)
}

async function logIn(stage: Stage) {
  const { code } = (await stage.emulator.wx(lin.id, app.appId).wx.login()) as { code: string }
  return stage.post('/v1/login', { appId: app.appId, code, nonce: crypto.randomUUID() })
}

const unauthorized = {
  status: 503,
  body: {
    code: 'app_unauthorized',
    message: { zh: '小程序没有授权给第三方平台，或已取消授权。' },
    fix: { en: 'Let the administrator of the mini program authorize the platform again.' },
  },
}

test.each(worlds)('a merchant authorizes the platform, withdraws, and authorizes again, %s', async (_, world) => {
  const metrics = createMetrics()
  const stage = await openPlatformStage({ ...world, observeUpstream: metrics.upstream })
  const { components } = stage.emulator.control
  try {
    expect(await logIn(stage)).toMatchObject({ status: 503, body: { code: 'app_misconfigured' } })
    await awaitTicket(stage)
    expect(await logIn(stage)).toMatchObject(unauthorized)

    await authorize(stage)
    const visit = stage.open(lin)
    expect(await visit.tap()).toMatchObject({ status: 'bound' })
    expect(await visit.get('/v1/me/phones')).toMatchObject({ phones: [{ number: '+8613800138000' }] })

    await components.revoke(component.appId, app.appId)
    expect(await logIn(stage)).toMatchObject(unauthorized)
    expect(await visit.tap()).toMatchObject({ status: 'failed' })

    stage.advance(minutes(1))
    await authorize(stage)
    expect(await logIn(stage)).toMatchObject({ status: 200 })
    expect(await stage.open(lin).tap()).toMatchObject({ status: 'unchanged' })

    // Both tokens and the ticket run out, and the refresh token has changed by then.
    for (let hour = 0; hour < 13; hour += 1) await awaitTicket(stage)
    stage.advance(minutes(121))
    expect(await stage.open(lin).tap()).toMatchObject({ status: 'unchanged' })

    const { text } = await metrics.read()
    expect(text).toContain(`weapp_auth_wechat_tokens_total{app="${component.appId}"} 2`)
    expect(text).toMatch(new RegExp(`weapp_auth_wechat_tokens_total\\{app="${app.appId}"\\} [2-4]\n`))
    const hidden = [component.secret, component.push.token, 'ticket@@@', 'refreshtoken@@@', 'queryauthcode@@@']
    for (const seen of [...stage.answers, JSON.stringify(stage.events), text])
      for (const secret of hidden) expect(seen).not.toContain(secret)
  } finally {
    await stage.close()
  }
})

test('what users take back at WeChat comes to the platform, and is erased', async () => {
  const stage = await openPlatformStage({})
  try {
    await awaitTicket(stage)
    await authorize(stage)
    const visit = stage.open(lin)
    expect(await visit.tap()).toMatchObject({ status: 'bound' })
    stage.advance(minutes(1))
    const revoked = { event: 'user_authorization_revoke', personId: lin.id, revokeInfo: '8' } as const
    expect(await stage.emulator.control.push.send(app.appId, revoked)).toMatchObject({ accepted: true })
    stage.advance(minutes(11))
    await stage.server.work()
    expect(await visit.get('/v1/me/phones')).toEqual({ phones: [], next: null })
  } finally {
    await stage.close()
  }
})

test('an instance that was told nothing knows what the other was told', async () => {
  const keys = generateKeyring()
  const stage = await openStage({ component, keys })
  const { emulator, store } = stage
  const wechat = createWechat({ apps: [], clock: emulator.control.clock, fetch: emulator.fetch })
  const beside = createServer({
    apps: [{ appId: app.appId, component: component.appId }],
    components: [component],
    issuer: 'https://auth.example.com',
    clock: emulator.control.clock,
    ...{ store, keys, wechat },
  })
  try {
    await awaitTicket(stage)
    await authorize(stage)
    expect(await wechat.accessToken(app.appId)).toMatch(/^85_/)
  } finally {
    await beside.close()
    await wechat.close()
    await stage.close()
  }
})

test('an event that comes late or twice changes nothing, and what was withdrawn is destroyed', async () => {
  const stage = await openPlatformStage({})
  const granted = () => stage.store.readGrant(component.appId, app.appId)
  try {
    await awaitTicket(stage)
    await authorize(stage)
    const authorized = stage.pushed.at(-1)
    stage.advance(minutes(1))
    await stage.emulator.control.components.revoke(component.appId, app.appId)
    const revoked = stage.pushed.at(-1)
    const after = await granted()
    expect(after).toMatchObject({ sealed: null })
    for (const event of [authorized, revoked])
      expect(event && (await stage.server.fetch(event.clone())).status).toBe(200)
    expect(await stage.server.work()).toBe(0)
    expect(await granted()).toEqual(after)
    const repeated = stage.events.filter(event => event.type === 'push-received' && event.repeated)
    expect(repeated).toHaveLength(2)
  } finally {
    await stage.close()
  }
})

test('a push that is forged, stale, or for another platform is refused', async () => {
  const stage = await openPlatformStage({})
  const send = async (change: (url: URL) => void) => {
    const [genuine] = stage.pushed
    if (!genuine) throw new Error('nothing was pushed')
    const url = new URL(genuine.url)
    change(url)
    const body = await genuine.clone().text()
    return stage.server.fetch(new Request(url, { method: 'POST', body }))
  }
  try {
    await awaitTicket(stage)
    const forge = (url: URL) => url.searchParams.set('msg_signature', '0'.repeat(40))
    expect((await send(forge)).status).toBe(403)
    const other = (url: URL) => {
      url.pathname = url.pathname.replace(component.appId, app.appId)
    }
    expect(await (await send(other)).json()).toMatchObject({ code: 'app_unknown', field: 'componentAppId' })
    stage.advance(minutes(6))
    expect((await send(() => {})).status).toBe(403)
    const reasons = stage.events.flatMap(event => (event.type === 'push-refused' ? [event.reason] : []))
    expect(reasons).toEqual(['signature', 'stale'])
  } finally {
    await stage.close()
  }
})
