import { describe, expect, it } from 'vitest'
import { limits } from '../../src/domain/limits.ts'
import type { Tally } from '../../src/ports/tally-store.ts'
import { appId, now, otherAppId, race, rounds, type UseStore } from './subject.ts'

const hour = 60 * 60_000
const tally: Tally = { unit: 'hour', at: now, appId, name: 'login', count: 1 }

export function talliesContract(use: UseStore): void {
  const read = (unit: Tally['unit'], app: string | null = null, to = now + 2 * hour) =>
    use().talliesOf({ unit, from: now, to, appId: app, kind: 'counts' })

  describe('tallies', () => {
    it('add up by unit, time, app and name', async () => {
      const store = use()
      await store.addTallies([])
      await store.addTallies([tally, { ...tally, count: 4 }, { ...tally, name: 'login-refused code_invalid' }])
      await store.addTallies([
        { ...tally, count: 2 },
        { ...tally, at: now + hour, appId: otherAppId },
      ])
      await store.addTallies([{ ...tally, unit: 'day', count: 9 }])
      expect(await read('hour')).toEqual([
        { ...tally, count: 7 },
        { ...tally, name: 'login-refused code_invalid' },
        { ...tally, at: now + hour, appId: otherAppId },
      ])
      expect(await read('day')).toEqual([{ ...tally, unit: 'day', count: 9 }])
    })

    it('are read of one app or of all, from a time on and before another', async () => {
      const store = use()
      await store.addTallies([-hour, 0, hour, 2 * hour].map(ms => ({ ...tally, at: now + ms })))
      await store.addTallies([{ ...tally, appId: otherAppId }])
      expect((await read('hour')).map(({ at, appId }) => [at, appId])).toEqual([
        [now, appId],
        [now, otherAppId],
        [now + hour, appId],
      ])
      expect((await read('hour', otherAppId)).map(({ at }) => at)).toEqual([now])
      expect(await read('hour', 'wx-of-nobody')).toEqual([])
      expect(await read('hour', null, now)).toEqual([])
    })

    it('lose nothing when many write the same at once', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const name = `round ${round}`
        await race(16, () =>
          store.addTallies([
            { ...tally, name },
            { ...tally, name: `${name} more`, count: 2 },
          ]),
        )
        const found = (await read('hour')).filter(one => one.name.startsWith(name))
        expect(found.map(({ count }) => count).sort((a, b) => a - b)).toEqual([16, 32])
      }
    })

    it('how long things took is read apart from how often they happened', async () => {
      const store = use()
      const times = [
        { ...tally, name: 'time own POST /v1/login 7' },
        { ...tally, appId: '-', name: 'time wechat x 0' },
      ]
      await store.addTallies([tally, { ...tally, name: 'times' }, ...times])
      const ask = { unit: 'hour', from: now, to: now + hour, kind: 'times' } as const
      expect((await store.talliesOf({ ...ask, appId: null })).map(({ name }) => name).sort()).toEqual([
        'time own POST /v1/login 7',
        'time wechat x 0',
      ])
      expect(await store.talliesOf({ ...ask, appId })).toEqual([times[0]])
      expect((await read('hour')).map(({ name }) => name)).toEqual(['login', 'times'])
    })

    it('are swept after 35 days by the hour, and after 400 by the day', async () => {
      const store = use()
      await store.addTallies([tally, { ...tally, at: now + hour }, { ...tally, unit: 'day' }])
      expect(await store.sweep(now + limits.hourTally - 1)).toBe(0)
      expect(await store.sweep(now + limits.hourTally)).toBe(1)
      expect(await read('hour')).toEqual([{ ...tally, at: now + hour }])
      expect(await store.sweep(now + limits.tally - 1)).toBe(1)
      expect(await store.sweep(now + limits.tally)).toBe(1)
      expect([...(await read('hour')), ...(await read('day'))]).toEqual([])
    })
  })
}
