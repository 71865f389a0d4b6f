/**
 * The bound again, for login, with every duty that weapp-auth takes on: a code works once, ids are UUIDs, each user has a
 * wrapped key of their own, session_keys are kept with their history, a session is a row of its own, the refresh token is
 * a keyed hash, the access token a JWT that any backend verifies (Ed25519). Tuned by hand like the other bound, for one
 * app and nothing else. What it costs is what the duties cost; the rest of weapp-auth's distance to the bound is its layers.
 */
import { createHmac, createSecretKey, generateKeyPairSync, hash, randomBytes, sign, verify } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Database from 'better-sqlite3'
import { app } from '../world.ts'
import { refuse, withBody } from './bound/answer.ts'
import { askWechat } from './bound/ask-wechat.ts'
import { groupWrites } from './bound/group-of-writes.ts'
import { open, random, seal } from './bound/sealed-field.ts'
import { serveCommands } from './serve-commands.ts'
import { readServerOptions } from './server-options.ts'

const { upstream, file, pool: connections } = readServerOptions()

const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.pragma('cache_size = -65536')
db.exec(`
  CREATE TABLE user (id TEXT PRIMARY KEY, wrapped_key BLOB NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE identity (
    id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, open_id TEXT NOT NULL, user_id TEXT NOT NULL, UNIQUE (app_id, open_id)
  ) STRICT;
  CREATE TABLE session_key (
    identity_id INTEGER NOT NULL, id TEXT NOT NULL, fingerprint BLOB NOT NULL, sealed BLOB, failures INTEGER NOT NULL,
    issued_at INTEGER NOT NULL, superseded_at INTEGER, PRIMARY KEY (identity_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE session (
    id TEXT PRIMARY KEY, login_id TEXT NOT NULL UNIQUE, identity_id INTEGER NOT NULL, key_id TEXT, counter INTEGER NOT NULL,
    created_at INTEGER NOT NULL, idle_until INTEGER NOT NULL, absolute_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_by_idle ON session (idle_until);
  CREATE INDEX session_of_identity ON session (identity_id, key_id);
  CREATE TABLE spent (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, app_id TEXT NOT NULL, hash BLOB NOT NULL, attempt BLOB NOT NULL,
    until INTEGER NOT NULL, login_id TEXT, session_id TEXT, UNIQUE (hash, app_id, kind)
  ) STRICT;
  CREATE INDEX spent_by_until ON spent (until);
`)

interface Identity {
  readonly id: number
  readonly userId: string
  readonly wrappedKey: Buffer
  readonly createdAt: number
}

const findIdentity = db.prepare<[string, string], Identity>(`
  SELECT identity.id, user_id AS userId, wrapped_key AS wrappedKey, created_at AS createdAt
  FROM identity JOIN user ON user.id = user_id WHERE app_id = ? AND open_id = ?`)
const spend = db.prepare<[Buffer, string, Buffer, number, string, string]>(`
  INSERT INTO spent (kind, hash, app_id, attempt, until, login_id, session_id) VALUES ('login-code', ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`)
const findUser = db.prepare<[string], { readonly createdAt: number }>(
  'SELECT created_at AS createdAt FROM user WHERE id = ?',
)
const addUser = db.prepare<[string, Buffer, number]>('INSERT INTO user (id, wrapped_key, created_at) VALUES (?, ?, ?)')
const addIdentity = db.prepare<[string, string, string]>(
  'INSERT INTO identity (app_id, open_id, user_id) VALUES (?, ?, ?)',
)
const findKey = db.prepare<[number, Buffer], { readonly id: string; readonly supersededAt: number | null }>(
  'SELECT id, superseded_at AS supersededAt FROM session_key WHERE identity_id = ? AND fingerprint = ?',
)
const supersede = db.prepare<[number, number]>(
  'UPDATE session_key SET superseded_at = ? WHERE identity_id = ? AND superseded_at IS NULL',
)
const addKey = db.prepare<[number, string, Buffer, Buffer, number]>(
  'INSERT INTO session_key (identity_id, id, fingerprint, sealed, failures, issued_at) VALUES (?, ?, ?, ?, 0, ?)',
)
const addSession = db.prepare<[string, string, number, string, number, number, number]>(`
  INSERT INTO session (id, login_id, identity_id, key_id, counter, created_at, idle_until, absolute_until)
  VALUES (?, ?, ?, ?, 0, ?, ?, ?)`)

const enqueue = groupWrites(db)
const ask = askWechat(upstream, connections)

const wrapKey = createSecretKey(randomBytes(32))
const refreshKey = createSecretKey(randomBytes(32))
const fingerprintKey = createSecretKey(randomBytes(32))
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const header = Buffer.from('{"alg":"EdDSA","typ":"at+jwt","kid":"bench"}').toString('base64url')

const hour = 3_600_000
const codeForm = /^[A-Za-z0-9_-]{1,128}$/

