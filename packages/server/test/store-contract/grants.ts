import { describe, expect, it } from 'vitest'
import { appId, bytes, now, otherAppId, race, rounds, type UseStore } from './subject.ts'

const componentAppId = 'wx00000000000000c1'

export function grantsContract(use: UseStore): void {
  describe('grants of a third-party platform', () => {
    const grantOf = (text: string | null, at = now) => ({
      componentAppId,
      appId,
      sealed: text === null ? null : bytes(text),
      at,
    })

    it('are none at first, and each pair has its own', async () => {
      const store = use()
      expect(await store.readGrant(componentAppId, appId)).toBeNull()
      expect(await store.writeGrant(grantOf('a'))).toBe(true)
      expect(await store.writeGrant({ ...grantOf('ticket'), appId: componentAppId })).toBe(true)
      expect(await store.readGrant(componentAppId, otherAppId)).toBeNull()
      expect(await store.readGrant(componentAppId, appId)).toEqual({ ...grantOf('a'), version: 1 })
      expect(await store.listGrants()).toEqual([
        { ...grantOf('a'), version: 1 },
        { ...grantOf('ticket'), appId: componentAppId, version: 1 },
      ])
    })

    it('give way to what happened later, however they arrive', async () => {
      const store = use()
      expect(await store.writeGrant(grantOf('b', now + 2))).toBe(true)
      expect(await store.writeGrant(grantOf('a', now + 1))).toBe(false)
      expect(await store.writeGrant(grantOf('copy', now + 2))).toBe(false)
      expect(await store.writeGrant(grantOf(null, now + 1))).toBe(false)
      expect(await store.readGrant(componentAppId, appId)).toEqual({ ...grantOf('b', now + 2), version: 1 })
      expect(await store.writeGrant(grantOf(null, now + 2))).toBe(true)
      expect(await store.writeGrant(grantOf(null, now + 2))).toBe(false)
      expect(await store.readGrant(componentAppId, appId)).toEqual({ ...grantOf(null, now + 2), version: 2 })
      expect(await store.listGrants()).toEqual([])
    })

    it('leave a line in the audit log when they were written, and none for a copy', async () => {
      const store = use()
      const audit = {
        at: now,
        actor: 'wechat',
        act: 'component-unauthorized',
        appId,
        subject: null,
        details: {},
      } as const
      const written = await race(16, () => store.writeGrant({ ...grantOf(null), audit }))
      expect(written.filter(Boolean)).toHaveLength(1)
      expect((await store.auditHead()).seq).toBe(1)
    })

    it('get another secret from exactly one of many who read the same version', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const at = now + round
        await store.writeGrant(grantOf('first', at))
        const { version = 0 } = (await store.readGrant(componentAppId, appId)) ?? {}
        const changed = await race(8, index =>
          store.changeGrant({ componentAppId, appId, version, sealed: bytes(`${index}`) }),
        )
        expect(changed.filter(Boolean)).toHaveLength(1)
        const index = changed.indexOf(true)
        expect(await store.readGrant(componentAppId, appId)).toEqual({
          ...grantOf(`${index}`, at),
          version: version + 1,
        })
      }
    })

    it('that were taken back or never given cannot get another secret', async () => {
      const store = use()
      const change = { componentAppId, appId, sealed: bytes('x') }
      expect(await store.changeGrant({ ...change, version: 0 })).toBe(false)
      await store.writeGrant(grantOf(null))
      expect(await store.changeGrant({ ...change, version: 1 })).toBe(false)
    })

    it('of which many happen, the last one stays', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const store = use()
        const from = now + round * 100
        await race(8, index => store.writeGrant(grantOf(index % 2 ? `${index}` : null, from + index)))
        expect(await store.readGrant(componentAppId, appId)).toMatchObject(grantOf('7', from + 7))
      }
    })
  })
}
