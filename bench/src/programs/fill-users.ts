/**
 * Fills a SQLite file with users by the server's own routes, each with a login and a phone number: every row, seal and
 * index is what a server wrote. Only WeChat is a function here, and nothing waits for the disk until the end. Goes on
 * where an earlier run stopped.
 */
import { parseArgs } from 'node:util'
import { createServer, readKeyring } from '@weapp-auth/server'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import Database from 'better-sqlite3'
import { inProcessWechat } from '../load/in-process-wechat.ts'
import { nonceOf } from '../load/people.ts'
import { plainRequest } from '../load/plain-request.ts'
import { userOf } from '../on-disk/user-of.ts'
import { app, loginCode, phoneCode, phoneNumberOf } from '../world.ts'
import { serveCommands } from './serve-commands.ts'

const { values } = parseArgs({
  options: {
    file: { type: 'string', default: '' },
    users: { type: 'string', default: '0' },
    keys: { type: 'string', default: '' },
  },
})
const users = Number(values.users)
/** So few that the server sees no overload in them. */
const batch = 100

const database = new Database(values.file)
const store = createSqliteStore({ database, cacheMb: 2048 })
database.pragma('synchronous = OFF')
database.pragma('wal_autocheckpoint = 100000')

const server = createServer({
  apps: [{ appId: app.appId, openData: 'unchecked' }],
  store,
  wechat: inProcessWechat,
  keys: readKeyring(values.keys),
  issuer: 'https://auth.example.com',
})

/** Codes differ from one run to the next, so that a batch that was cut off can come again. */
const run = Date.now() % 1_000_000_000

async function arrive(n: number): Promise<void> {
  const user = userOf(n)
  const phone = { code: phoneCode(phoneNumberOf(user), run) }
  const { status, body } = await server.answer(
    plainRequest('POST', '/v1/login/phone', { appId: app.appId, code: loginCode(user, run), nonce: nonceOf(n), phone }),
  )
  if (status !== 200) throw new Error(`user ${user}: status ${status}: ${body}`)
}

let filled = 0

async function fill(): Promise<void> {
  const last = database.prepare<[], { n: number }>('SELECT coalesce(max(id), 0) AS n FROM identity').get()?.n ?? 0
  // The last batch of a run that was stopped may lack numbers: it comes once more.
  filled = last >= users ? users : Math.max(0, last - batch)
  while (filled < users) {
    const size = Math.min(batch, users - filled)
    await Promise.all(Array.from({ length: size }, (_, index) => arrive(filled + index)))
    filled += size
  }
  await server.close()
  database.pragma('wal_checkpoint(TRUNCATE)')
  await store.close()
}

serveCommands({}, { fill, filled: () => filled })