function uuid(now: number): string {
  const bytes = random(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 15)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 63)
  const text = bytes.toString('hex')
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`
}

function accessToken(userId: string, sessionId: string, now: number): string {
  const iat = Math.floor(now / 1000)
  const claims = `{"iss":"https://auth.example.com","aud":"https://auth.example.com","sub":"${userId}","client_id":"${app.appId}","sid":"${sessionId}","jti":"${uuid(now)}","iat":${iat},"exp":${iat + 600}}`
  const text = `${header}.${Buffer.from(claims, 'latin1').toString('base64url')}`
  return `${text}.${sign(null, Buffer.from(text, 'latin1'), privateKey).toString('base64url')}`
}

function refreshToken(sessionId: string): string {
  const body = Buffer.alloc(36)
  body.write(sessionId.replaceAll('-', ''), 'hex')
  createHmac('sha256', refreshKey).update(body.subarray(0, 20)).digest().copy(body, 20, 0, 16)
  return `wxa_rt_${body.toString('base64url')}`
}

interface Person {
  readonly userId: string
  readonly created: boolean
  readonly createdAt: number
  readonly key: Uint8Array
  readonly wrapped: Buffer
}

function personOf(openId: string, now: number): Person {
  const known = findIdentity.get(app.appId, openId)
  if (known) {
    const { userId, createdAt, wrappedKey: wrapped } = known
    return { userId, created: false, createdAt, key: open(wrapKey, wrapped, userId), wrapped }
  }
  const userId = uuid(now)
  const key = Buffer.from(random(32))
  return { userId, created: true, createdAt: now, key, wrapped: seal(wrapKey, key, userId) }
}

function login(body: { appId?: unknown; code?: unknown; nonce?: unknown }, response: ServerResponse) {
  const { appId, code, nonce } = body
  if (appId !== app.appId || typeof code !== 'string' || !codeForm.test(code) || typeof nonce !== 'string')
    return refuse(response)
  const failed = () => refuse(response, 503)
  const path = `/sns/jscode2session?appid=${appId}&secret=${app.secret}&js_code=${code}&grant_type=authorization_code`
  ask('GET', path, null, answer => begin(answer, { code, nonce }, response, failed), failed)
}

function begin(
  { openid, session_key: sessionKey }: Record<string, unknown>,
  { code, nonce }: { readonly code: string; readonly nonce: string },
  response: ServerResponse,
  failed: () => void,
) {
  if (typeof openid !== 'string' || typeof sessionKey !== 'string') return failed()
  const now = Date.now()
  const person = personOf(openid, now)
  const { userId, key, wrapped, createdAt } = person
  const [sessionId, loginId, keyId] = [uuid(now), uuid(now), uuid(now)]
  const spent = hash('sha256', `login-code|${app.appId}|${code}`, 'buffer')
  const attempt = hash('sha256', `login|${nonce}`, 'buffer')
  const print = createHmac('sha256', fingerprintKey).update(`${openid}|${sessionKey}`).digest()
  const sealed = seal(key, sessionKey, `session_key|${userId}|${keyId}`)
  let recorded = false
  enqueue({
    write() {
      const identity = findIdentity.get(app.appId, openid)
      if (person.created ? identity : identity?.userId !== userId) return
      if (spend.run(spent, app.appId, attempt, now + hour, loginId, sessionId).changes === 0) return
      if (person.created) addUser.run(userId, wrapped, now)
      const identityId = identity?.id ?? Number(addIdentity.run(app.appId, openid, userId).lastInsertRowid)
      const same = findKey.get(identityId, print)
      const inUse = same?.supersededAt === null ? same.id : keyId
      if (inUse === keyId) {
        supersede.run(now, identityId)
        addKey.run(identityId, keyId, print, sealed, now)
      }
      addSession.run(sessionId, loginId, identityId, inUse, now, now + 168 * hour, now + 720 * hour)
      recorded = true
    },
    done() {
      if (!recorded) return refuse(response, 409)
      const user = userView(userId, createdAt)
      const tokens = `{"accessToken":"${accessToken(userId, sessionId, now)}","expiresIn":600,"refreshToken":"${refreshToken(sessionId)}"}`
      answer(response, `{"user":${user},"created":${person.created},"tokens":${tokens},"loginId":"${loginId}"}`)
    },
    failed,
  })
}

const userView = (id: string, createdAt: number) =>
  `{"id":"${id}","phone":null,"profile":{"nickname":null,"avatarUrl":null},"createdAt":"${new Date(createdAt).toISOString()}"}`

function answer(response: ServerResponse, text: string): void {
  response.writeHead(200, [
    ...['content-type', 'application/json; charset=utf-8', 'content-length', String(text.length)],
    ...['cache-control', 'no-store', 'x-content-type-options', 'nosniff', 'x-request-id', uuid(Date.now())],
  ])
  response.end(text, 'latin1')
}

/** Asked only after the load, to prove what was stored. */
function me(authorization: string | undefined, response: ServerResponse) {
  const [head = '', payload = '', signature = ''] = (authorization ?? '').slice(7).split('.')
  if (!verify(null, Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, 'base64url')))
    return refuse(response, 401)
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly sub: string }
  const user = findUser.get(sub)
  if (!user) return refuse(response, 401)
  answer(response, `{"user":${userView(sub, user.createdAt)}}`)
}

const server = createServer((request, response) => {
  withBody(request, text => {
    try {
      if (request.url === '/v1/login') login(JSON.parse(text), response)
      else if (request.url === '/v1/me') me(request.headers.authorization, response)
      else refuse(response, 404)
    } catch (error) {
      console.error(error)
      refuse(response)
    }
  })
})
server.listen(0, '127.0.0.1', () => serveCommands({ port: (server.address() as AddressInfo).port }))
