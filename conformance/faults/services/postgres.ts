import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { type PrivateServer, privateServer, tellMissing } from './private-server.ts'
import { findProgram, freePort, newPlace } from './run-program.ts'

/** Debian leaves `postgres` off the PATH. */
const folders = ['/usr/lib/postgresql/*/bin', '/opt/homebrew/opt/postgresql*/bin', '/usr/local/opt/postgresql*/bin']

/** A Postgres of its own, running; `null` where it is not installed. A crash of the process, not of the machine: no fsync. */
export async function startPostgres(): Promise<PrivateServer | null> {
  const initdb = findProgram('initdb', folders)
  if (!initdb) return tellMissing('Postgres', 'postgresql')
  const place = newPlace('faults-postgres', ['postgres', 'nobody'])
  const [data, password, port] = [join(place.folder, 'data'), randomBytes(12).toString('hex'), await freePort()]
  const passwordFile = join(place.folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o644 })
  const setUp = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256', '--no-sync']
  execFileSync(initdb, [...setUp, `--pwfile=${passwordFile}`], { ...place.user, cwd: place.folder, stdio: 'pipe' })
  const settings = { fsync: 'off', listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' }
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const server = privateServer({
    place,
    url,
    command: join(dirname(initdb), 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // The immediate shutdown: its processes end without a word, and the next start recovers ("Shutting Down the Server").
    crashSignal: 'SIGQUIT',
    isReady: () => askPostgres(url, 'SELECT 1'),
  })
  await server.start()
  return server
}

/** Rows of one question, as somebody who may do everything. */
export async function askPostgres(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(sql)).rows ?? []
  } finally {
    await client.end().catch(() => undefined)
  }
}
