import { describe, expect, test } from 'vitest'
import { createWorld, LIN, START, TEA } from '../../test/world.ts'

const SETUP = [
  { decisions: { personId: LIN.id, decision: { decision: 'deny' } } },
  { faults: { api: 'code2Session', fault: 'busy' }, clock: { advanceMs: 5000 } },
]

describe('setup', () => {
  test('makes control calls at the start and after each reset', async () => {
    const { control, phone, session } = createWorld({ setup: SETUP })
    for (const round of ['first', 'after a reset']) {
      expect(control.clock.now(), round).toBe(START + 5000)
      expect((await phone().tapPhoneButton()).errMsg, round).toBe('getPhoneNumber:fail user deny')
      expect(await session('x'), round).toMatchObject({ errcode: -1 })
      control.reset()
    }
  })

  test.each([
    [{ setup: 'x' }, '"setup" must be an array'],
    [{ setup: ['x'] }, '"setup[0]" must be an object'],
    [{ setup: [{ fly: {} }] }, '"setup[0].fly" must be one of "clock"'],
    [{ setup: [{ reset: {} }] }, '"setup[0].reset" must be one of'],
    [{ setup: [{ faults: 1 }] }, '"setup[0].faults" must be an object'],
    [{ setup: [{ faults: { api: 'x' } }] }, '"setup[0].faults.api" must be one of "code2Session"'],
    [
      { setup: [{ 'keys/rotate': { appId: TEA.appId, personId: 'nobody' } }] },
      '"setup[0].keys/rotate.personId": no such',
    ],
  ])('%j is refused by field', (options, message) => {
    expect(() => createWorld(options as never)).toThrow(message)
  })
})

describe('startAt', () => {
  test.each([START, '2026-11-20T08:00:00Z', '2026-11-20T16:00:00+08:00'])(
    '%s is where the clock starts, and starts again',
    startAt => {
      const { control } = createWorld({ clock: undefined as never, startAt })
      expect(control.clock.now() - START).toBeLessThan(1000)
      control.clock.advance(86_400_000)
      control.reset()
      expect(control.clock.now() - START).toBeLessThan(1000)
      expect(control.clock.now()).toBeGreaterThanOrEqual(START)
    },
  )

  test.each(['soon', '', -1, 1.5, '2026-13-01T00:00:00Z'])('%j is refused', startAt => {
    expect(() => createWorld({ startAt })).toThrow('"startAt" must be milliseconds since 1970, or a time such as')
  })
})
