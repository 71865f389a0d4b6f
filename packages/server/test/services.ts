/**
 * Databases for tests. `WEAPP_TEST_POSTGRES`, `WEAPP_TEST_MYSQL` and `WEAPP_TEST_REDIS` name servers to use (URLs of a
 * user who may create databases; of Redis the databases 1 to 15 are emptied); without them an installed server is
 * started in a temporary folder when the first test asks, and removed when the run ends, however it ends.
 */
import { inject } from 'vitest'
import { borrowDatabase } from './services/borrow-database.ts'
import './services/global-setup.ts'

export type { TestDatabase } from './services/service.ts'

/**
 * A new, empty database, or `null` when there is no Postgres: then a line says what to install. Where `CI` is set it is
 * an error instead.
 *
 * @example
 * const probe = await openTestPostgres()
 * await probe?.close()
 * describe.skipIf(!probe)('a store in Postgres', () => …)
 */
export const openTestPostgres = () => borrowDatabase(inject('databaseLender'), 'postgres')

/** The same of MariaDB or MySQL; see {@link openTestPostgres}. */
export const openTestMysql = () => borrowDatabase(inject('databaseLender'), 'mysql')

/** A database number of Redis, such as `redis://:password@127.0.0.1:6379/3`; see {@link openTestPostgres}. */
export const openTestRedis = () => borrowDatabase(inject('databaseLender'), 'redis')
