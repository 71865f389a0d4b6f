import { type DatabaseInspection, sampleOf, sampleSql } from '../inspection.ts'
import { migrations } from '../migrations/index.ts'
import type { PostgresPool } from './driver.ts'
import { appliedSteps } from './migrate.ts'
import { inspect, nameOf, storeUnusable } from './open-database.ts'
import { borrow } from './transactions.ts'

/**
 * Looks at a database, in one transaction that may only read; a server may be using it. The caller closes the pool.
 *
 * @throws StoreUnusable `unreachable`, `access-denied`, `foreign`, `schema-too-new`, …
 *
 * @example
 * import { Pool } from 'pg'
 * const { missing } = await inspectPostgres(new Pool({ connectionString: 'postgres://weapp@db.internal/weapp' }))
 */
export async function inspectPostgres(pool: PostgresPool): Promise<DatabaseInspection> {
  const name = nameOf(pool)
  pool.on('error', () => undefined)
  try {
    return await borrow(pool, async connection => {
      const all = async (text: string) => (await connection.query({ text })).rows
      await inspect(connection, name)
      await all('BEGIN READ ONLY')
      try {
        await all('SET LOCAL statement_timeout = 10000')
        const [about] = await all(askAbout)
        const { version, bytes, mayCreate } = about as About
        const applied = await appliedSteps(connection, name, migrations)
        const isCurrent = applied === migrations.length
        const forbidden = (await all(askForbidden)) as readonly { readonly what: string }[]
        return {
          version: `Postgres ${version}`,
          bytes: Number(bytes),
          applied,
          known: migrations.length,
          missing: [...forbidden.map(({ what }) => what), ...(isCurrent || mayCreate ? [] : ['CREATE'])],
          sample:
            isCurrent && forbidden.length === 0
              ? sampleOf({
                  keys: await all(sampleSql.keys),
                  apps: await all(sampleSql.apps),
                  oldest: await all(sampleSql.oldest),
                  newest: await all(sampleSql.newest),
                })
              : null,
        }
      } finally {
        await all('ROLLBACK')
      }
    })
  } catch (error) {
    throw storeUnusable(error, name)
  }
}

interface About {
  readonly version: string
  readonly bytes: string
  readonly mayCreate: boolean
}

const askAbout = `
  SELECT current_setting('server_version') AS version, pg_database_size(current_database())::text AS bytes,
         has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate"`

const askForbidden = `
  SELECT privilege || ' ' || relname AS what
  FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
  WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind IN ('r', 'p')
    AND NOT has_table_privilege(oid, privilege)
  ORDER BY relname, privilege`
