import { decryptPush, parsePushBody, pushSignature } from '@weapp-auth/protocol/wechat'
import { expect, test } from 'vitest'
import { createWorld, LIN, START, TEA } from '../../test/world.ts'
import { createEmulator } from '../index.ts'

const push = {
  url: 'https://platform.example/events',
  token: 'AAAAA',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
}
const component = { appId: 'wxcccccccccccccc01', name: '服务商', secret: '0d'.repeat(16), push }
const minutes = (count: number) => count * 60_000

/** A third-party platform that opens what it is told, as long as it is genuine. */
function createPlatformWorld() {
  const told: Record<string, string>[] = []
  const world = createWorld({
    unverified: { authorizerRefreshToken: 'new' },
    async deliver(request) {
      const query = new URL(request.url).searchParams
      const outer = parsePushBody(await request.text())
      const encrypt = outer?.get('encrypt') ?? ''
      const stamp = { timestamp: query.get('timestamp') ?? '', nonce: query.get('nonce') ?? '' }
      expect(query.get('msg_signature')).toBe(pushSignature({ ...stamp, token: push.token, encrypt }))
      expect([outer?.get('appid'), query.has('openid')]).toEqual([component.appId, false])
      const message = decryptPush({ encodingAesKey: push.encodingAesKey, appId: component.appId, encrypt })
      told.push(Object.fromEntries(parsePushBody(message) ?? []))
      return new Response('success')
    },
  })
  world.control.components.put(component)
  const { components } = world.control
  const call = async (path: string, body: Record<string, unknown>, token = '') =>
    world.post(`/cgi-bin/component/${path}?access_token=${token}`, { component_appid: component.appId, ...body })
  const kinds = () => told.map(({ infotype }) => infotype)
  return { ...world, told, components, call, kinds, last: () => told.at(-1) ?? {} }
}

test('a ticket comes every ten minutes by the clock, and brings the token of the platform', async () => {
  const { control, told, call, last } = createPlatformWorld()
  for (let push = 0; push < 3; push += 1) {
    control.clock.advance(minutes(10))
    await expect.poll(() => told.length).toBe(push + 1)
  }
  expect(last()).toEqual({
    appid: component.appId,
    createtime: String((START + minutes(30)) / 1000),
    infotype: 'component_verify_ticket',
    componentverifyticket: expect.stringMatching(/^ticket@@@[\w-]{86}$/),
  })
  const body = { component_appsecret: component.secret, component_verify_ticket: told[0]?.componentverifyticket }
  expect(await call('api_component_token', body)).toMatchObject({ expires_in: 7200 })
})

test('a merchant authorizes, changes what it gives, and takes it back; the platform is told each time', async () => {
  const { components, call, kinds, last, control } = createPlatformWorld()
  const token = components.token(component.appId)
  expect(await components.authorize(component.appId, TEA.appId, [18, 25])).toMatchObject({ accepted: true })
  const { authorizationcode: code, authorizerappid, authorizationcodeexpiredtime: until } = last()
  expect([authorizerappid, until]).toEqual([TEA.appId, String(START / 1000 + 600)])
  const { authorization_info: info } = await call('api_query_auth', { authorization_code: code }, token)
  expect(info).toMatchObject({
    authorizer_appid: TEA.appId,
    expires_in: 7200,
    func_info: [{ funcscope_category: { id: 18 } }, { funcscope_category: { id: 25 } }],
  })
  expect(await call('api_query_auth', { authorization_code: code }, token)).toMatchObject({ errcode: 61009 })

  const { authorizer_refresh_token: refresh } = info as Record<string, string>
  const renew = (refreshToken: unknown) =>
    call('api_authorizer_token', { authorizer_appid: TEA.appId, authorizer_refresh_token: refreshToken }, token)
  const { authorizer_refresh_token: next } = await renew(refresh)
  expect(await renew(refresh)).toMatchObject({ errcode: 61023 })
  expect(await renew(next)).toMatchObject({ expires_in: 7200 })

  await components.authorize(component.appId, TEA.appId)
  expect(await renew(next)).toMatchObject({ errcode: 61023 })
  await components.revoke(component.appId, TEA.appId)
  expect(kinds()).toEqual(['authorized', 'updateauthorized', 'unauthorized'])
  expect([last().authorizationcode, (await renew(next)).errcode]).toEqual([undefined, 61003])
  const journal = JSON.stringify(control.journal.entries())
  for (const secret of [code, refresh, next, component.secret, push.token])
    expect(journal).not.toContain(String(secret))
})

test('a platform without a URL is told nothing, and one that was restored gets its tickets', async () => {
  const { control, delivered } = createWorld()
  const { push: _, ...silent } = component
  control.components.put(silent)
  expect(await control.components.authorize(component.appId, TEA.appId)).toBeNull()
  expect(await control.components.pushTicket(component.appId)).toBeNull()
  control.components.put(component)
  const snapshot = control.snapshot()
  const bodies: string[] = []
  const other = createEmulator({
    apps: [TEA],
    people: [LIN],
    clock: { now: () => START },
    async deliver(request) {
      bodies.push(await request.text())
      return new Response('success')
    },
  })
  other.control.restore(snapshot)
  other.control.clock.advance(minutes(10))
  await expect.poll(() => bodies.length).toBe(1)
  expect(delivered).toEqual([])
})

test.each([
  [{ secret: 'short' }, 'secret'],
  [{ push: { ...push, url: 'https://platform.example/$APPID$' } }, 'push.url'],
  [{ push: { ...push, token: '' } }, 'push.token'],
  [{ push: { ...push, encodingAesKey: 'short' } }, 'push.encodingAesKey'],
  [{ ipAllowList: ['everywhere'] }, 'ipAllowList[0]'],
])('a platform with %j is refused by the name of the field', (wrong, field) => {
  const { control } = createWorld()
  expect(() => control.components.put({ ...component, ...wrong })).toThrow(`"${field}"`)
})
