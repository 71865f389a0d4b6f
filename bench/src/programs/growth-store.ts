/** The SQLite store as a server opens it, on a file that has its users; plays what it is told and says what it cost. */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import Database from 'better-sqlite3'
import { v7 } from 'uuid'
import type { GrowthCost, Question, SampledUser } from '../growth/questions.ts'
import { app } from '../world.ts'
import { serveCommands } from './serve-commands.ts'

const { values } = parseArgs({ options: { file: { type: 'string', default: '' } } })
const atOnce = 64
/** Long before anything else in the file: what the measurement writes is due first, and swept away after it. */
let past = 1_500_000_000_000

const store = createSqliteStore({ database: new Database(values.file) })

/** What a login asks and writes: found by openid, then session, login, session_key and spent code in one commit. */
async function login({ openId, fingerprint }: SampledUser): Promise<void> {
  past += 1
  const found = await store.findIdentity(app.appId, openId)
  if (!found) throw new Error(`${openId} is not there`)
  const { status } = await store.recordLogin({
    now: past,
    appId: app.appId,
    openId,
    unionId: null,
    user: { id: found.user.id, create: null },
    session: { id: v7(), device: 'ios', idleUntil: past, absoluteUntil: past },
    loginId: v7(),
    sessionKey: { id: v7(), sealed: randomBytes(64), fingerprint: Buffer.from(fingerprint, 'base64') },
    claim: { kind: 'login-code', appId: app.appId, hash: randomBytes(32), attempt: randomBytes(32), until: past },
  })
  if (status !== 'recorded') throw new Error(`a login was ${status}`)
}

const must = async (found: Promise<unknown>): Promise<void> => {
  const row = await found
  if (row === null || (Array.isArray(row) && row.length === 0)) throw new Error('a row is missing')
}

const asked: Readonly<Record<Question, (user: SampledUser) => Promise<void>>> = {
  login,
  'session by token': ({ sessionId }) => must(store.findSession(sessionId)),
  'account by token': ({ sessionId }) => must(store.findAccountOfSession(sessionId)),
  'identity by openid': ({ openId }) => must(store.findIdentity(app.appId, openId)),
  'phone of a user': ({ userId }) => must(store.currentPhone(userId)),
  'users by number': ({ blindIndex }) => must(store.usersWithPhone([Buffer.from(blindIndex, 'base64')], 10)),
}

async function play(input: { question: Question; users: readonly SampledUser[] }): Promise<GrowthCost> {
  const ask = asked[input.question]
  const before = process.cpuUsage()
  const start = performance.now()
  for (let at = 0; at < input.users.length; at += atOnce) await Promise.all(input.users.slice(at, at + atOnce).map(ask))
  const wallMicros = ((performance.now() - start) * 1000) / input.users.length
  const { user, system } = process.cpuUsage(before)
  if (input.question === 'login') await store.sweep(past)
  return { cpuMicros: (user + system) / input.users.length, wallMicros }
}

serveCommands({}, { play, rss: () => process.memoryUsage().rss, close: () => store.close() })
