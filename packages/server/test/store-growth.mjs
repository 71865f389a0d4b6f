/**
 * How the cost of the SQLite store grows with its users; a note for docs/decisions/0002, not a test.
 * `npm run build && node packages/server/test/store-growth.mjs [users = 1000000]` (about 1 GB for a million).
 *
 * CPU time is what it prints, so other work on the machine disturbs it little; fsync is part of the wall time only.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSqliteStore } from '@weapp-auth/server/sqlite'
import Database from 'better-sqlite3'
import { v7 } from 'uuid'

const most = Number(process.argv[2] ?? 1_000_000)
const appId = 'wx0000000000000001'
const batch = 64
const folder = mkdtempSync(join(tmpdir(), 'weapp-auth-growth-'))
const file = join(folder, 'store.sqlite')
const database = new Database(file)
const store = createSqliteStore({ database })

/** Ids of users by number; openids are spread over their index as WeChat's are. */
const userIds = []
const sessionIds = []
const openIdOf = number =>
  `o${((BigInt(number) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn).toString(36).padStart(27, 'Q')}`
let now = 1_800_000_000_000

function login(number) {
  now += 1
  const known = userIds[number]
  const id = v7()
  return {
    now,
    appId,
    openId: openIdOf(number),
    unionId: null,
    user: known ? { id: known, create: null } : { id, create: { wrappedKey: randomBytes(64) } },
    session: { id: v7(), device: 'ios', idleUntil: now + 7 * 86_400_000, absoluteUntil: now + 30 * 86_400_000 },
    loginId: v7(),
    sessionKey: null,
    claim: { kind: 'login-code', appId, hash: randomBytes(32), attempt: randomBytes(32), until: now + 86_400_000 },
  }
}

async function grow(size) {
  while (userIds.length < size) {
    const logins = Array.from({ length: Math.min(1000, size - userIds.length) }, (_, index) =>
      login(userIds.length + index),
    )
    await Promise.all(logins.map(one => store.recordLogin(one)))
    userIds.push(...logins.map(one => one.user.id))
    sessionIds.push(...logins.map(one => one.session.id))
  }
}

/** Microseconds of CPU and of wall time for one call, `batch` of them at once. */
async function cost(count, prepare) {
  const calls = Array.from({ length: count }, prepare)
  const before = process.cpuUsage()
  const start = performance.now()
  for (let at = 0; at < count; at += batch) await Promise.all(calls.slice(at, at + batch).map(call => call()))
  const wall = ((performance.now() - start) * 1000) / count
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / count, wall }
}

async function median(count, prepare) {
  const runs = []
  for (let round = 0; round < 5; round += 1) runs.push(await cost(count, prepare))
  const middle = key =>
    runs
      .map(run => run[key])
      .sort((a, b) => a - b)[2]
      .toFixed(1)
  return `${middle('cpu')} us cpu, ${middle('wall')} us wall`
}

const someone = () => randomInt(userIds.length)

process.stdout.write(`node ${process.version}, ${batch} calls at once\n`)
for (const size of [1000, 10_000, 100_000, 1_000_000, 10_000_000].filter(one => one <= most)) {
  await grow(size)
  const logins = await median(8192, () => {
    const input = login(someone())
    return () => store.recordLogin(input)
  })
  const identities = await median(8192, () => {
    const openId = openIdOf(someone())
    return () => store.findIdentity(appId, openId)
  })
  const sessions = await median(8192, () => {
    const id = sessionIds[someone()]
    return () => store.findSession(id)
  })
  database.pragma('wal_checkpoint(TRUNCATE)')
  const { rows } = database.prepare('SELECT count(*) AS rows FROM session').get()
  const perRow = Math.round(statSync(file).size / rows)
  const rss = Math.round(process.memoryUsage().rss / 1_000_000)
  process.stdout.write(`${size} users: login ${logins}; identity ${identities}; session ${sessions}; `)
  process.stdout.write(`${perRow} bytes a session with its code (and user); rss ${rss} MB\n`)
}
await store.close()
rmSync(folder, { recursive: true })
