import type { Store } from '../../ports/store.ts'
import type { Statements, Step } from './statements.ts'

/** Which root keys the data was sealed with; never a key. */
export function rootKeys(sql: Statements) {
  const add = sql.add<[id: string, check: Uint8Array, now: number]>(
    'INSERT INTO "key" (id, check_value, created_at) VALUES (?, ?, ?)',
  )
  const find = sql.one<[id: string], { check: Uint8Array }>('SELECT check_value AS "check" FROM "key" WHERE id = ?')

  const ids = sql.all<[], { id: string }>('SELECT id FROM "key" ORDER BY id')

  return {
    *registerKey({ id, check, now }: Parameters<Store['registerKey']>[0]): Step<'new' | 'same' | 'different'> {
      if (yield* add(id, check, now)) return 'new'
      const known = yield* find(id)
      return known && Buffer.from(known.check).equals(check) ? 'same' : 'different'
    },
    *rootKeyIds(): Step<readonly string[]> {
      return (yield* ids()).map(({ id }) => id)
    },
  }
}
