import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { type PrivateServer, privateServer, tellMissing } from './private-server.ts'
import { findProgram, freePort, newPlace } from './run-program.ts'

const folders = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/opt/mariadb*/bin', '/usr/local/opt/mariadb*/bin']

/** A MariaDB of its own, running; `null` where it is not installed. */
export async function startMariadb(): Promise<PrivateServer | null> {
  const [mariadbd, install] = [findProgram('mariadbd', folders), findProgram('mariadb-install-db', folders)]
  if (!mariadbd || !install) return tellMissing('MariaDB', 'mariadb-server')
  const place = newPlace('faults-mariadb', ['mysql', 'nobody'])
  const [data, init, port] = [join(place.folder, 'data'), join(place.folder, 'init.sql'), await freePort()]
  const setUp = ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal']
  const env = { ...process.env, TMPDIR: place.folder }
  const options = { ...place.user, cwd: place.folder, env, stdio: 'pipe' } as const
  execFileSync(install, [...setUp, '--innodb-log-file-size=8M'], options)
  const password = randomBytes(12).toString('hex')
  writeFileSync(
    init,
    `DROP USER IF EXISTS root@localhost;
CREATE USER IF NOT EXISTS tests@127.0.0.1 IDENTIFIED BY '${password}';
CREATE DATABASE IF NOT EXISTS weapp CHARACTER SET utf8mb4;
GRANT ALL PRIVILEGES ON *.* TO tests@127.0.0.1 WITH GRANT OPTION;
`,
  )
  const settings = {
    datadir: data,
    tmpdir: place.folder,
    socket: join(place.folder, 'socket'),
    'pid-file': join(place.folder, 'pid'),
    'init-file': init,
    'bind-address': '127.0.0.1',
    port: String(port),
    'skip-name-resolve': '1',
    'innodb-log-file-size': '8M',
    'innodb-buffer-pool-size': '64M',
    // What was committed survives the end of the process, though not of the machine.
    'innodb-flush-log-at-trx-commit': '2',
  }
  const url = `mysql://tests:${password}@127.0.0.1:${port}/weapp`
  const server = privateServer({
    place,
    url,
    command: mariadbd,
    args: ['--no-defaults', ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`)],
    crashSignal: 'SIGKILL',
    isReady: () => askMariadb(url, 'SELECT 1'),
  })
  await server.start()
  return server
}

/** Rows of one question, as somebody who may do everything; double quotes name columns, as in all statements of ours. */
export async function askMariadb(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  return await runMariadb(url, [sql])
}

/** The same of several statements; rows of the last one. */
export async function runMariadb(
  url: string,
  statements: readonly string[],
): Promise<readonly Record<string, unknown>[]> {
  const connection = await createConnection(url)
  connection.on('error', () => undefined)
  try {
    await connection.query("SET SESSION sql_mode = 'ANSI_QUOTES'")
    let rows: unknown
    for (const sql of statements) [rows] = await connection.query(sql)
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    await connection.end().catch(() => undefined)
  }
}
