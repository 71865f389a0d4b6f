import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestMysql, openTestPostgres, type TestDatabase } from '../../server/test/services.ts'
import { createFakeTerminal } from '../test/fake-terminal.ts'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { openStore } from './open-store.ts'
import { readDatabase } from './read-database.ts'
import { runCommand } from './run-command.ts'

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { terminal, out, err } = createFakeTerminal(env, '0123456789abcdef0123456789abcdef')
  const code = await runCommand(args, terminal)
  return { code, said: out() + err() }
}

describe.each([
  ['MariaDB', openTestMysql],
  ['Postgres', openTestPostgres],
])('commands on %s', async (_, borrow) => {
  const probe = await borrow()
  await probe?.close()
  describe.skipIf(!probe)('', { timeout: 60_000 }, () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = (await borrow()) as TestDatabase
    })
    afterAll(() => database.close())

    test('migrate, keys, apps and audit work on it, and never print its password', async () => {
      const env = {
        DATABASE: database.url,
        WEAPP_DATA: await temporaryFolder(),
      }
      const { password, host } = new URL(database.url)
      const before = await run(['audit', 'verify'], env)
      expect([before.code, before.said]).toEqual([69, expect.stringContaining('weapp-auth migrate')])
      const said = [before.said]
      for (const args of [
        ['migrate'],
        ['migrate'],
        ['keys'],
        ['apps', 'add', 'wx0000000000000001', '--set', 'name=Shop'],
        ['keys', 'rotate', 'root', '--hurry'],
        ['keys', 'reseal'],
        ['apps', 'list'],
        ['audit', 'verify'],
        ['audit', 'export'],
      ]) {
        const outcome = await run(args, env)
        expect(outcome).toMatchObject({ code: 0 })
        said.push(outcome.said)
      }
      expect(said.join('\n')).toContain(`${host}/`)
      expect(said.join('\n')).toContain('wx0000000000000001')
      if (password) expect(said.join('\n')).not.toContain(password)
    })

    test('a wrong password is told, and no password is printed', async () => {
      const url = Object.assign(new URL(database.url), { username: 'nobody', password: 'not-my-password' })
      const { code, said } = await run(['migrate'], { DATABASE: url.href, WEAPP_DATA: await temporaryFolder() })
      expect([code, said]).toEqual([77, expect.stringContaining('DATABASE')])
      expect(said).not.toContain('not-my-password')
    })

    test('TLS that the server does not offer is told', async () => {
      const { code, said } = await run(['migrate'], {
        DATABASE: `${database.url}?sslmode=verify-full`,
        WEAPP_DATA: await temporaryFolder(),
      })
      expect([code, said]).toEqual([78, expect.stringContaining('TLS')])
    })
  })
})

const mysql = await openTestMysql()
afterAll(() => mysql?.close())

test.skipIf(!mysql)('two servers share a MySQL database', async () => {
  const database = readDatabase(mysql?.url ?? '', 2)
  const [one, other] = await Promise.all([openStore(database), openStore(database)])
  await one.writeAccessToken('wx0000000000000001', { sealed: Buffer.from('s'), expiresAt: 1, generation: 1 })
  expect(await other.readAccessToken('wx0000000000000001')).toMatchObject({ generation: 1 })
  await Promise.all([one.close(), other.close()])
})

test('a database that nobody can reach is told', async () => {
  for (const url of ['mysql://weapp:hush@127.0.0.1:1/users', 'postgres://weapp:hush@127.0.0.1:1/users']) {
    const { code, said } = await run(['migrate'], { DATABASE: url, WEAPP_DATA: await temporaryFolder() })
    expect([code, said]).toEqual([69, expect.stringContaining('DATABASE')])
    expect(said).not.toContain('hush')
  }
})

test('a certificate that cannot be read is told', async () => {
  const path = join(await temporaryFolder(), 'ca.pem')
  const database = readDatabase(`mysql://weapp@127.0.0.1:1/users?sslrootcert=${path}`, 2)
  await expect(openStore(database)).rejects.toMatchObject({ exit: 'config', message: expect.stringContaining(path) })
})
