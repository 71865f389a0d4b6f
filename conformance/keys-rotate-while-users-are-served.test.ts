import { administer, generateKeyring, type Keyring, retireKey, rotateKeyring } from '@weapp-auth/server'
import { createMemoryStore } from '@weapp-auth/server/memory'
import { expect, test } from 'vitest'
import { kwan, lin, minutes, openStage, worlds } from './stage.ts'

test.each(worlds)('keys rotate while users are served, %s', async (_, world) => {
  let keys = generateKeyring()
  const store = createMemoryStore()
  const stage = await openStage({ ...world, store, keys })
  const now = () => stage.emulator.control.clock.now()
  try {
    const before = stage.open(lin)
    expect(await before.tap()).toMatchObject({ status: 'bound' })
    const use = async (next: Keyring) => {
      keys = next
      await stage.server.replaceKeys(next)
    }
    const step = async (kind: 'root' | 'signing') => {
      const outcome = rotateKeyring({ keyring: keys, kind, now: now() })
      if (!('keyring' in outcome)) throw new Error(outcome.status)
      await use(outcome.keyring)
      // Whoever was here before the step is served after it.
      expect(await before.get('/v1/me')).toMatchObject({ user: { phone: { number: '+8613800138000' } } })
      return outcome
    }

    await step('signing')
    await step('root')
    stage.advance(minutes(10))
    await step('signing')
    await step('root')
    expect(await stage.open(kwan).tap()).toMatchObject({ status: 'bound' })
    expect(await stage.open(lin).tap()).toMatchObject({ status: 'unchanged' })

    const { reseal } = await administer({ store, keys })
    expect(await reseal.left(1)).toMatchObject({ users: 1 })
    await reseal.run()
    expect(await reseal.left(1)).toEqual({ users: 0, phones: 0, apps: 0, grants: 0, jobs: 0 })
    const last = retireKey({ keyring: keys, kind: 'root', key: '1', now: now(), hurry: true })
    if (last.status !== 'retired') throw new Error(last.status)
    await use(last.keyring)
    const after = stage.open(lin)
    expect(await after.get('/v1/me')).toMatchObject({ user: { phone: { number: '+8613800138000' } } })
  } finally {
    await stage.close()
  }
})
