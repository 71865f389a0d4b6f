/**
 * The baseline: what teams write from blog posts. Express, axios, jsonwebtoken, one statement after the other, a line
 * in the log for every request. Kept as it is found in the field: no group commit, no sealing, no replay protection.
 */
import { createDecipheriv, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import axios from 'axios'
import Database from 'better-sqlite3'
import express, { type Request } from 'express'
import jwt from 'jsonwebtoken'
import { app as miniProgram } from '../world.ts'
import { serveCommands } from './serve-commands.ts'
import { readServerOptions } from './server-options.ts'

interface UserRow {
  id: number
  session_key: string
  phone: string | null
  created_at: string
}

const { upstream, file, variant } = readServerOptions()
const jwtSecret = 'a-secret-that-everybody-can-read'

const db = new Database(file)
if (variant === 'wal') db.pragma('journal_mode = WAL')
db.exec(`
  CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT UNIQUE, session_key TEXT, phone TEXT, created_at TEXT);
  CREATE TABLE phone_history (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, phone TEXT, created_at TEXT);
`)

let accessToken = { value: '', expiresAt: 0 }

async function getAccessToken(): Promise<string> {
  if (Date.now() < accessToken.expiresAt) return accessToken.value
  const { data } = await axios.post(`${upstream}/cgi-bin/stable_token`, {
    grant_type: 'client_credential',
    appid: miniProgram.appId,
    secret: miniProgram.secret,
  })
  accessToken = { value: data.access_token, expiresAt: Date.now() + data.expires_in * 1000 }
  return accessToken.value
}

function currentUser(req: Request): UserRow {
  const token = (req.headers.authorization ?? '').replace('Bearer ', '')
  const { userId } = jwt.verify(token, jwtSecret) as { userId: number }
  return db.prepare('SELECT * FROM users WHERE id = ?').get(userId) as UserRow
}

function decrypt(sessionKey: string, encryptedData: string, iv: string): string {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'))
  const text = decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8')
  const data = JSON.parse(text)
  if (data.watermark.appid !== miniProgram.appId) throw new Error('appid does not match')
  return data.purePhoneNumber
}

async function phoneByCode(code: string): Promise<string> {
  const url = `${upstream}/wxa/business/getuserphonenumber?access_token=${await getAccessToken()}`
  const { data } = await axios.post(url, { code })
  return data.phone_info.purePhoneNumber
}

const phoneView = (phone: string | null) => phone && { number: `+86${phone}`, countryCode: '86' }
const userView = (user: UserRow) => ({
  id: String(user.id),
  phone: phoneView(user.phone),
  createdAt: user.created_at,
})

const app = express()
app.use(express.json())
app.use((req, _res, next) => {
  console.log(`${new Date().toISOString()} ${req.method} ${req.url}`)
  next()
})

app.post('/v1/login', async (req, res) => {
  const { data } = await axios.get(`${upstream}/sns/jscode2session`, {
    params: {
      appid: miniProgram.appId,
      secret: miniProgram.secret,
      js_code: req.body.code,
      grant_type: 'authorization_code',
    },
  })
  let user = db.prepare('SELECT * FROM users WHERE openid = ?').get(data.openid) as UserRow | undefined
  const created = !user
  if (user) {
    db.prepare('UPDATE users SET session_key = ? WHERE id = ?').run(data.session_key, user.id)
  } else {
    const createdAt = new Date().toISOString()
    const { lastInsertRowid } = db
      .prepare('INSERT INTO users (openid, session_key, created_at) VALUES (?, ?, ?)')
      .run(data.openid, data.session_key, createdAt)
    user = { id: Number(lastInsertRowid), session_key: data.session_key, phone: null, created_at: createdAt }
  }
  const token = jwt.sign({ userId: user.id }, jwtSecret, { expiresIn: '7d' })
  res.json({
    user: userView(user),
    created,
    tokens: { accessToken: token, expiresIn: 604_800 },
    loginId: randomUUID(),
  })
})

app.post('/v1/phone', async (req, res) => {
  const user = currentUser(req)
  const { code, encryptedData, iv } = req.body
  const phone = code ? await phoneByCode(code) : decrypt(user.session_key, encryptedData, iv)
  const change = user.phone === null ? 'bound' : user.phone === phone ? 'unchanged' : 'replaced'
  if (change !== 'unchanged') {
    db.prepare('UPDATE users SET phone = ? WHERE id = ?').run(phone, user.id)
    db.prepare('INSERT INTO phone_history (user_id, phone, created_at) VALUES (?, ?, ?)').run(
      user.id,
      phone,
      new Date().toISOString(),
    )
  }
  res.json({ change, phone: phoneView(phone) })
})

app.get('/v1/me', (req, res) => {
  res.json({ user: userView(currentUser(req)) })
})

const server = app.listen(0, '127.0.0.1', () => serveCommands({ port: (server.address() as AddressInfo).port }))
