import { describe, expect, test } from 'vitest'
import { type Flow, flows } from './flows.ts'
import { asUsual, goThrough, type Promised } from './go-through.ts'
import { openWorld, type World } from './open-world.ts'

const minute = 60_000

/** One cell in which the server's clock is wrong from the beginning, or from the moment before the request. */
async function skewed(
  flow: Flow,
  ms: number,
  since: 'ever' | 'now',
  promised: Promised,
  during?: (world: World) => void,
) {
  const world = await openWorld()
  try {
    if (since === 'ever') world.skew(ms)
    await goThrough(world, flow, {
      promised,
      begin: () => (since === 'now' ? world.skew(ms) : undefined),
      during: () => during?.(world),
      end: () => world.skew(0),
      restart: () => world.restart(),
    })
  } finally {
    await world.close()
  }
}

/** The server's clock is set right: a token of the wrong time is refused then, and the client logs in anew. */
const untilSetRight = ['200', '401 token_invalid']

/** Beyond five minutes a watermark is refused, and so is the stamp of a pushed message, which any copy would have. */
const farOff: Readonly<Record<Flow['id'], Promised>> = {
  login: asUsual,
  'phone-code': { answers: ['200'], again: untilSetRight },
  'phone-data': { answers: ['400 phone_data_invalid'], again: untilSetRight },
  refresh: asUsual,
  'revoke-event': { answers: ['403 push_invalid'] },
  'admin-erase': asUsual,
}

/** An hour back: what was issued in the future counts for nothing, and everything that asks anew goes on. */
const jumpedBack: Readonly<Record<Flow['id'], Promised>> = {
  login: asUsual,
  'phone-code': { answers: ['401 token_invalid'] },
  'phone-data': { answers: ['401 token_invalid'] },
  refresh: asUsual,
  'revoke-event': { answers: ['403 push_invalid'] },
  'admin-erase': asUsual,
}

describe.each(flows)('$id', { timeout: 60_000 }, flow => {
  test('F17: clocks that differ by less than five minutes, or by a leap second', async () => {
    for (const ms of [-4.9 * minute, 1000, 4.9 * minute])
      await skewed(flow, ms, 'ever', asUsual, ({ events }) => {
        expect(events.some(({ type }) => type === 'clock-skew')).toBe(false)
      })
  })

  test('F17: a clock that is ten minutes ahead or behind', async () => {
    for (const ms of [-10 * minute, 10 * minute])
      await skewed(flow, ms, 'ever', farOff[flow.id], ({ events, lines }) => {
        if (flow.id !== 'phone-code') return
        const [told] = events.filter(event => event.type === 'clock-skew')
        expect(Math.round((told?.aheadMs ?? 0) / minute)).toBe(ms / minute)
        expect(lines.some(line => line.includes('"clock-skew"'))).toBe(true)
      })
  })

  test('F17: a clock that jumps back an hour', () => skewed(flow, -60 * minute, 'now', jumpedBack[flow.id]))
})
