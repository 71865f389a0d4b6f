import type { ResealChange, ResealUser, SealedRows } from '../../ports/reseal-store.ts'
import type { Statements, Step } from './statements.ts'

type PhoneRow = ResealUser['phones'][number]

/** Not shredded: of a user who was merged into another one the key stays for the undo. */
const hasKey = 'length(wrapped_key) > 4'

/** Rows that follow a new root key. */
export function reseals(sql: Statements) {
  const count = sql.one<[Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array], SealedRows>(`
    SELECT
      (SELECT count(*) FROM "user" WHERE ${hasKey} AND substr(wrapped_key, 3, 2) = ?) AS users,
      (SELECT count(*) FROM phone WHERE substr(blind_index, 1, 2) = ?) AS phones,
      (SELECT count(*) FROM app WHERE substr(sealed, 3, 2) = ?) AS apps,
      (SELECT count(*) FROM component_grant WHERE substr(sealed, 3, 2) = ?) AS grants,
      (SELECT count(*) FROM job WHERE substr(sealed, 3, 2) = ?) AS jobs`)
  const others = sql.all<
    [after: string, keyId: Uint8Array, keyId: Uint8Array, limit: number],
    Omit<ResealUser, 'phones'>
  >(`
    SELECT u.id, u.wrapped_key AS "wrappedKey" FROM "user" u
    WHERE u.id > ? AND ${hasKey} AND (substr(u.wrapped_key, 3, 2) <> ?
      OR EXISTS (SELECT 1 FROM phone p WHERE p.user_id = u.id AND substr(p.blind_index, 1, 2) <> ?))
    ORDER BY u.id LIMIT ?`)
  const phonesOf = sql.all<[userId: string], PhoneRow>(`
    SELECT phone_id AS id, app_id AS "appId", sealed_number AS "sealedNumber", blind_index AS "blindIndex"
    FROM phone WHERE user_id = ?`)
  const change = {
    user: sql.run<[to: Uint8Array, id: string, from: Uint8Array]>(
      'UPDATE "user" SET wrapped_key = ? WHERE id = ? AND wrapped_key = ?',
    ),
    phone: sql.run<[to: Uint8Array, id: string, from: Uint8Array]>(
      'UPDATE phone SET blind_index = ? WHERE phone_id = ? AND blind_index = ?',
    ),
  }

  return {
    *countSealed(keyId: number): Step<SealedRows> {
      const key = bytesOf(keyId)
      return (yield* count(key, key, key, key, key)) ?? { users: 0, phones: 0, apps: 0, grants: 0, jobs: 0 }
    },
    *usersToReseal(keyId: number, after: string, limit: number): Step<readonly ResealUser[]> {
      const users: ResealUser[] = []
      for (const user of yield* others(after, bytesOf(keyId), bytesOf(keyId), limit))
        users.push({ ...user, phones: yield* phonesOf(user.id) })
      return users
    },
    /** Each UPDATE says what it expects to find. */
    *reseal(changes: readonly ResealChange[]): Step<number> {
      let changed = 0
      for (const { what, id, from, to } of changes) changed += yield* change[what](to, id, from)
      return changed
    },
  }
}

function bytesOf(keyId: number): Uint8Array {
  return Buffer.from([keyId >>> 8, keyId & 0xff])
}
