import { describe, expect, test } from 'vitest'
import { createWorld } from '../../test/world.ts'
import type { FaultKind } from './faults.ts'

async function exchangeWith(fault: FaultKind, when: 'before' | 'after' = 'before') {
  const world = createWorld()
  const code = await world.login()
  world.control.faults.next({ api: 'code2Session', fault, when })
  const query = `appid=wx0000000000000001&secret=0123456789abcdef0123456789abcdef&js_code=${code}&grant_type=authorization_code`
  return { ...world, code, answer: (init?: RequestInit) => world.send(`/sns/jscode2session?${query}`, init) }
}

describe('a fault', () => {
  test.each([
    ['http-500', 500],
    ['http-502', 502],
    ['http-503', 503],
    ['html', 200],
  ] as const)('%s answers an HTML page with status %i, and only once', async (fault, status) => {
    const { answer, session, code } = await exchangeWith(fault)
    const response = await answer()
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('text/html')
    expect(await session(code)).toHaveProperty('openid')
  })

  test('truncated cuts the real answer, so the code is spent', async () => {
    const { answer, session, code } = await exchangeWith('truncated')
    const text = await (await answer()).text()
    expect(text).toMatch(/^\{"session_key":"/)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(await session(code)).toMatchObject({ errcode: 40163 })
  })

  test('busy is errcode -1 with a rid', async () => {
    const { answer } = await exchangeWith('busy')
    expect(await (await answer()).json()).toEqual({
      errcode: -1,
      errmsg: expect.stringMatching(/^system error, rid: /),
    })
  })

  test('any errcode can be asked for', async () => {
    const { answer } = await exchangeWith({ errcode: 45011 })
    expect(await (await answer()).json()).toMatchObject({ errcode: 45011 })
  })

  test('empty and not-json are answers that no reader can read', async () => {
    expect(await (await (await exchangeWith('empty')).answer()).text()).toBe('')
    expect(await (await (await exchangeWith('not-json')).answer()).text()).toBe('busy, come back later')
  })

  test('refused and reset reject as fetch does', async () => {
    await expect((await exchangeWith('refused')).answer()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await expect((await exchangeWith('reset')).answer()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  })

  test('timeout answers never; the caller gives up, and the code is as it was', async () => {
    const { answer, session, code } = await exchangeWith('timeout')
    const caller = new AbortController()
    const waiting = answer({ signal: caller.signal })
    caller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(await session(code)).toHaveProperty('openid')
  })

  test('after the effect: the answer is lost and the code is spent', async () => {
    const { answer, session, code, noted } = await exchangeWith('http-502', 'after')
    expect((await answer()).status).toBe(502)
    expect(noted('GET /sns/jscode2session')?.text.en).toBe('failed as you asked: http-502 (after the effect)')
    expect(await session(code)).toMatchObject({ errcode: 40163 })
  })

  test('hits as many calls as asked, in order, and only its own endpoint', async () => {
    const { control, session, stable } = createWorld()
    control.faults.next({ api: 'code2Session', fault: { errcode: 1 }, times: 2 })
    control.faults.next({ api: 'code2Session', fault: { errcode: 2 } })
    expect(await stable()).toHaveProperty('access_token')
    const codes = []
    for (let call = 0; call < 4; call += 1) codes.push((await session('x')).errcode)
    expect(codes).toEqual([1, 1, 2, 40029])
    control.faults.next({ api: 'code2Session', fault: 'empty' })
    control.faults.clear()
    expect(control.faults.pending()).toEqual([])
  })

  test('a call that waits for an answer ends when the emulator closes, and later calls are refused', async () => {
    const { answer, emulator, send } = await exchangeWith('timeout')
    const waiting = answer()
    emulator.close()
    await expect(waiting).rejects.toThrow('the emulator is closed')
    await expect(send('/cgi-bin/token')).rejects.toThrow('the emulator is closed')
  })

  test('slow waits by the emulator’s clock, then gives the real answer', async () => {
    const { answer, control } = await exchangeWith({ slowMs: 3000 })
    let answered = false
    const waiting = answer().then(response => {
      answered = true
      return response.json()
    })
    await new Promise(resolve => setTimeout(resolve))
    control.clock.advance(2999)
    await new Promise(resolve => setTimeout(resolve))
    expect(answered).toBe(false)
    control.clock.advance(1)
    expect(await waiting).toHaveProperty('openid')
  })

  test('slow ends when the caller gives up', async () => {
    const { answer } = await exchangeWith({ slowMs: 3000 })
    const caller = new AbortController()
    const waiting = answer({ signal: caller.signal })
    caller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  test('wrong-type answers numbers as texts and texts as numbers', async () => {
    const { control, stable, phone, phoneByCode, stableToken } = createWorld()
    const token = await stableToken()
    control.faults.next({ api: 'getStableAccessToken', fault: 'wrong-type' })
    expect(await stable()).toEqual({ access_token: expect.any(Number), expires_in: '7200' })
    const { code } = await phone().tapPhoneButton()
    control.faults.next({ api: 'getPhoneNumber', fault: 'wrong-type' })
    const answer = await phoneByCode({ code }, token)
    expect(answer).toMatchObject({ errcode: '0', phone_info: { purePhoneNumber: 11, watermark: { appid: 18 } } })
  })

  test('forever lasts until it is cleared; * is every endpoint', async () => {
    const { control, session, stable } = createWorld()
    control.faults.next({ api: '*', fault: 'busy', times: 'forever' })
    for (let call = 0; call < 5; call += 1) expect(await session('x')).toMatchObject({ errcode: -1 })
    expect(await stable()).toMatchObject({ errcode: -1 })
    control.faults.clear()
    expect(await stable()).toHaveProperty('access_token')
  })

  test('a probability hits about so many calls, and the same ones again with the same seed', async () => {
    const run = async (seed: number) => {
      const { control, session } = createWorld({ seed })
      control.faults.next({ api: 'code2Session', fault: 'busy', times: 'forever', probability: 0.3 })
      const hits = []
      for (let call = 0; call < 400; call += 1) hits.push((await session('x')).errcode === -1)
      return hits
    }
    const hits = await run(1)
    expect(hits.filter(Boolean).length).toBeGreaterThan(90)
    expect(hits.filter(Boolean).length).toBeLessThan(150)
    expect(await run(1)).toEqual(hits)
    expect(await run(2)).not.toEqual(hits)
  })

  test('one that never hits lets the next one have its turn', async () => {
    const { control, session } = createWorld()
    control.faults.next({ api: 'code2Session', fault: { errcode: 1 }, probability: 0 })
    control.faults.next({ api: 'code2Session', fault: { errcode: 2 } })
    expect([(await session('x')).errcode, (await session('x')).errcode]).toEqual([2, 40029])
    expect(control.faults.pending()).toHaveLength(1)
  })

  test('a plan with a mistake is refused and names the field', () => {
    const { control } = createWorld()
    const plan = (fault: object) => () => control.faults.next(fault as never)
    expect(plan({ api: 'login', fault: 'html' })).toThrow('"api" must be one of "code2Session"')
    expect(plan({ api: 'code2Session', fault: 'explode' })).toThrow('"fault" must be one of "refused"')
    expect(plan({ api: 'code2Session', fault: { errcode: 0 } })).toThrow('"fault.errcode" must be')
    expect(plan({ api: 'code2Session', fault: 'html', times: 0 })).toThrow('"times" must be')
    expect(plan({ api: 'code2Session', fault: { slowMs: -1 } })).toThrow('"fault.slowMs" must be')
    for (const probability of [-0.1, 1.1, Number.NaN, '1'])
      expect(plan({ api: 'code2Session', fault: 'html', probability })).toThrow('"probability" must be')
  })
})
