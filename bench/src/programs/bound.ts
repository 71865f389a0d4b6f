/**
 * The bound: the same three routes tuned by hand for this bench alone. Raw node:http, undici `dispatch`, prepared
 * statements, every write of one event-loop turn in one transaction, opaque tokens stored as their SHA-256, phone and
 * session_key sealed with AES-256-GCM. It keeps no claims of codes, checks few fields and has one error: what a real
 * server does beyond this is what its share of the bound pays for. Long because it reads better whole.
 */
import { createDecipheriv, createHash, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Database from 'better-sqlite3'
import { app } from '../world.ts'
import { refuse, send, withBody } from './bound/answer.ts'
import { askWechat } from './bound/ask-wechat.ts'
import { groupWrites } from './bound/group-of-writes.ts'
import { open, random, seal } from './bound/sealed-field.ts'
import { serveCommands } from './serve-commands.ts'
import { readServerOptions } from './server-options.ts'

const { upstream, file, variant, checkData, pool: connections } = readServerOptions()

const db = new Database(file)
db.pragma('journal_mode = WAL')
db.pragma(`synchronous = ${variant === 'full' ? 'FULL' : 'NORMAL'}`)
db.pragma('cache_size = -65536')
db.exec(`
  CREATE TABLE user (
    id INTEGER PRIMARY KEY, openid TEXT NOT NULL UNIQUE, sealed_key BLOB NOT NULL, sealed_phone BLOB,
    logins INTEGER NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE session (user_id INTEGER PRIMARY KEY, token_hash BLOB NOT NULL, until INTEGER NOT NULL) STRICT;
  CREATE TABLE phone (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, sealed BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX phone_user ON phone (user_id);
`)

interface UserRow {
  readonly id: number
  readonly openid: string
  readonly sealed_key: Buffer
  readonly sealed_phone: Buffer | null
  readonly logins: number
  readonly created_at: number
  readonly token_hash: Buffer
  readonly until: number
}

const upsertUser = db.prepare<[string, Buffer, number], UserRow>(`
  INSERT INTO user (openid, sealed_key, logins, created_at) VALUES (?, ?, 1, ?)
  ON CONFLICT (openid) DO UPDATE SET sealed_key = excluded.sealed_key, logins = logins + 1
  RETURNING id, openid, sealed_phone, logins, created_at`)
const putSession = db.prepare<[number, Buffer, number]>(`
  INSERT INTO session (user_id, token_hash, until) VALUES (?, ?, ?)
  ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, until = excluded.until`)
const userOfSession = db.prepare<[number], UserRow>(
  'SELECT user.*, token_hash, until FROM session JOIN user ON user.id = user_id WHERE user_id = ?',
)
const putPhone = db.prepare<[Buffer, number]>('UPDATE user SET sealed_phone = ? WHERE id = ?')
const addHistory = db.prepare<[number, Buffer, number]>('INSERT INTO phone (user_id, sealed, at) VALUES (?, ?, ?)')

const key = createSecretKey(randomBytes(32))
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

const enqueue = groupWrites(db)
const ask = askWechat(upstream, connections)

let accessToken = ''

function withAccessToken(done: () => void, failed: (error: unknown) => void) {
  if (accessToken !== '') return done()
  const body = JSON.stringify({ grant_type: 'client_credential', appid: app.appId, secret: app.secret })
  ask(
    'POST',
    '/cgi-bin/stable_token',
    body,
    answer => {
      accessToken = String(answer.access_token)
      done()
    },
    failed,
  )
}

/* The three routes. */

const week = 7 * 86_400_000
const codeForm = /^[A-Za-z0-9_-]{1,128}$/

function login(body: { appId?: unknown; code?: unknown }, response: ServerResponse) {
  const { appId, code } = body
  if (appId !== app.appId || typeof code !== 'string' || !codeForm.test(code)) return refuse(response)
  const failed = () => refuse(response, 503)
  const path = `/sns/jscode2session?appid=${appId}&secret=${app.secret}&js_code=${code}&grant_type=authorization_code`
  ask(
    'GET',
    path,
    null,
    answer => {
      const { openid, session_key: sessionKey } = answer
      if (typeof openid !== 'string' || typeof sessionKey !== 'string') return failed()
      const now = Date.now()
      const secret = random(32).toString('base64url')
      const sealed = seal(key, sessionKey, openid)
      const hash = sha256(secret)
      let user: UserRow | undefined
      enqueue({
        write() {
          user = upsertUser.get(openid, sealed, now)
          if (user) putSession.run(user.id, hash, now + week)
        },
        done() {
          if (!user) return failed()
          send(
            response,
            200,
            `{"user":${userView(user)},"created":${user.logins === 1},"tokens":{"accessToken":"${user.id}.${secret}","expiresIn":604800},"loginId":"${user.id}"}`,
          )
        },
        failed,
      })
    },
    failed,
  )
}

function phone(
  user: UserRow,
  body: { code?: unknown; encryptedData?: unknown; iv?: unknown },
  response: ServerResponse,
) {
  const failed = () => refuse(response, 503)
  const { code, encryptedData, iv } = body
  if (typeof code === 'string' && codeForm.test(code)) {
    return withAccessToken(() => {
      const path = `/wxa/business/getuserphonenumber?access_token=${accessToken}`
      ask(
        'POST',
        path,
        `{"code":"${code}","openid":"${user.openid}"}`,
        answer => recordPhone(user, numberOf(answer.phone_info), response),
        failed,
      )
    }, failed)
  }
  if (typeof encryptedData !== 'string' || typeof iv !== 'string') return refuse(response)
  const number = numberIn(user, encryptedData, iv)
  if (!checkData) return recordPhone(user, number, response)
  withAccessToken(() => {
    const hash = createHash('sha256').update(encryptedData).digest('hex')
    const path = `/wxa/business/checkencryptedmsg?access_token=${accessToken}`
    ask(
      'POST',
      path,
      `{"encrypted_msg_hash":"${hash}"}`,
      answer => (answer.vaild === true ? recordPhone(user, number, response) : refuse(response)),
      failed,
    )
  }, failed)
}

function numberIn(user: UserRow, encryptedData: string, iv: string): string {
  const sessionKey = Buffer.from(open(key, user.sealed_key, user.openid).toString('latin1'), 'base64')
  const decipher = createDecipheriv('aes-128-cbc', sessionKey, Buffer.from(iv, 'base64'))
  return numberOf(JSON.parse(decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8')))
}

function numberOf(data: unknown): string {
  const { purePhoneNumber, countryCode, watermark } = data as {
    purePhoneNumber: string
    countryCode: string
    watermark: { appid: string; timestamp: number }
  }
  const age = Math.abs(Date.now() - watermark.timestamp * 1000)
  if (watermark.appid !== app.appId || age > 300_000 || !/^\d{5,14}$/.test(purePhoneNumber)) throw new Error('phone')
  return `+${countryCode}${purePhoneNumber}`
}

function recordPhone(user: UserRow, number: string, response: ServerResponse) {
  const owner = `phone${user.id}`
  const former = user.sealed_phone && open(key, user.sealed_phone, owner).toString('latin1')
  const change = former === null ? 'bound' : former === number ? 'unchanged' : 'replaced'
  const done = () => send(response, 200, `{"change":"${change}","phone":${phoneView(number)}}`)
  if (change === 'unchanged') return done()
  const sealed = seal(key, number, owner)
  enqueue({
    write() {
      putPhone.run(sealed, user.id)
      addHistory.run(user.id, sealed, Date.now())
    },
    done,
    failed: () => refuse(response, 503),
  })
}

function userOf(request: IncomingMessage): UserRow | null {
  const token = request.headers.authorization
  const dot = token?.indexOf('.', 7) ?? -1
  if (token === undefined || dot < 0) return null
  const user = userOfSession.get(Number(token.slice(7, dot)))
  if (!user || user.until < Date.now()) return null
  return timingSafeEqual(user.token_hash, sha256(token.slice(dot + 1))) ? user : null
}

const phoneView = (number: string) =>
  `{"number":"${number}","masked":"${number.slice(3, 6)}******${number.slice(-2)}","countryCode":"86","replacedAt":null}`

function userView(user: UserRow): string {
  const phone = user.sealed_phone
    ? phoneView(open(key, user.sealed_phone, `phone${user.id}`).toString('latin1'))
    : 'null'
  return `{"id":"${user.id}","phone":${phone},"createdAt":"${new Date(user.created_at).toISOString()}"}`
}

function route(request: IncomingMessage, response: ServerResponse, text: string) {
  if (request.url === '/v1/login') return login(JSON.parse(text), response)
  const user = userOf(request)
  if (!user) return refuse(response, 401)
  if (request.url === '/v1/phone') return phone(user, JSON.parse(text), response)
  if (request.url === '/v1/me') return send(response, 200, `{"user":${userView(user)}}`)
  refuse(response, 404)
}

const server = createServer((request, response) => {
  withBody(request, text => {
    try {
      route(request, response, text)
    } catch (error) {
      console.error(error)
      refuse(response)
    }
  })
})
server.listen(0, '127.0.0.1', () => serveCommands({ port: (server.address() as AddressInfo).port }))
