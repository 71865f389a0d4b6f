/**
 * A process of its own with a SQLite store: `program <file> hold` keeps it open until it is killed, `program <file>
 * write` records logins as fast as it can. Says on stdout, a line each: `open`, the refusal when the store cannot be
 * opened, or the loginId of a login that the store acknowledged.
 */
import { writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import { createSqliteStore, StoreUnusable } from '../../src/stores/sqlite/index.ts'
import { againOf, keyOf, newId, phoneOf, registered, type Subject } from '../store-contract/subject.ts'

const [file, mode] = process.argv.slice(2)

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

/** One user's stream of steps: each is asked for when the one before was acknowledged. */
async function write(store: Subject): Promise<never> {
  const first = await registered(store, { sessionKey: keyOf('first') })
  say(first.loginId)
  for (;;) {
    const login = againOf(first, { sessionKey: keyOf(newId()) })
    const [outcome] = await Promise.all([
      store.recordLogin(login),
      store.recordPhone(phoneOf(first.user.id, newId())),
      store.endSession(first.session.id, login.now, 'logout'),
    ])
    if (outcome.status === 'recorded') say(login.loginId)
  }
}

try {
  const store = createSqliteStore({ database: new Database(file), busyTimeoutMs: 0 })
  say('open')
  if (mode === 'write') await Promise.all(Array.from({ length: 16 }, () => write(store)))
  else process.stdin.resume()
} catch (error) {
  say(error instanceof StoreUnusable ? error.code : String(error))
}
