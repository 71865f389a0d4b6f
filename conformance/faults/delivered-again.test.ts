import { adminRoutes, routes } from '@weapp-auth/protocol/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Flow, flows, readUser } from './flows.ts'
import { asUsual, nameOf } from './go-through.ts'
import { inWorld } from './in-world.ts'
import { openWorld, type World } from './open-world.ts'
import { lin, loginCode, newNonce, openIdOf, tap, visit } from './people.ts'
import { ask, askFor, expectDiscreet, type SiteAnswer } from './site.ts'

/** What must be the same in every answer to one request; access tokens may be signed anew. */
const sameness: Readonly<Record<Flow['id'], (body: Readonly<Record<string, unknown>>) => unknown>> = {
  login: ({ user, loginId, created }) => ({ user, loginId, created }),
  'phone-code': body => body,
  'phone-data': body => body,
  refresh: ({ tokens }) => (tokens as { readonly refreshToken: string }).refreshToken,
  'revoke-event': body => body,
  'admin-erase': body => body,
}

const five = <T>(make: () => Promise<T>) => Promise.all(Array.from({ length: 5 }, make))

function expectSame(flow: Flow, answers: readonly SiteAnswer[]): void {
  expect(answers.map(nameOf)).toEqual(answers.map(() => '200'))
  const [first, ...copies] = answers.map(({ body }) => sameness[flow.id](body))
  for (const copy of copies) expect(copy).toEqual(first)
}

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test('F21: the same request again, five times', () =>
    inWorld(flow, {
      promised: asUsual,
      async during({ upstream }, answer, attempt) {
        const before = upstream.filter(({ api }) => api === 'phoneByCode').length
        for (let count = 0; count < 5; count += 1) expectSame(flow, [answer, await attempt.send()])
        expect(upstream.filter(({ api }) => api === 'phoneByCode').length).toBe(before)
      },
    }))

  test('F21: the same request five times at once', async () => {
    const world = await openWorld()
    try {
      const attempt = await flow.begin(world)
      expectSame(flow, await five(() => attempt.send()))
      expect(await attempt.effect()).toBe('done')
      expect(await world.looseEnds()).toEqual([])
      expectDiscreet(world)
    } finally {
      await world.close()
    }
  })
})

describe('what arrives in another order', { timeout: 60_000 }, () => {
  let world: World
  beforeEach(async () => {
    world = await openWorld()
  })
  afterEach(async () => {
    expect(await world.looseEnds()).toEqual([])
    expectDiscreet(world)
    await world.close()
  })

  /** WeChat tells something about Lin; the message is on its way until it is sent. */
  async function push(event: 'revoke' | 'cancel') {
    const about = { personId: lin.id } as const
    await world.emulator.control.push.send(
      world.app.appId,
      event === 'revoke'
        ? { ...about, event: 'user_authorization_revoke', revokeInfo: '8' }
        : { ...about, event: 'user_authorization_cancellation' },
    )
    const { path, body, headers } = world.courier.take()
    return async () => expect(nameOf(await ask(world, path, { body, headers }))).toBe('200')
  }

  test('F22 login: WeChat closes the account while its login is on the way; the login is over with the account', async () => {
    const { userId } = await visit(world, lin)
    const body = { appId: world.app.appId, code: await loginCode(world, lin), nonce: newNonce() }
    world.tick()
    await (await push('cancel'))()
    const { tokens } = await askFor<{ tokens: { accessToken: string } }>(world, routes.login, { body })
    await world.settle()
    expect((await readUser(world, userId)).user.status).toBe('erased')
    expect(nameOf(await ask(world, routes.me, { token: tokens.accessToken }))).toBe('401 token_invalid')
  })

  /** A number that was tapped before it was taken back, and arrives after. */
  async function lateNumber(proofOf: (tapped: Awaited<ReturnType<typeof tap>>) => object) {
    const visitor = await visit(world, lin)
    const tapped = await tap(world, visitor)
    world.tick()
    await (await push('revoke'))()
    const body = { ...proofOf(tapped), loginId: visitor.loginId, nonce: newNonce() }
    await askFor(world, routes.phone, { token: visitor.accessToken, body })
    await world.settle()
    expect(await readUser(world, visitor.userId)).toMatchObject({ user: { phone: null }, phones: [] })
  }

  test('F22 phone-code: the number is taken back while its code is on the way, and does not stay', () =>
    lateNumber(({ code }) => ({ code })))

  test('F22 phone-data: the number is taken back while its ciphertext is on the way, and does not stay', () =>
    lateNumber(({ encryptedData, iv }) => ({ encryptedData, iv })))

  test('F22 refresh: a session that was refreshed after the account was closed ends with it', async () => {
    const { refreshToken, userId } = await visit(world, lin)
    world.tick()
    const deliver = await push('cancel')
    world.tick()
    const body = { refreshToken, nonce: newNonce() }
    await askFor(world, routes.token, { body })
    await deliver()
    await world.settle()
    expect(nameOf(await ask(world, routes.token, { body }))).toBe('401 refresh_invalid')
    expect((await readUser(world, userId)).sessions).toEqual([])
  })

  test('F22 revoke-event: an older event that arrives late leaves a number that was given after it', async () => {
    const visitor = await visit(world, lin)
    const deliver = await push('revoke')
    world.advance(60_000)
    const { code } = await tap(world, visitor)
    await askFor(world, routes.phone, { token: visitor.accessToken, body: { code, nonce: newNonce() } })
    await deliver()
    await world.settle()
    expect((await readUser(world, visitor.userId)).phones).toHaveLength(1)
  })

  test('F22 admin-erase: what was on its way when an operator erased the user brings nothing back', async () => {
    const visitor = await visit(world, lin)
    const { code } = await tap(world, visitor)
    const openId = openIdOf(world, lin)
    const deliver = await push('revoke')
    const erase = { body: { reason: 'ticket 4711', nonce: newNonce() }, token: world.operatorToken }
    await askFor(world, adminRoutes.userErase.replace('{id}', visitor.userId), erase)
    const late = [
      ask(world, routes.phone, { token: visitor.accessToken, body: { code, nonce: newNonce() } }),
      ask(world, routes.token, { body: { refreshToken: visitor.refreshToken, nonce: newNonce() } }),
    ]
    expect((await Promise.all(late)).map(nameOf)).toEqual(['401 token_invalid', '401 refresh_invalid'])
    await deliver()
    await world.settle()
    expect(await readUser(world, visitor.userId)).toMatchObject({ user: { status: 'erased' }, phones: [] })
    const search = { body: { q: openId }, token: world.operatorToken }
    expect(await askFor(world, adminRoutes.userSearch, search)).toMatchObject({ users: [] })
  })
})
