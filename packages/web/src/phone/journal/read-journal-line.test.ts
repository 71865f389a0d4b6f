import { describe, expect, it } from 'vitest'
import { readJournalLine } from './read-journal-line.ts'

const entry = {
  id: 7,
  at: 1000,
  side: 'http',
  what: 'GET /sns/jscode2session',
  text: { zh: '甲', en: 'a' },
  facts: { code: '0a1b2c' },
  ok: true,
}
const wechat = (part: object) => readJournalLine(JSON.stringify({ source: 'wechat', entry: { ...entry, ...part } }))
const server = (event: object) => readJournalLine(JSON.stringify({ source: 'server', at: 5, event }))

describe('a line of the emulator', () => {
  it.each([
    ['wx', 'mini-program'],
    ['http', 'wechat'],
    ['platform', 'wechat'],
    ['control', 'you'],
  ])('of side %s is shown at %s', (side, shown) => {
    expect(wechat({ side }).side).toBe(shown)
  })

  it('keeps its words and facts', () => {
    expect(wechat({})).toMatchObject({
      key: 'wechat-7-1000',
      at: 1000,
      text: entry.text,
      facts: entry.facts,
      mood: 'fine',
    })
  })

  it('tells a refusal from somebody who said no', () => {
    expect(wechat({ ok: false }).mood).toBe('failed')
    expect(wechat({ ok: false, what: 'phone-sheet-denied' }).mood).toBe('declined')
    expect(wechat({ ok: false, what: 'phone-sheet-cancelled' }).mood).toBe('declined')
  })
})

describe('a line of the server', () => {
  const request = { type: 'request', requestId: 'r1', method: 'POST', route: '/v1/phone', durationMs: 11.6 }

  it('tells a request that went well', () => {
    expect(server({ ...request, status: 200 })).toMatchObject({
      key: 'server-r1-request',
      side: 'server',
      what: 'POST /v1/phone',
      text: { zh: '应答 200，用时 12 ms', en: 'answered 200 in 12 ms' },
      mood: 'fine',
    })
  })

  it('tells a refusal with its reason and its fix from the code table', () => {
    const step = server({ ...request, status: 400, code: 'phone_code_invalid' })
    expect(step.mood).toBe('failed')
    expect(step.text.en).toBe('refused (400): The phone code is invalid, has expired or belongs to somebody else.')
    expect(step.cause?.en).toMatch(/^Ask the user to tap/)
  })

  it('survives a code that it does not know', () => {
    expect(server({ ...request, status: 418, code: 'teapot' })).toMatchObject({
      mood: 'failed',
      text: { en: 'refused (418): The request was refused.' },
    })
  })

  it.each([
    ['bound', '号码 138******00 已验证并写入账号'],
    ['replaced', '号码换成 138******00，原号码转为历史'],
    ['unchanged', '号码 138******00 没有变化'],
  ])('shows a phone that is %s as a stored row', (change, zh) => {
    const step = server({ type: 'phone-recorded', requestId: 'r1', change, masked: '138******00' })
    expect(step).toMatchObject({ side: 'database', text: { zh } })
  })

  it('shows the frames of a fault as lines of one fact', () => {
    const step = server({
      type: 'fault',
      requestId: 'r1',
      name: 'WechatFault',
      code: 'internal_error',
      frames: ['a', 'b'],
    })
    expect(step).toMatchObject({ what: 'WechatFault', mood: 'failed', facts: { frames: 'a\nb' } })
  })

  it('shows an event of a later version by its name', () => {
    expect(server({ type: 'moon-phase', requestId: 'r1', phase: 0.5 })).toMatchObject({
      what: 'moon-phase',
      facts: { requestId: 'r1', phase: 0.5 },
    })
  })
})

it('refuses what is not a line', () => {
  expect(() => readJournalLine('hello')).toThrow()
})
