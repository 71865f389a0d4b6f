import { expect, test } from 'vitest'
import {
  createMemoryTokenStore,
  createSealedTokenStore,
  type SealedToken,
  type SealedTokenTable,
  type TokenStore,
} from './index.ts'

const appId = 'wx0000000000000001'
const token = (generation: number, accessToken = `token-${generation}`) => ({
  accessToken,
  expiresAt: 1000,
  generation,
})
const key = new Uint8Array(32).fill(7)

const stores: readonly (readonly [string, () => TokenStore])[] = [
  ['memory', createMemoryTokenStore],
  ['sealed', () => createSealedTokenStore({ table: createTable().table, key })],
]

test.each(stores)('%s: gives back what was written', async (_, open) => {
  const store = open()
  expect(await store.read(appId)).toBeNull()
  expect(await store.write(appId, token(1))).toBe(true)
  expect(await store.read(appId)).toEqual(token(1))
  expect(await store.read('wx0000000000000002')).toBeNull()
})

test.each(stores)('%s: of two writers of one generation the first wins, an older one never', async (_, open) => {
  const store = open()
  expect(await Promise.all([store.write(appId, token(2, 'a')), store.write(appId, token(2, 'b'))])).toEqual([
    true,
    false,
  ])
  expect(await store.write(appId, token(1))).toBe(false)
  expect(await store.read(appId)).toMatchObject({ accessToken: 'a' })
  expect(await store.write(appId, token(3))).toBe(true)
})

test.each(stores)('%s: one holder has the lease until it ends', async (_, open) => {
  const store = open()
  const racers = Array.from({ length: 64 }, (_, i) => store.lease(appId, `holder-${i}`, 0, 100))
  expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1)
  expect(await store.lease(appId, 'holder-0', 50, 150)).toBe(true)
  expect(await store.lease(appId, 'holder-1', 149, 300)).toBe(false)
  expect(await store.lease(appId, 'holder-1', 150, 300)).toBe(true)
})

test('a sealed token is not in the table', async () => {
  const { table, rows } = createTable()
  await createSealedTokenStore({ table, key }).write(appId, token(1, 'canary-access-token'))
  expect(Buffer.from(rows.get(appId)?.sealed ?? []).toString('latin1')).not.toContain('canary')
})

test('a token sealed with another key, moved, altered or cut counts as expired, and its generation goes on', async () => {
  const { table, rows } = createTable()
  const store = createSealedTokenStore({ table, key })
  await store.write(appId, token(5))
  const row = rows.get(appId)
  if (!row) throw new Error('the row is missing')
  const expired = { accessToken: '', expiresAt: 0 }
  const otherKey = createSealedTokenStore({ table, key: new Uint8Array(32).fill(8) })
  expect(await otherKey.read(appId)).toEqual({ ...expired, generation: 5 })
  rows.set('wx0000000000000002', row)
  expect(await store.read('wx0000000000000002')).toEqual({ ...expired, generation: 5 })
  rows.set(appId, { ...row, generation: 6 })
  expect(await store.read(appId)).toEqual({ ...expired, generation: 6 })
  for (let at = 0; at < row.sealed.length; at += 1) {
    const sealed = row.sealed.map((byte, index) => (index === at ? byte ^ 1 : byte))
    rows.set(appId, { ...row, sealed })
    expect(await store.read(appId)).toEqual({ ...expired, generation: 5 })
    rows.set(appId, { ...row, sealed: row.sealed.subarray(0, at) })
    expect(await store.read(appId)).toEqual({ ...expired, generation: 5 })
  }
  expect(await store.write(appId, token(6))).toBe(true)
})

test('a key that changes while it runs seals the next token, and makes the former one expired', async () => {
  let present = key
  const store = createSealedTokenStore({ table: createTable().table, key: () => present })
  await store.write(appId, token(1))
  present = new Uint8Array(32).fill(8)
  expect(await store.read(appId)).toEqual({ accessToken: '', expiresAt: 0, generation: 1 })
  await store.write(appId, token(2))
  expect(await store.read(appId)).toEqual(token(2))
})

test('a key of another length is refused', () => {
  expect(() => createSealedTokenStore({ table: createTable().table, key: new Uint8Array(16) })).toThrow(
    '"key" must be 32 bytes',
  )
})

function createTable() {
  const rows = new Map<string, SealedToken>()
  const leases = createMemoryTokenStore()
  const table: SealedTokenTable = {
    readAccessToken: async id => rows.get(id) ?? null,
    async writeAccessToken(id, row) {
      if (row.generation <= (rows.get(id)?.generation ?? 0)) return false
      rows.set(id, row)
      return true
    },
    leaseAccessToken: leases.lease,
  }
  return { table, rows }
}
