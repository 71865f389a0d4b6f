import { routes } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import { app, openTarget } from './open-target.ts'

/*
 * A19: one address signs up 10,000 invented people, each with a phone number that WeChat charges for. What it gets is
 * what the limit of its address allows, and what it costs is the budget of the day, not one call more.
 */

const signUps = 10_000
const atOnce = 50
const budget = 100
const people = Array.from({ length: 500 }, (_, at) => ({
  id: `bot${at}`,
  name: 'Bot',
  phones: [{ number: `139${String(at).padStart(8, '0')}` }],
}))

/** Runs `act` for 0, 1, 2 …, so many at once. */
async function flood(count: number, act: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) {
      next += 1
      await act(next - 1)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

test('10,000 sign-ups from one address are as many as its limit, and no paid call is beyond the budget', async () => {
  const requests = 600
  const target = await openTarget({
    people,
    policy: { phoneBudget: budget },
    server: { trustProxy: 1, limits: { perIp: { requests, windowMs: 60_000 } } },
  })
  const bots = await Promise.all(people.map(async ({ id }) => ({ id, code: await target.codeOf(id) })))
  const taps = new Map<string, string>()
  for (const { id } of bots) taps.set(id, (await target.tap(id)).code)
  const statuses = new Map<number, number>()

  await flood(signUps, async at => {
    const bot = bots[at % bots.length]
    // The address that the proxy saw is the last one; the bot invents one in front of it each time.
    const headers = {
      'content-type': 'application/json',
      'x-forwarded-for': `198.51.${at % 250}.${at % 199}, 203.0.113.66`,
    }
    const code = at < bots.length ? bot?.code : `invented-${at}`
    const login = { appId: app.appId, code, nonce: target.nonce(), phone: { code: taps.get(bot?.id ?? '') } }
    const { status } = await target.send(routes.loginPhone, { method: 'POST', headers, body: JSON.stringify(login) })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  })

  const counted = (status: number) => statuses.get(status) ?? 0
  expect([...statuses.values()].reduce((sum, count) => sum + count)).toBe(signUps)
  expect(counted(429)).toBe(signUps - requests)
  expect(target.askedFor('jscode2session')).toBeLessThanOrEqual(requests)
  expect(target.askedFor('getuserphonenumber')).toBe(budget)
  expect(counted(200)).toBe(budget)
  expect(target.events.filter(({ type }) => type === 'user-created').length).toBeLessThanOrEqual(requests)
  const alarms = target.events.flatMap(event => (event.type === 'budget-alarm' ? [event.percent] : []))
  expect(alarms).toEqual([80, 100])

  // Nobody else waits for it.
  const other = { appId: app.appId, code: await target.codeOf('bot0'), nonce: target.nonce() }
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.67' }
  const answer = await target.send(routes.login, { method: 'POST', headers, body: JSON.stringify(other) })
  expect(answer.status).toBe(200)
}, 300_000)

test('with an address for every bot the budget of the day holds all the same', async () => {
  const target = await openTarget({ people, policy: { phoneBudget: budget }, server: { limits: { perIp: 'off' } } })
  const counts = new Map<number, number>()
  await flood(people.length, async at => {
    const id = people[at]?.id ?? ''
    const { tokens } = await target.logIn(id)
    const tap = { code: (await target.tap(id)).code, nonce: target.nonce() }
    const { status } = await target.post(routes.phone, tap, tokens.accessToken)
    counts.set(status, (counts.get(status) ?? 0) + 1)
  })
  expect(target.askedFor('getuserphonenumber')).toBe(budget)
  expect(Object.fromEntries(counts)).toEqual({ 200: budget, 503: people.length - budget })
}, 120_000)

test('a person whom WeChat calls a risk gets no account (errcode 40226)', async () => {
  const target = await openTarget({ people })
  target.emulator.control.faults.next({ api: 'code2Session', fault: { errcode: 40226 } })
  const login = { appId: app.appId, code: await target.codeOf('bot1'), nonce: target.nonce() }
  const answer = await target.post(routes.login, login)
  expect(answer).toMatchObject({ status: 403, body: { code: 'user_blocked' } })
  expect(target.events.filter(({ type }) => type === 'user-created')).toEqual([])
})
