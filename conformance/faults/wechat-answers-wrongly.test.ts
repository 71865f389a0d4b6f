import { gzipSync } from 'node:zlib'
import { routes } from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { httpAnswer } from './fault-proxy.ts'
import { type Flow, flows } from './flows.ts'
import { asUsual, type Promised } from './go-through.ts'
import { inWorld } from './in-world.ts'
import type { World } from './open-world.ts'
import { bakery, lin, loginCode, newNonce } from './people.ts'
import { ask, type SiteAnswer } from './site.ts'

type Wrong = Parameters<typeof httpAnswer>

const megabytes = (count: number) => Buffer.alloc(count * 1_000_000, ' ')

/** F4: what comes back instead of the text that WeChat said, and had acted upon. */
const unreadable: readonly (readonly [string, (text: string) => Wrong])[] = [
  ['cut in the middle', text => [text.slice(0, text.length / 2)]],
  ['no JSON', () => ['busy, come back later']],
  ['a byte order mark in front', text => [`\ufeff${text}`]],
  ['not UTF-8', () => [Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)]],
  ['ten megabytes', text => [Buffer.concat([megabytes(10), Buffer.from(text)])]],
  ['a gzip bomb', () => [gzipSync(megabytes(10)), { 'content-encoding': 'gzip' }]],
  ['a list', text => [`[${text}]`]],
]

/** F10: JSON with what we asked for missing, or of another kind. `null`: this answer has no such field. */
const misshapen: readonly (readonly [string, (answer: Readonly<Record<string, unknown>>) => object])[] = [
  ['empty', () => ({})],
  ['identifiers missing', ({ openid: _, phone_info: __, vaild: ___, ...rest }) => rest],
  ['lists for texts', answer => Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, [value]]))],
  [
    'a key of the wrong length, a number that is none',
    answer => ({
      ...answer,
      ...('session_key' in answer && { session_key: Buffer.alloc(15).toString('base64') }),
      ...('phone_info' in answer && { phone_info: { phoneNumber: '1', purePhoneNumber: '', countryCode: '' } }),
      ...('vaild' in answer && { vaild: 'perhaps' }),
    }),
  ],
]

/** WeChat acted: what works once has been used there. */
const badAnswer: Readonly<Partial<Record<Flow['id'], Promised>>> = {
  login: { answers: ['502 upstream_bad_answer'], again: ['409 code_consumed'] },
  'phone-code': { answers: ['502 upstream_bad_answer'], again: ['409 phone_code_consumed'] },
  'phone-data': { answers: ['502 upstream_bad_answer'] },
}

/** The first is enough for a flow that does not notice. */
const some = <T>(flow: Flow, list: readonly T[]) => (flow.asksWechat ? list : list.slice(0, 1))

/** Counts the calls to WeChat that a flow makes while it is broken. */
function counted() {
  let before = 0
  return {
    start(world: World) {
      before = world.upstream.length
    },
    calls: (world: World) => world.upstream.length - before,
  }
}

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test('F4: an answer that cannot be read', async () => {
    for (const [, spoil] of some(flow, unreadable))
      await inWorld(flow, {
        promised: badAnswer[flow.id] ?? asUsual,
        begin: ({ wire }) => wire.breakWith({ answer: ({ text }) => httpAnswer(...spoil(text)) }),
      })
  })

  test('F4: an answer that breaks off, and one that never ends', async () => {
    const lost: Readonly<Partial<Record<Flow['id'], Promised>>> = {
      login: { answers: ['409 code_consumed'], again: ['409 code_consumed'] },
      'phone-code': { answers: ['503 upstream_unavailable'], again: ['409 phone_code_consumed'] },
    }
    for (const stalls of some(flow, [false, true]))
      await inWorld(flow, {
        promised: lost[flow.id] ?? asUsual,
        begin({ wire }) {
          const answer = (genuine: { readonly text: string }) => httpAnswer(genuine.text).slice(0, -10)
          return wire.breakWith({ answer, stalls }, { times: 1 })
        },
      })
  })

  test('F4: text/plain, as WeChat itself says, is read', () =>
    inWorld(flow, {
      promised: asUsual,
      begin: ({ wire }) => wire.breakWith({ answer: ({ text }) => httpAnswer(text, { 'content-type': 'text/plain' }) }),
    }))

  test('F5: errcode -1, system busy', async () => {
    const { start, calls } = counted()
    await inWorld(flow, {
      promised: flow.asksWechat ? { answers: ['503 upstream_unavailable'] } : asUsual,
      begin(world) {
        start(world)
        world.emulator.control.faults.next({ api: '*', fault: 'busy', times: 'forever' })
      },
      during: world => expect(calls(world)).toBe(flow.asksWechat ? 3 : 0),
    })
  })

  test('F6: errcode 45011, too often in this minute', async () => {
    const { start, calls } = counted()
    await inWorld(flow, {
      promised: flow.asksWechat ? { answers: ['503 upstream_limited'] } : asUsual,
      begin(world) {
        start(world)
        world.advance(20_000)
        world.emulator.control.faults.next({ api: '*', fault: { errcode: 45011 } })
      },
      async during(world, answer) {
        // Repeated at once it would have been answered: the fault hits once.
        expect(calls(world)).toBe(flow.asksWechat ? 1 : 0)
        if (flow.asksWechat) expectNextMinute(world, answer)
        const body = { appId: bakery.appId, code: await loginCode(world, lin, bakery), nonce: newNonce() }
        world.emulator.control.faults.clear()
        expect((await ask(world, routes.login, { body })).status).toBe(200)
      },
    })
  })

  test('F7: errcodes about the code', async () => {
    const refusals: Readonly<Partial<Record<Flow['id'], Readonly<Record<number, string>>>>> = {
      login: { 40029: '401 code_invalid', 40163: '409 code_consumed', 40226: '403 user_blocked' },
      'phone-code': { 40029: '400 phone_code_invalid', 40013: '400 phone_code_invalid' },
      // Of a ciphertext WeChat says 1: it knows no such one.
      'phone-data': { 1: '400 phone_data_invalid' },
    }
    for (const [errcode, refusal] of Object.entries(refusals[flow.id] ?? { 40029: '200' })) {
      const { start, calls } = counted()
      await inWorld(flow, {
        promised: { answers: [refusal] },
        begin(world) {
          start(world)
          world.emulator.control.faults.next({ api: '*', fault: { errcode: Number(errcode) }, times: 'forever' })
        },
        during: world => expect(calls(world)).toBe(flow.asksWechat ? 1 : 0),
      })
    }
  })

  test('F10: an answer that is not as WeChat promises', async () => {
    for (const [, misshape] of some(flow, misshapen))
      await inWorld(flow, {
        promised: badAnswer[flow.id] ?? asUsual,
        begin: ({ wire }) =>
          wire.breakWith({ answer: ({ text }) => httpAnswer(JSON.stringify(misshape(JSON.parse(text)))) }),
      })
  })
})

/** WeChat counts by the minute of the day. */
function expectNextMinute({ emulator }: World, { headers, body }: SiteAnswer): void {
  const left = 60_000 - (emulator.control.clock.now() % 60_000)
  expect(body.retryAfterMs).toBe(left)
  expect(headers.get('retry-after')).toBe(String(left / 1000))
}
