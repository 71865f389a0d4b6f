import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { findProgram, freePort, holdProcess, newPlace } from './hold-process.ts'
import type { TestServer } from './service.ts'

/** Servers lie where only root's PATH leads. */
const folders = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/opt/mariadb*/bin', '/usr/local/opt/mariadb*/bin']

export function findMariadb(): string | null {
  return findProgram('mariadbd', folders)
}

export interface MariadbOptions {
  /** Options of the server, without the leading dashes, above the fast ones. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Answers the URL of a server of its own, or `null` when MariaDB is not installed. */
export async function startMariadb({ settings = {} }: MariadbOptions = {}) {
  const [mariadbd, install] = [findMariadb(), findProgram('mariadb-install-db', folders)]
  if (!mariadbd || !install) return null
  const place = newPlace('mariadb', ['mysql', 'nobody'])
  const [data, init] = [join(place.folder, 'data'), join(place.folder, 'init.sql')]
  const setUp = ['--no-defaults', `--datadir=${data}`, '--skip-test-db', '--auth-root-authentication-method=normal']
  // Several servers that are set up at once would meet in one folder for temporary tables.
  const env = { ...process.env, TMPDIR: place.folder }
  execFileSync(install, [...setUp, '--innodb-log-file-size=8M'], {
    ...place.user,
    cwd: place.folder,
    env,
    stdio: 'pipe',
  })
  const password = randomBytes(12).toString('hex')
  writeFileSync(
    init,
    `DROP USER IF EXISTS root@localhost;
CREATE USER tests@127.0.0.1 IDENTIFIED BY '${password}';
GRANT ALL PRIVILEGES ON *.* TO tests@127.0.0.1 WITH GRANT OPTION;
`,
  )
  const port = await freePort()
  const all = {
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
    'innodb-flush-log-at-trx-commit': '0',
    'innodb-doublewrite': '0',
    ...settings,
  }
  const args = ['--no-defaults', ...Object.entries(all).map(([name, value]) => `--${name}=${value}`)]
  const url = `mysql://tests:${password}@127.0.0.1:${port}/mysql`
  const order = { command: mariadbd, args, stopSignal: 'SIGTERM' as const }
  const held = await holdProcess(place, order, () => asAdmin(url, 'SELECT 1'))
  return { url, stop: held.stop }
}

/** Databases on the server of this URL, whose user may create them. */
export function mysqlServer(url: string, stop: () => Promise<void>): TestServer {
  return {
    async openDatabase() {
      const name = `weapp_test_${randomBytes(8).toString('hex')}`
      await asAdmin(url, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
      const own = new URL(url)
      own.pathname = `/${name}`
      return { url: own.href, close: () => asAdmin(url, `DROP DATABASE IF EXISTS ${name}`) }
    },
    stop,
  }
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const connection = await createConnection(url)
  connection.on('error', () => undefined)
  try {
    await connection.query(sql)
  } finally {
    await connection.end().catch(() => undefined)
  }
}
