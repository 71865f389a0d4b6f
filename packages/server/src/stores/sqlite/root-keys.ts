import type { Store } from '../../ports/store.ts'
import type { Statements } from './statements.ts'

/** Which root keys the data was sealed with; never a key. */
export function rootKeys(sql: Statements) {
  const add = sql.run<[id: string, check: Uint8Array, now: number]>(
    'INSERT INTO "key" (id, check_value, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const find = sql.one<[id: string], { check: Uint8Array }>('SELECT check_value AS "check" FROM "key" WHERE id = ?')

  return {
    registerKey({ id, check, now }: Parameters<Store['registerKey']>[0]): 'new' | 'same' | 'different' {
      if (add(id, check, now) > 0) return 'new'
      const known = find(id)
      return known && Buffer.from(known.check).equals(check) ? 'same' : 'different'
    },
  }
}
