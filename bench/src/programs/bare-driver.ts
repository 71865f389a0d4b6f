/**
 * The bound of a server on a database: records the statements of requests as the store gives them to its driver, and
 * plays them on an empty database by the driver alone, with the same pool: the same texts, values, begins and commits.
 */
import { parseArgs } from 'node:util'
import { createServer, generateKeyring } from '@weapp-auth/server'
import {
  type Borrowing,
  type DatabaseKind,
  firstRecordedId,
  numberHigh,
  openPool,
  openRecordedStore,
  openStore,
  type PlayingPool,
  playingPool,
} from '../database/driver.ts'
import type { DatabaseScenario, Measured } from '../database/scenarios.ts'
import { inProcessWechat } from '../load/in-process-wechat.ts'
import { nonceOf } from '../load/people.ts'
import { phonePayload } from '../load/phone-payload.ts'
import { plainRequest } from '../load/plain-request.ts'
import { app, loginCode, phoneNumberOf } from '../world.ts'
import { serveCommands } from './serve-commands.ts'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'postgres' },
    record: { type: 'string', default: '' },
    play: { type: 'string', default: '' },
    users: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '16' },
    'at-once': { type: 'string', default: '64' },
  },
})
const kind = values.kind as DatabaseKind
const users = Number(values.users)
const atOnce = Number(values['at-once'])

/** All that one request asked. */
type Script = readonly Borrowing[]

interface Scripts extends Record<DatabaseScenario, Script[]> {
  /** What each connection is told before its first use. */
  readonly settings: Borrowing
  /** The first logins of those who return, and the phones that are replaced. */
  readonly before: Script[]
}

async function record(): Promise<Scripts> {
  await (await openStore(await openPool(kind, values.record, 1))).close()
  const opened = await openPool(kind, values.record, 1)
  let heard: Borrowing[] = []
  const store = await openRecordedStore(opened, borrowing => heard.push(borrowing))
  await numberHigh(opened)
  const settings = heard.flat().filter(({ asked }) => asked.sql?.startsWith('SET '))
  const server = createServer({
    apps: [{ appId: app.appId, openData: 'unchecked' }],
    store,
    wechat: inProcessWechat,
    keys: generateKeyring(),
    issuer: 'https://auth.example.com',
  })
  await server.ready()
  let serial = 0

  async function ask(method: 'GET' | 'POST', path: string, body?: object, token?: string) {
    heard = []
    const { status, body: said } = await server.answer(plainRequest(method, path, body, token))
    if (status !== 200) throw new Error(`${path}: status ${status}: ${said}`)
    return { script: heard as Script, said: JSON.parse(String(said)) as LoginSaid }
  }
  const login = (user: number) => {
    serial += 1
    return ask('POST', '/v1/login', { appId: app.appId, code: loginCode(user, serial), nonce: nonceOf(serial) })
  }
  const phone = (user: number, { tokens, loginId }: LoginSaid) => {
    serial += 1
    const body = { ...phonePayload(user, phoneNumberOf(serial)), loginId, nonce: nonceOf(serial) }
    return ask('POST', '/v1/phone', body, tokens.accessToken)
  }

  const scripts: Scripts = { settings, before: [], login: [], phoneChanged: [], me: [] }
  const people: LoginSaid[] = []
  for (let user = 0; user < users; user += 1) {
    const first = await login(user)
    people.push(first.said)
    scripts.before.push([...first.script, ...(await phone(user, first.said)).script])
  }
  for (const [user, person] of people.entries()) {
    scripts.phoneChanged.push((await phone(user, person)).script)
    scripts.me.push((await ask('GET', '/v1/me', undefined, person.tokens.accessToken)).script)
  }
  for (let user = 0; user < users; user += 1) {
    scripts.login.push((await login(users + user)).script)
    scripts.login.push((await login(user)).script)
  }
  await server.close()
  await store.close()
  return scripts
}

interface LoginSaid {
  readonly tokens: { readonly accessToken: string }
  readonly loginId: string
}

/** Row numbers are the other database's: what was recorded stands for what came back, of this user. */
async function playScript(pool: PlayingPool, script: Script, ids: Map<number, number>): Promise<void> {
  for (const borrowing of script) {
    const connection = await pool.borrow()
    try {
      for (const recorded of borrowing) {
        const own =
          recorded.values?.map(value => (typeof value === 'number' ? (ids.get(value) ?? value) : value)) ?? null
        const id = await connection.play(recorded, own)
        if (recorded.id !== null && recorded.id >= firstRecordedId && id !== null) ids.set(recorded.id, id)
      }
    } finally {
      connection.release()
    }
  }
}

const ids = new Map<number, number>()

async function playAll(pool: PlayingPool, scripts: readonly Script[]): Promise<Measured> {
  const before = process.cpuUsage()
  const start = performance.now()
  let next = 0
  const worker = async () => {
    for (let script = scripts[next++]; script; script = scripts[next++]) await playScript(pool, script, ids)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(before)
  return { perSecond: scripts.length / seconds, cpuMicros: (user + system) / scripts.length }
}

async function play(): Promise<Record<DatabaseScenario, Measured>> {
  const scripts = await record()
  await (await openStore(await openPool(kind, values.play, 1))).close()
  const pool = playingPool(await openPool(kind, values.play, Number(values.connections)), scripts.settings)
  await playAll(pool, scripts.before)
  const me = await playAll(pool, scripts.me)
  const phoneChanged = await playAll(pool, scripts.phoneChanged)
  const login = await playAll(pool, scripts.login)
  await pool.close()
  return { login, phoneChanged, me }
}

serveCommands({}, { play })
