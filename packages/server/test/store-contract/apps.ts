import { describe, expect, it } from 'vitest'
import { appId, bytes, now, otherAppId, race, rounds, type UseStore } from './subject.ts'

export function appsContract(use: UseStore): void {
  describe('apps', () => {
    it('are none at first', async () => {
      expect(await use().listApps()).toEqual({ version: 0, apps: [] })
      expect(await use().appsVersion()).toBe(0)
    })

    it('are added, changed, removed and added again, each change with the next version', async () => {
      const store = use()
      expect(await store.addApp({ appId: otherAppId, sealed: bytes('b'), now })).toBe(true)
      expect(await store.addApp({ appId, sealed: bytes('a'), now: now + 1 })).toBe(true)
      expect(await store.listApps()).toEqual({
        version: 2,
        apps: [
          { appId, sealed: bytes('a'), version: 2, changedAt: now + 1 },
          { appId: otherAppId, sealed: bytes('b'), version: 1, changedAt: now },
        ],
      })
      expect(await store.changeApp({ appId, version: 2, sealed: bytes('c'), now: now + 2 })).toBe(true)
      expect(await store.changeApp({ appId, version: 3, sealed: null, now: now + 3 })).toBe(true)
      expect(await store.appsVersion()).toBe(4)
      expect((await store.listApps()).apps).toMatchObject([{ appId: otherAppId }])
      expect(await store.changeApp({ appId, version: 4, sealed: bytes('d'), now })).toBe(false)
      expect(await store.addApp({ appId, sealed: bytes('e'), now: now + 4 })).toBe(true)
      expect(await store.listApps()).toMatchObject({
        version: 5,
        apps: [{ appId, sealed: bytes('e'), version: 5 }, {}],
      })
    })

    it('leave one line in the audit log for each change that was made', async () => {
      const store = use()
      const audit = { at: now, actor: 'operator', act: 'app-changed', appId, subject: null, details: {} } as const
      const add = () => store.addApp({ appId, sealed: bytes('a'), now, audit })
      const added = await race(16, add)
      const change = (index: number) => store.changeApp({ appId, version: 1, sealed: bytes(`${index}`), now, audit })
      const changed = await race(16, change)
      expect([...added, ...changed].filter(Boolean)).toHaveLength(2)
      expect((await store.auditHead()).seq).toBe(2)
    })

    it('that are not there cannot be changed', async () => {
      const store = use()
      expect(await store.changeApp({ appId, version: 0, sealed: bytes('a'), now })).toBe(false)
      expect(await store.changeApp({ appId, version: 0, sealed: null, now })).toBe(false)
      expect(await store.appsVersion()).toBe(0)
    })

    it('are added by one of any number of callers', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const added = await race(64, index => store.addApp({ appId: `wx${round}`, sealed: bytes(`${index}`), now }))
        expect(added.filter(Boolean)).toHaveLength(1)
        const winner = bytes(`${added.indexOf(true)}`)
        expect((await store.listApps()).apps.find(app => app.appId === `wx${round}`)?.sealed).toEqual(winner)
      }
    })

    it('are changed by one of any number of callers who read the same version', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        await store.addApp({ appId: `wx${round}`, sealed: bytes('first'), now })
        const version = await store.appsVersion()
        const changed = await race(64, index =>
          store.changeApp({ appId: `wx${round}`, version, sealed: index === 7 ? null : bytes(`${index}`), now }),
        )
        expect(changed.filter(Boolean)).toHaveLength(1)
        expect(await store.appsVersion()).toBe(version + 1)
      }
    })
  })
}
