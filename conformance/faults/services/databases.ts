import { createMysqlStore } from '@weapp-auth/server/mysql'
import { createPostgresStore } from '@weapp-auth/server/postgres'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import type { RealStore } from '../open-real-world.ts'
import { askMariadb, runMariadb, startMariadb } from './mariadb.ts'
import { askPostgres, startPostgres } from './postgres.ts'
import type { PrivateServer } from './private-server.ts'

/** A database server that several processes share, as the faults need it. */
export interface DatabaseKind {
  readonly name: string
  start(): Promise<PrivateServer | null>
  openStore(url: string): Promise<RealStore>
  rowsOf(url: string, sql: string): Promise<readonly Record<string, unknown>[]>
  /**
   * From now on the next so many changes of a row fail as if two transactions had met, whatever they change; 0: none. What
   * was counted stays counted though it is undone, as it is with those that really meet.
   */
  failNextChanges(url: string, count: number): Promise<void>
  /** Ends every connection to the database but the one that asks; answers how many. */
  killConnections(url: string): Promise<number>
}

const connectMs = 10_000

export const postgres: DatabaseKind = {
  name: 'Postgres',
  start: startPostgres,
  openStore: url =>
    createPostgresStore({
      pool: new Pool({ connectionString: url, max: 16, connectionTimeoutMillis: connectMs }),
    }),
  rowsOf: askPostgres,
  async failNextChanges(url, count) {
    await askPostgres(url, postgresTriggers)
    await askPostgres(url, `SELECT setval('faults_counted', 1, false); UPDATE faults SET most = ${count}`)
  },
  async killConnections(url) {
    const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`
    return (await askPostgres(url, others)).length
  },
}

export const mariadb: DatabaseKind = {
  name: 'MariaDB',
  start: startMariadb,
  openStore: url =>
    createMysqlStore({ pool: createPool({ uri: url, connectionLimit: 16, connectTimeout: connectMs }) }),
  rowsOf: askMariadb,
  async failNextChanges(url, count) {
    const made = await askMariadb(url, "SHOW TABLES LIKE 'faults'")
    if (made.length === 0) await runMariadb(url, await mariadbTriggers(url))
    const begin = 'ALTER SEQUENCE faults_counted RESTART 1'
    await runMariadb(url, ['DELETE FROM faults', `INSERT INTO faults VALUES (${count})`, begin])
  },
  async killConnections(url) {
    const others = await askMariadb(
      url,
      'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    )
    // One that has ended by itself meanwhile cannot be killed any more.
    for (const { id } of others) await askMariadb(url, `KILL ${Number(id)}`).catch(() => undefined)
    return others.length
  },
}

/** Serialization failure and deadlock by turns, in front of every table. */
const postgresTriggers = `DO $do$
  DECLARE name text;
  BEGIN
    CREATE SEQUENCE IF NOT EXISTS faults_counted;
    IF to_regclass('faults') IS NOT NULL THEN RETURN; END IF;
    CREATE TABLE faults AS SELECT CAST(0 AS bigint) AS most;
    CREATE FUNCTION fail_sometimes() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE number bigint := nextval('faults_counted');
      BEGIN
        IF number <= (SELECT most FROM faults) THEN
          RAISE EXCEPTION 'forced' USING ERRCODE = CASE number % 2 WHEN 0 THEN '40P01' ELSE '40001' END;
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
      END $$;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'faults' LOOP
      EXECUTE format('CREATE TRIGGER fail_sometimes BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION fail_sometimes()', name);
    END LOOP;
  END $do$`

async function mariadbTriggers(url: string): Promise<readonly string[]> {
  const tables = await askMariadb(
    url,
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`,
  )
  return [
    'CREATE SEQUENCE faults_counted',
    'CREATE TABLE faults (most BIGINT)',
    ...tables.flatMap(({ name }) => ['INSERT', 'UPDATE', 'DELETE'].map(verb => mariadbTrigger(String(name), verb))),
  ]
}

const mariadbTrigger = (table: string, verb: string) =>
  `CREATE TRIGGER fail_${verb}_${table} BEFORE ${verb} ON "${table}" FOR EACH ROW
    IF NEXTVAL(faults_counted) <= (SELECT MAX(most) FROM faults) THEN
      SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'forced';
    END IF`
