import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { findProgram, freePort, holdProcess, newPlace, type Place } from './hold-process.ts'
import type { TestServer } from './service.ts'

/** A server that forgets when the machine stops: tests of durability start one with `fsync: 'on'`. */
const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** Where Debian, and Homebrew on both sorts of Mac, put `postgres`; Debian leaves it off the PATH. */
const folders = ['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql*/bin', '/usr/local/opt/postgresql*/bin']

export function findPostgres(): string | null {
  return findProgram('initdb', folders)
}

export interface PostgresOptions {
  /** Settings of `postgresql.conf`, above the fast ones. */
  readonly settings?: Readonly<Record<string, string>>
  /** Starts it as a replica that nobody feeds: it answers questions, and writes nothing. */
  readonly isStandby?: boolean
}

/** Answers the URL of the first database of a server of its own, or `null` when Postgres is not installed. */
export async function startPostgres({ settings = {}, isStandby = false }: PostgresOptions = {}) {
  const initdb = findPostgres()
  if (!initdb) return null
  const place = newPlace('postgres', ['postgres', 'nobody'])
  const data = join(place.folder, 'data')
  const password = randomBytes(12).toString('hex')
  initialise(initdb, data, password, place)
  if (isStandby) writeFileSync(join(data, 'standby.signal'), '')
  const port = await freePort()
  const all = { ...fast, listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...settings }
  const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  // SIGINT is the fast shutdown: sessions are ended ("Shutting Down the Server", postgresql.org/docs).
  const order = { command: join(dirname(initdb), 'postgres'), args, stopSignal: 'SIGINT' as const }
  const held = await holdProcess(place, order, () => asAdmin(url, 'SELECT 1'))
  return { url, stop: held.stop }
}

function initialise(initdb: string, data: string, password: string, { folder, user }: Place): void {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o644 })
  const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256', '--no-sync']
  execFileSync(initdb, [...args, `--pwfile=${passwordFile}`], { ...user, cwd: folder, stdio: 'pipe' })
}

/** Databases on the server of this URL, whose user may create them. */
export function postgresServer(url: string, stop: () => Promise<void>): TestServer {
  return {
    async openDatabase() {
      const name = `weapp_test_${randomBytes(8).toString('hex')}`
      await asAdmin(url, `CREATE DATABASE ${name} TEMPLATE template0`)
      const own = new URL(url)
      own.pathname = `/${name}`
      return { url: own.href, close: () => asAdmin(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
    },
    stop,
  }
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end().catch(() => undefined)
  }
}
