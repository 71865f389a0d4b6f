import { describe, expect, it } from 'vitest'
import { expectProblem, newNonce, openServer, otherAppId, race } from '../../test/open-server.ts'

function openBudget(phoneBudget: number, openData: 'off' | 'enforce' = 'off') {
  const auth = openServer({ openData, policy: { phoneBudget } })
  /** Logs somebody new in, who then taps: answers a function that sends the code. */
  async function tapping(openId: string, number: string) {
    const { person, token } = await auth.logIn(openId)
    const body = { code: auth.wechat.phoneCode(person, number), nonce: newNonce() }
    return { body, token, bind: () => auth.phone(body, token) }
  }
  return { ...auth, tapping }
}

describe('the budget of paid phone numbers', () => {
  it('is never exceeded by one call, however many come at once', async () => {
    const { tapping, wechat } = openBudget(5)
    const taps = await Promise.all(Array.from({ length: 12 }, (_, index) => tapping(`user ${index}`, numberOf(index))))
    const answers = await Promise.all(taps.map(({ bind }) => bind()))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
    for (const answer of answers.filter(({ status }) => status !== 200))
      expectProblem(answer, 503, 'phone_budget_spent')
    expect(wechat.calls.phoneByCode).toBe(5)
  })

  it('is full again at midnight in Beijing, and says so', async () => {
    const { tapping, time, pass } = openBudget(1)
    time.now = Date.parse('2026-11-21T15:00:00Z')
    await (await tapping('one', numberOf(1))).bind()
    const refused = await (await tapping('two', numberOf(2))).bind()
    expect(refused.body).toMatchObject({ retry: 'later', retryAfterMs: 60 * 60_000 })
    expect(refused.headers.get('retry-after')).toBe('3600')
    pass(60 * 60_000)
    expect((await (await tapping('two', numberOf(2))).bind()).status).toBe(200)
  })

  it('counts a repeated attempt once', async () => {
    const { tapping, wechat } = openBudget(2)
    const one = await tapping('one', numberOf(1))
    await race(8, one.bind)
    await one.bind()
    expect((await (await tapping('two', numberOf(2))).bind()).status).toBe(200)
    expectProblem(await (await tapping('three', numberOf(3))).bind(), 503, 'phone_budget_spent')
    expect(wechat.calls.phoneByCode).toBe(2)
  })

  it('counts an attempt once that died with its process and is repeated in another', async () => {
    const dead = openBudget(1)
    const { body, token } = await dead.tapping('one', numberOf(1))
    dead.wechat.neverAnswer('phoneByCode')
    void dead.phone(body, token)
    while (dead.wechat.calls.phoneByCode === 0) await new Promise(setImmediate)
    const alive = openServer({ policy: { phoneBudget: 1 }, beside: dead })
    alive.pass(15_000)
    expect((await alive.phone(body, token)).status).toBe(200)
  })

  it('does not count what WeChat refused or never heard of', async () => {
    const { logIn, phone, wechat, tapping } = openBudget(1)
    const { token } = await logIn()
    expectProblem(await phone({ code: 'unknown', nonce: newNonce() }, token), 400, 'phone_code_invalid')
    wechat.failNext('phoneByCode', 'limited')
    const tap = await tapping('one', numberOf(1))
    expectProblem(await tap.bind(), 503, 'upstream_limited')
    expect((await tap.bind()).status).toBe(200)
  })

  it('counts what WeChat may have done although no answer came, and not a second time', async () => {
    const { wechat, tapping } = openBudget(1)
    wechat.failNext('phoneByCode', 'unavailable', { mayHaveHappened: true })
    const tap = await tapping('one', numberOf(1))
    expectProblem(await tap.bind(), 503, 'upstream_unavailable')
    expectProblem(await (await tapping('two', numberOf(2))).bind(), 503, 'phone_budget_spent')
    expect((await tap.bind()).status).toBe(200)
  })

  it('spent leaves the ciphertext of the same tap, which costs nothing', async () => {
    const { logIn, phone, wechat } = openBudget(0, 'enforce')
    const { person, token, loginId } = await logIn()
    const data = wechat.phoneData(person, numberOf(1))
    const code = wechat.phoneCode(person, numberOf(1))
    const answer = await phone({ code, ...data, loginId, nonce: newNonce() }, token)
    expect(answer.body).toMatchObject({ change: 'bound', phone: { source: 'open-data' } })
    expect(wechat.calls.phoneByCode).toBe(0)
  })

  it('spent leaves the code as it was: the same attempt succeeds once there is budget', async () => {
    const { tapping, time, pass } = openBudget(1)
    time.now = Date.parse('2026-11-21T15:59:00Z')
    await (await tapping('one', numberOf(1))).bind()
    const tap = await tapping('two', numberOf(2))
    expectProblem(await tap.bind(), 503, 'phone_budget_spent')
    pass(60_000)
    expect((await tap.bind()).status).toBe(200)
  })

  it('alarms once at four fifths and once at its end, and is counted for each app apart', async () => {
    const { tapping, eventsOf, logIn, phone, wechat } = openBudget(5)
    for (let index = 0; index < 7; index += 1) await (await tapping(`user ${index}`, numberOf(index))).bind()
    const alarms = eventsOf('budget-alarm').map(({ budget, used, limit, percent }) => ({
      budget,
      used,
      limit,
      percent,
    }))
    expect(alarms).toEqual([
      { budget: 'phone', used: 4, limit: 5, percent: 80 },
      { budget: 'phone', used: 5, limit: 5, percent: 100 },
    ])
    const { person, token } = await logIn('elsewhere', { appId: otherAppId })
    const elsewhere = await phone({ code: wechat.phoneCode(person, numberOf(9)), nonce: newNonce() }, token)
    expect(elsewhere.status).toBe(200)
  })
})

function numberOf(index: number): string {
  return `+86138001380${String(index).padStart(2, '0')}`
}
