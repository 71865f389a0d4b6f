import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { borrowDatabase } from './services/borrow-database.ts'
import { lendDatabases } from './services/lend-databases.ts'
import type { TestServer } from './services/service.ts'
import { openTestMysql, openTestPostgres, openTestRedis } from './services.ts'

const starting = { timeout: 60_000 }

async function namesIn(url: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'weapp_test_%'")
  await client.end()
  return rows.map(row => row.datname)
}

describe('a database for a test', () => {
  it.for([
    ['Postgres', openTestPostgres],
    ['MariaDB', openTestMysql],
    ['Redis', openTestRedis],
  ] as const)('of %s is another one each time', starting, async ([, open], { skip }) => {
    const databases = await Promise.all([open(), open()])
    if (databases.includes(null)) skip()
    expect(new Set(databases.map(database => database?.url)).size).toBe(2)
    for (const database of databases) await database?.close()
  })

  it('of Postgres is gone when it is closed, with who was still connected', starting, async ({ skip }) => {
    const [one, other] = [await openTestPostgres(), await openTestPostgres()]
    if (!one || !other) return skip()
    const connected = new Client({ connectionString: one.url })
    const cutOff = new Promise(resolve => connected.on('error', resolve))
    await connected.connect()
    await one.close()
    expect(await cutOff).toMatchObject({ code: '57P01' })
    const name = new URL(one.url).pathname.slice(1)
    expect(await namesIn(other.url)).not.toContain(name)
    await other.close()
  })
})

describe('a run without the server', () => {
  it('is told what to install, and goes on; in CI it fails', async () => {
    const start = vi.fn(async () => null)
    const lender = await lendDatabases(start)
    const say = vi.fn()
    expect(await borrowDatabase(lender.door, 'postgres', { ci: false, say })).toBeNull()
    expect(say.mock.calls[0]?.[0]).toMatch(/没有 Postgres.*Debian: .*macOS: .*Docker: /s)
    await expect(borrowDatabase(lender.door, 'postgres', { ci: true, say })).rejects.toThrow('sudo apt-get install')
    expect(start).toHaveBeenCalledOnce()
    await lender.close()
  })

  it('fails with the words of a server that does not start', async () => {
    const lender = await lendDatabases(() => Promise.reject(new Error('initdb: no space')))
    await expect(borrowDatabase(lender.door, 'postgres')).rejects.toThrow('initdb: no space')
    await lender.close()
  })
})

describe('the lender', () => {
  it('gives nothing to who does not know the word of this run', async () => {
    const start = vi.fn(async () => null)
    const lender = await lendDatabases(start)
    await expect(borrowDatabase({ ...lender.door, word: 'guess' }, 'redis')).rejects.toThrow()
    expect(start).not.toHaveBeenCalled()
    await lender.close()
  })

  it('starts nothing before it is asked, one server for all, and stops it at the end', async () => {
    const stop = vi.fn()
    const closed = vi.fn()
    const server: TestServer = { openDatabase: async () => ({ url: 'here', close: closed }), stop }
    const start = vi.fn(async () => server)
    const lender = await lendDatabases(start)
    expect(start).not.toHaveBeenCalled()
    const [one] = await Promise.all([1, 2].map(() => borrowDatabase(lender.door, 'redis')))
    expect(start).toHaveBeenCalledExactlyOnceWith('redis')
    await one?.close()
    expect(closed).toHaveBeenCalledOnce()
    expect(stop).not.toHaveBeenCalled()
    await lender.close()
    expect(stop).toHaveBeenCalledOnce()
    await expect(borrowDatabase(lender.door, 'redis')).rejects.toThrow('ECONNREFUSED')
  })
})

describe('a server whose starter was killed', () => {
  it('ends, and its folder is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-held-'))
    const order = { command: 'sleep', args: ['600'], folder, stopSignal: 'SIGTERM' }
    const holder = join(import.meta.dirname, 'services', 'hold-process.mjs')
    const script = `
      const child = require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
      console.log(child.pid)
      setInterval(() => {}, 1000)`
    const starter = spawn(process.execPath, ['-e', script, holder, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = await pidFrom(starter)
    expect(isAlive(pid)).toBe(true)
    starter.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
    expect(existsSync(folder)).toBe(false)
  })
})

function pidFrom(child: ChildProcess): Promise<number> {
  return new Promise(resolve => child.stdout?.once('data', data => resolve(Number(data))))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
