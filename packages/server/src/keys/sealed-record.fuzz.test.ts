import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generateKeyring, type Keyring } from './keyring.ts'
import { openRing } from './ring.ts'
import { type Place, SealBroken, seal, unseal } from './sealed-record.ts'
import { createVault } from './vault.ts'

/*
 * Whoever can write to the database can change every byte of a sealed record, put it into another row, column, app or
 * user, and name another key in it. It opens where it was sealed, byte for byte, or it does not open.
 */

const long = process.env.WEAPP_AUTH_LONG !== undefined
const patience = 3_600_000

const secrets = [randomBytes(32), randomBytes(32)] as const
const keys = secrets.map(secret => createSecretKey(secret))
const places: readonly Place[] = ['user-1', 'user-2'].flatMap(userId =>
  ['number', 'nickname'].flatMap(column =>
    ['-', 'wx1'].flatMap(appId => ['1', '2'].map(row => ({ table: 'phone', column, appId, userId, row }))),
  ),
)
const plains = ['', '+8613800138000', '小明', 'x'.repeat(200)]
const records = places.flatMap((place, at) =>
  plains.map(plain => {
    const key = keys[at % keys.length]
    if (!key) throw new Error('no key')
    const record = seal({ key, keyId: 1 + (at % 2), place, plain: Buffer.from(plain), nonce: randomBytes(12) })
    return { key, place, plain, record }
  }),
)
type Sealed = (typeof records)[number]

/** What is done to the bytes of one record; `other` is another one. */
const changes = {
  nothing: record => record,
  'a bit': (record, _, at) => {
    const copy = Buffer.from(record)
    copy.writeUInt8((copy[(at >> 3) % copy.length] ?? 0) ^ (1 << (at & 7)), (at >> 3) % copy.length)
    return copy
  },
  'a byte': (record, _, at) => {
    const copy = Buffer.from(record)
    copy.writeUInt8(at & 0xff, (at >> 8) % copy.length)
    return copy
  },
  'a tag of 0 to 16 bytes': (record, _, at) => record.subarray(0, record.length - 16 + (at % 17)),
  'another key named': (record, _, at) => Buffer.concat([record.subarray(0, 2), uint16(at), record.subarray(4)]),
  'another version or algorithm': (record, _, at) => Buffer.concat([uint16(at), record.subarray(2)]),
  'the tag of another': (record, other) => Buffer.concat([record.subarray(0, -16), other.subarray(-16)]),
  'the nonce of another': (record, other) =>
    Buffer.concat([record.subarray(0, 4), other.subarray(4, 16), record.subarray(16)]),
  'the head of another': (record, other) => Buffer.concat([other.subarray(0, 16), record.subarray(16)]),
  'all of another': (_, other) => other,
  'cut short': (record, _, at) => record.subarray(0, at % record.length),
  'cut in front': (record, _, at) => record.subarray(at % record.length),
  'more at the end': (record, _, at) => Buffer.concat([record, Buffer.alloc(1 + (at % 20), at & 0xff)]),
} satisfies Record<string, (record: Buffer, other: Buffer, at: number) => Buffer>

function uint16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff])
}

function opened(run: () => string): string | null {
  try {
    return run()
  } catch (error) {
    if (error instanceof SealBroken) return null
    throw error
  }
}

const change = fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[]))
const oneOf = fc.constantFrom(...records)
const placeOf = (sealed: Sealed) => fc.oneof(fc.constant(sealed.place), fc.constantFrom(...places))

test('a sealed record opens unchanged, in its own place, under its own key, and in no other case', {
  timeout: patience,
}, () => {
  let whole = 0
  const attempt = oneOf.chain(sealed =>
    fc.tuple(
      fc.constant(sealed),
      oneOf,
      change,
      fc.nat(0xffff),
      placeOf(sealed),
      fc.constantFrom(sealed.key, sealed.key, ...keys),
    ),
  )
  const property = fc.property(attempt, ([sealed, other, name, at, place, key]) => {
    const record = changes[name](sealed.record, other.record, at)
    const plain = opened(() => unseal({ key, place, record }).toString())
    // The version and the algorithm are compared; the id only says which key to take, so the key decides about it.
    const isSame = (from: Sealed) =>
      from.place === place && from.key === key && withoutKeyId(from.record).equals(withoutKeyId(record))
    const owner = isSame(sealed) ? sealed : isSame(other) ? other : null
    if (owner) whole += 1
    if (plain !== (owner?.plain ?? null)) throw new Error('a record opened that was not sealed so')
  })
  fc.assert(property, { numRuns: long ? 4_000_000 : 150_000 })
  expect(whole).toBeGreaterThan(100)
})

function withoutKeyId(record: Uint8Array): Buffer {
  return Buffer.concat([record.subarray(0, 2), record.subarray(4)])
}

/** Two root keys in use and one that is retired, and users whose keys each of them wrapped. */
function openVaults() {
  const random = { bytes: (length: number) => randomBytes(length) }
  const root = [1, 2, 3].map(id => ({ id, secret: randomBytes(32), state: 'active' as const }))
  const keyring = (
    primary: number,
    states: Readonly<Record<number, 'active' | 'decrypt-only' | 'retired'>>,
  ): Keyring => ({
    ...generateKeyring(),
    root: { primary, keys: root.map(key => ({ ...key, state: states[key.id] ?? key.state })) },
  })
  const users = root.flatMap(({ id }) => {
    const vault = createVault({ ring: openRing(keyring(id, {})), random })
    return ['a', 'b'].map(name => {
      const userId = `user-${name}-${id}`
      const { key, wrapped } = vault.createUserKey(userId)
      const place = { table: 'phone', column: 'number', appId: '-', row: userId }
      return { userId, wrapped: Buffer.from(wrapped), place, record: Buffer.from(key.seal(userId, place)), keyId: id }
    })
  })
  return { users, vault: createVault({ ring: openRing(keyring(2, { 1: 'decrypt-only', 3: 'retired' })), random }) }
}

test('what is under the key of a user opens for that user, in that row, with a root key in use', {
  timeout: patience,
}, () => {
  const { users, vault } = openVaults()
  let whole = 0
  const one = fc.constantFrom(...users)
  const property = fc.property(
    fc.tuple(one, one, one, one),
    fc.boolean(),
    change,
    change,
    fc.nat(0xffff),
    ([owner, wrapper, sealer, placer], isSame, keyChange, recordChange, at) => {
      const [by, from, where] = isSame ? [owner, owner, owner] : [wrapper, sealer, placer]
      const wrappedKey = changes[isSame ? 'nothing' : keyChange](by.wrapped, owner.wrapped, at)
      const record = changes[recordChange](from.record, owner.record, at)
      const plain = opened(() => vault.openUserKey({ id: owner.userId, wrappedKey }).open(record, where.place))
      const isWhole =
        wrappedKey.equals(owner.wrapped) && record.equals(owner.record) && where === owner && owner.keyId !== 3
      if (isWhole) whole += 1
      if (plain !== (isWhole ? owner.userId : null)) throw new Error('a field opened that was not sealed so')
    },
  )
  fc.assert(property, { numRuns: long ? 1_000_000 : 50_000 })
  expect(whole).toBeGreaterThan(100)
})
