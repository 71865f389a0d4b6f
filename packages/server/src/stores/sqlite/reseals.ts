import type { ResealChange, ResealUser, SealedRows } from '../../ports/reseal-store.ts'
import type { Statements } from './statements.ts'

type PhoneRow = ResealUser['phones'][number]

/** Not shredded: of a user who was merged into another one the key stays for the undo. */
const hasKey = 'length(wrapped_key) > 4'

/** Rows that follow a new root key. */
export function reseals(sql: Statements) {
  const count = sql.one<[keyId: Uint8Array], SealedRows>(`
    WITH k (id) AS (SELECT ?)
    SELECT
      (SELECT count(*) FROM "user", k WHERE ${hasKey} AND substr(wrapped_key, 3, 2) = k.id) AS users,
      (SELECT count(*) FROM phone, k WHERE substr(blind_index, 1, 2) = k.id) AS phones,
      (SELECT count(*) FROM app, k WHERE substr(sealed, 3, 2) = k.id) AS apps,
      (SELECT count(*) FROM job, k WHERE substr(sealed, 3, 2) = k.id) AS jobs`)
  const others = sql.all<
    [after: string, keyId: Uint8Array, keyId: Uint8Array, limit: number],
    Omit<ResealUser, 'phones'>
  >(`
    SELECT u.id, u.wrapped_key AS wrappedKey FROM "user" u
    WHERE u.id > ? AND ${hasKey} AND (substr(u.wrapped_key, 3, 2) <> ?
      OR EXISTS (SELECT 1 FROM phone p WHERE p.user_id = u.id AND substr(p.blind_index, 1, 2) <> ?))
    ORDER BY u.id LIMIT ?`)
  const phonesOf = sql.all<[userId: string], PhoneRow>(`
    SELECT phone_id AS id, app_id AS appId, sealed_number AS sealedNumber, blind_index AS blindIndex
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
    countSealed: (keyId: number): SealedRows => count(bytesOf(keyId)) ?? { users: 0, phones: 0, apps: 0, jobs: 0 },
    usersToReseal: (keyId: number, after: string, limit: number): readonly ResealUser[] =>
      others(after, bytesOf(keyId), bytesOf(keyId), limit).map(user => ({ ...user, phones: phonesOf(user.id) })),
    reseal: (changes: readonly ResealChange[]): number =>
      changes.reduce((changed, { what, id, from, to }) => changed + change[what](to, id, from), 0),
  }
}

function bytesOf(keyId: number): Uint8Array {
  return Buffer.from([keyId >>> 8, keyId & 0xff])
}
