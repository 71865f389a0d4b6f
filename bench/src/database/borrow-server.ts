import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { DatabaseKind } from './driver.ts'

/** A database server that runs, and forgets nothing when the machine stops. */
export interface DatabaseServer {
  openDatabase(): Promise<{ readonly url: string; close(): Promise<void> }>
  stop(): Promise<void>
}

interface Starters {
  startPostgres(options: object): Promise<{ url: string; stop: () => Promise<void> } | null>
  postgresServer(url: string, stop: () => Promise<void>): DatabaseServer
  startMariadb(options: object): Promise<{ url: string; stop: () => Promise<void> } | null>
  mysqlServer(url: string, stop: () => Promise<void>): DatabaseServer
}

const durable = {
  postgres: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_connections: '200' },
  mysql: { 'innodb-flush-log-at-trx-commit': '1', 'innodb-flush-method': 'fsync', 'innodb-buffer-pool-size': '512M' },
}

/**
 * The server that `WEAPP_TEST_POSTGRES` or `WEAPP_TEST_MYSQL` names, or one of the tests' services, started for this run
 * with durable commits.
 *
 * @throws Error that says what to install.
 */
export async function borrowServer(kind: DatabaseKind, root: string, data: string): Promise<DatabaseServer> {
  const services = await loadServices(kind, root, data)
  const given = process.env[kind === 'postgres' ? 'WEAPP_TEST_POSTGRES' : 'WEAPP_TEST_MYSQL']
  const settings = { settings: durable[kind] }
  const start = () => (kind === 'postgres' ? services.startPostgres(settings) : services.startMariadb(settings))
  const server = given ? { url: given, stop: async () => undefined } : await start()
  if (!server) throw new Error(`${kind} is not installed: install it, or name one in WEAPP_TEST_${kind.toUpperCase()}`)
  return kind === 'postgres'
    ? services.postgresServer(server.url, server.stop)
    : services.mysqlServer(server.url, server.stop)
}

/** The tests' services are TypeScript that vitest runs; here they are compiled on the spot. */
async function loadServices(kind: DatabaseKind, root: string, data: string): Promise<Starters> {
  const folder = join(root, 'packages', 'server', 'test', 'services')
  const outfile = join(data, `${kind}-service.mjs`)
  mkdirSync(data, { recursive: true })
  await build({
    entryPoints: [join(folder, kind === 'postgres' ? 'postgres.ts' : 'mariadb.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { 'import.meta.dirname': JSON.stringify(folder) },
  })
  return (await import(pathToFileURL(outfile).href)) as Starters
}
