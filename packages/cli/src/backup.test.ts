// The commands of docs/operating.md, where they are installed.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { fillTables } from '../../server/test/fill-tables.ts'
import { findProgram } from '../../server/test/services/hold-process.ts'
import { openTestMysql, openTestPostgres, type TestDatabase } from '../../server/test/services.ts'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { runCommand } from './run-command.ts'

async function transfer(from: string, to: string) {
  const { terminal, out, err } = createFakeTerminal()
  expect([await runCommand(['transfer', '--from', from, '--to', to], terminal), err()]).toEqual([0, ''])
  return out().match(/^\w+ +\d+ {2}[0-9a-f]{64}$/gm)
}

const openFile = async (): Promise<TestDatabase> => ({
  url: join(await temporaryFolder(), 'weapp-auth.sqlite'),
  close: async () => undefined,
})

type Copy = (from: string, to: string, file: string) => void

const copySqlite: Copy = (from, to) => void execFileSync('sqlite3', [from, `VACUUM INTO '${to}'`])

const copyPostgres: Copy = (from, to, file) => {
  execFileSync('pg_dump', ['--format=custom', `--file=${file}`, from])
  execFileSync('pg_restore', ['--no-owner', `--dbname=${to}`, file])
}

const copyMysql: Copy = (from, to, file) => {
  const [at, into] = [from, to].map(url => {
    const { hostname, port, username, password, pathname } = new URL(url)
    return {
      words: ['-h', hostname, '-P', port, '-u', username, pathname.slice(1)],
      env: { ...process.env, MYSQL_PWD: password },
    }
  })
  execFileSync(
    'mysqldump',
    ['--single-transaction', '--no-tablespaces', `--result-file=${file}`, ...(at?.words ?? [])],
    { env: at?.env },
  )
  execFileSync('mysql', into?.words, { env: into?.env, input: readFileSync(file) })
}

const ways: readonly (readonly [string, string, () => Promise<TestDatabase | null>, Copy])[] = [
  ['SQLite', 'sqlite3', openFile, copySqlite],
  ['Postgres', 'pg_restore', openTestPostgres, copyPostgres],
  ['MariaDB', 'mysqldump', openTestMysql, copyMysql],
]

const title = 'a backup of %s, restored, is the same in every bit'
test.for(ways)(title, { timeout: 120_000 }, async ([, program, borrow, copy], context) => {
  const [database, restored] = [await borrow(), await borrow()]
  onTestFinished(async () => void (await Promise.all([database?.close(), restored?.close()])))
  if (!findProgram(program)) {
    if (process.env.CI) throw new Error(`install ${program}`)
    return context.skip(`${program} is not installed`)
  }
  if (!database || !restored) return context.skip('the database is not installed')
  const folder = await temporaryFolder()
  const first = join(folder, 'first.sqlite')
  const filled = new Database(first)
  fillTables(filled)
  filled.close()
  const hashes = await transfer(first, database.url)
  copy(database.url, restored.url, join(folder, 'backup'))
  expect(await runCommand(['migrate'], createFakeTerminal({ DATABASE: restored.url }).terminal)).toBe(0)
  expect(await transfer(restored.url, join(folder, 'last.sqlite'))).toEqual(hashes)
})
