import { type LoginAnswer, routes } from '@weapp-auth/protocol/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { goesOn, nameOf } from './go-through.ts'
import { openWorld, type World } from './open-world.ts'
import { bakery, lin, loginCode, mo, newNonce, shop, visit } from './people.ts'
import { ask, expectDiscreet, expectWellFormed, type SiteAnswer } from './site.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

async function logIn(app = shop): Promise<SiteAnswer> {
  const body = { appId: app.appId, code: await loginCode(world, lin, app), nonce: newNonce() }
  const answer = await ask(world, routes.login, { body })
  expectWellFormed(answer)
  return answer
}

/** WeChat does not answer for the shop, until five calls in a row have waited in vain. */
async function openCircuit(): Promise<void> {
  const ofShop = ({ query }: { readonly query: URLSearchParams }) => query.get('appid') === shop.appId
  await world.wire.breakWith('lost-request', { hit: ofShop })
  for (let attempts = 0; world.breaker.length === 0; attempts += 1) {
    expect(attempts).toBeLessThan(5)
    expect(nameOf(await logIn())).toBe('503 upstream_unavailable')
  }
}

test('opens after five calls in a row without an answer, and tells it', async () => {
  await openCircuit()
  expect(world.upstream.map(({ outcome }) => outcome)).toEqual(Array(5).fill('lost'))
  expect(world.breaker).toEqual([{ appId: shop.appId, state: 'open' }])
  expect(world.lines.filter(line => line.includes('wechat-breaker'))).toHaveLength(1)
  expectDiscreet(world)
})

test('while it is open, answers at once, says when to come back, and asks nobody', async () => {
  await openCircuit()
  const [passed, at] = [world.wire.passed.length, world.timer.now()]
  for (let count = 0; count < 10; count += 1) {
    const answer = await logIn()
    expect(nameOf(answer)).toBe('503 upstream_unavailable')
    expect(answer.headers.get('retry-after')).toBe('5')
  }
  expect(world.wire.passed.length).toBe(passed)
  expect(world.timer.now()).toBe(at)
})

test('takes nothing from other apps, nor from sessions that are open', async () => {
  const bystander = await visit(world, mo)
  await openCircuit()
  const answer = await logIn(bakery)
  expect(answer.status).toBe(200)
  const { tokens } = answer.body as unknown as LoginAnswer
  expect((await ask(world, routes.me, { token: tokens.accessToken })).status).toBe(200)
  await goesOn(world, bystander)
})

test('lets one attempt find out after five seconds; without an answer it opens again', async () => {
  await openCircuit()
  // The pause before the repetition that was not made counts too.
  world.timer.pass(4800)
  const passed = () => world.wire.passed.length
  const before = passed()
  await logIn()
  expect(passed()).toBe(before)
  world.timer.pass(200)
  const answers = await Promise.all([logIn(), logIn(), logIn()])
  expect(answers.map(nameOf)).toEqual(Array(3).fill('503 upstream_unavailable'))
  expect(passed()).toBe(before + 1)
  expect(world.breaker.map(({ state }) => state)).toEqual(['open', 'open'])
})

test('closes when WeChat answers again, also with a refusal, without a restart', async () => {
  await openCircuit()
  await world.wire.breakWith(null)
  world.timer.pass(5000)
  const body = { appId: shop.appId, code: 'never-issued', nonce: newNonce() }
  expect(nameOf(await ask(world, routes.login, { body }))).toBe('401 code_invalid')
  expect(world.breaker.map(({ state }) => state)).toEqual(['open', 'closed'])
  expect((await logIn()).status).toBe(200)
})

test('errcodes are answers: any number of them opens nothing', async () => {
  world.emulator.control.faults.next({ api: 'code2Session', fault: { errcode: 45011 }, times: 20 })
  for (let count = 0; count < 20; count += 1) expect(nameOf(await logIn())).toBe('503 upstream_limited')
  expect(world.breaker).toEqual([])
  expect((await logIn()).status).toBe(200)
})
