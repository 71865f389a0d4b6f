import { type Migration, migrations } from '../migrations/index.ts'
import { StoreUnusable } from '../store-unusable.ts'
import { postgresColumns } from './columns.ts'
import type { PostgresClient } from './driver.ts'

/** Marks our table of steps, so that another program's table of that name is not taken for ours. */
const mark = 'weapp-auth'

/** One lock for all who migrate; two numbers, so that it is none of those that steps take. */
const lock = 'pg_advisory_xact_lock(1465401701, 1)'

export interface MigrateOptions {
  /** How the database is called in a refusal. */
  readonly name: string
  /** How long to wait for another process that migrates. */
  readonly waitMs: number
  readonly steps?: readonly Migration[]
}

/**
 * Brings the schema up to date: forward only, each step in one transaction, so a kill leaves the schema before or after
 * a step. Of processes that start at once one migrates and the others wait for it. Needs no right to make tables when
 * nothing is to be done. Works in the first schema of the search path.
 *
 * @throws StoreUnusable `foreign`, `schema-too-new`; what the server said.
 */
export async function migrate(
  connection: PostgresClient,
  { name, waitMs, steps = migrations }: MigrateOptions,
): Promise<void> {
  while ((await appliedSteps(connection, name, steps)) < steps.length) {
    await connection.query({ text: `BEGIN; SET LOCAL lock_timeout = ${waitMs}; SET LOCAL statement_timeout = 0` })
    try {
      await connection.query({ text: `SELECT ${lock}` })
      await connection.query({ text: 'SET LOCAL lock_timeout = 0' })
      const next = steps[await appliedSteps(connection, name, steps)]
      if (next) await apply(connection, next)
      await connection.query({ text: 'COMMIT' })
    } catch (error) {
      await connection.query({ text: 'ROLLBACK' })
      throw error
    }
  }
}

/** How many steps are done. Throws StoreUnusable `foreign` or `schema-too-new`. */
export async function appliedSteps(
  connection: PostgresClient,
  name: string,
  steps: readonly Migration[],
): Promise<number> {
  const { marked, others } = await look(connection)
  if (marked !== mark && (marked !== null || others > 0)) throw new StoreUnusable('foreign', name)
  if (marked === null) return 0
  const { rows } = await connection.query({ text: 'SELECT max(id)::int AS id FROM migration' })
  const { id } = rows[0] as { id: number | null }
  if ((id ?? 0) > steps.length) throw new StoreUnusable('schema-too-new', name)
  return id ?? 0
}

/** What our table of steps says it is (empty: nothing), and how many tables are there that no extension made. */
async function look(connection: PostgresClient): Promise<{ marked: string | null; others: number }> {
  const { rows } = await connection.query({
    text: `
      SELECT max(CASE WHEN relname = 'migration' THEN coalesce(obj_description(oid, 'pg_class'), '') END) AS marked,
             count(*)::int AS others
      FROM pg_class
      WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')`,
  })
  return rows[0] as { marked: string | null; others: number }
}

async function apply(connection: PostgresClient, { id, name, statements }: Migration): Promise<void> {
  if (id === 1) {
    const columns = 'id bigint PRIMARY KEY, name text NOT NULL, applied_at bigint NOT NULL'
    await connection.query({ text: `CREATE TABLE migration (${columns})` })
    await connection.query({ text: `COMMENT ON TABLE migration IS '${mark}'` })
  }
  for (const text of statements(postgresColumns)) await connection.query({ text })
  await connection.query({
    text: 'INSERT INTO migration (id, name, applied_at) VALUES ($1, $2, floor(extract(epoch FROM now()) * 1000))',
    values: [id, name],
  })
}
