import { describe, expect, test } from 'vitest'
import { type Flow, flows } from './flows.ts'
import { asUsual, type Promised } from './go-through.ts'
import { inWorld } from './in-world.ts'
import type { World } from './open-world.ts'

/** What the last call to WeChat went through. */
const callsOf = ({ upstream }: World, before: number) => upstream.slice(before)

/** The promise for flows that ask WeChat; the others do not notice. */
const ifAsked = (flow: Flow, promised: Promised): Promised => (flow.asksWechat ? promised : asUsual)

const unavailable = ['503 upstream_unavailable']

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test('works, twice, and after a restart, while nothing is broken', () => inWorld(flow, { promised: asUsual }))

  test('F1: nobody listens at WeChat', async () => {
    let before = { calls: 0, at: 0 }
    await inWorld(flow, {
      promised: ifAsked(flow, { answers: unavailable }),
      async begin({ wire, upstream, timer }) {
        await wire.breakWith('refused')
        before = { calls: upstream.length, at: timer.now() }
      },
      during(world) {
        const calls = callsOf(world, before.calls)
        expect(calls.map(({ outcome }) => outcome)).toEqual(flow.asksWechat ? ['unsent', 'unsent'] : [])
        expect(world.timer.now() - before.at).toBeLessThanOrEqual(1500)
      },
    })
  })

  test('F2: no answer in time, and WeChat has not seen the request', async () => {
    let since = 0
    await inWorld(flow, {
      promised: ifAsked(flow, { answers: unavailable }),
      begin({ wire, timer }) {
        since = timer.now()
        return wire.breakWith('lost-request')
      },
      during: ({ timer }) => expect(timer.now() - since).toBeLessThanOrEqual(7000),
    })
  })

  test('F2: no answer in time, and WeChat has done what was asked', async () => {
    const promised: Readonly<Partial<Record<Flow['id'], Promised>>> = {
      // Asked once more, with the same code; WeChat says that it was used, and the client logs in anew.
      login: { answers: ['409 code_consumed'], again: ['409 code_consumed'] },
      'phone-code': { answers: unavailable, again: ['409 phone_code_consumed'] },
    }
    await inWorld(flow, {
      promised: promised[flow.id] ?? asUsual,
      begin: ({ wire }) => wire.breakWith('lost-answer', { times: 1 }),
    })
  })

  test.each(['http-500', 'http-502', 'http-503'] as const)('F3: %s with a page', async fault => {
    await inWorld(flow, {
      promised: ifAsked(flow, { answers: unavailable }),
      begin({ emulator, secrets }) {
        secrets.add('<html>')
        emulator.control.faults.next({ api: '*', fault, times: 'forever' })
      },
    })
  })

  test('F11: the number was asked for, and the answer did not come', async () => {
    const lost: Promised = { answers: unavailable, again: ['409 phone_code_consumed'] }
    let exchanged = 0
    const exchanges = ({ wire }: World) => wire.heard.filter(text => text.includes('phone_info')).length
    await inWorld(flow, {
      promised: flow.id === 'phone-code' ? lost : asUsual,
      async begin(world) {
        exchanged = exchanges(world)
        await world.wire.breakWith('lost-answer', { hit: ({ path }) => path.endsWith('/getuserphonenumber') })
      },
      during: world => expect(exchanges(world) - exchanged).toBe(flow.id === 'phone-code' ? 1 : 0),
      // Whatever the client sends afterwards, WeChat has charged once.
      end: world => expect(exchanges(world) - exchanged).toBe(flow.id === 'phone-code' ? 1 : 0),
    })
  })
})
