import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { LoginAnswer } from '@weapp-auth/protocol/contract'
import { encryptOpenData } from '@weapp-auth/protocol/wechat'
import { app, lin, type Stage } from '../stage.ts'

/** An answer as whoever attacks sees it. */
export interface Seen {
  readonly status: number
  /** All of them but the date. */
  readonly headers: readonly string[]
  readonly text: string
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly accessToken?: string
}

/** Somebody with a genuine account and a program of their own in place of the mini program. */
export interface Attacker extends LoginAnswer {
  readonly accessToken: string
  /** Asks the server as this user. */
  ask(path: string, asked?: Asked): Promise<Seen>
}

/** A ciphertext and what it needs to be opened. */
export interface Blob {
  readonly encryptedData: string
  readonly iv: string
}

export const newNonce = () => randomBytes(16).toString('base64url')

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** Asks the server for something, with as little between as there can be. An object as `body` is sent as JSON. */
export function ask(origin: string, path: string, asked: Asked = {}): Promise<Seen> {
  const { method = 'POST', accessToken, body } = asked
  const headers = {
    'content-type': 'application/json',
    ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    ...asked.headers,
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}${path}`, { method, headers, agent }, answer => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const { statusCode = 0, rawHeaders } = answer
        resolve({ status: statusCode, headers: headersOf(rawHeaders), text: Buffer.concat(chunks).toString() })
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Node gives names and values in turn. */
function headersOf(raw: readonly string[]): Seen['headers'] {
  return raw.flatMap((name, at) => (at % 2 === 0 && name.toLowerCase() !== 'date' ? [`${name}: ${raw[at + 1]}`] : []))
}

/** The `code` of a refusal, or `ok`. */
export const codeOf = ({ status, text }: Seen): string => (status < 400 ? 'ok' : String(JSON.parse(text).code))

/** Logs in without the client, as whoever runs a genuine WeChat can. */
export async function logIn(stage: Stage, personId = lin.id, appId = app.appId): Promise<Attacker> {
  const { code } = await stage.emulator.wx(personId, appId).wx.login()
  const { text } = await ask(stage.origin, '/v1/login', { body: { appId, code, nonce: newNonce() } })
  const login = JSON.parse(text) as LoginAnswer
  const { accessToken } = login.tokens
  return { ...login, accessToken, ask: (path, asked) => ask(stage.origin, path, { accessToken, ...asked }) }
}

/** The session_key that WeChat gave last: no attacker has it, but a test makes ciphertexts of any content with it. */
export function lastSessionKey(stage: Stage): string {
  const key = stage.upstream.flatMap(text => /"session_key":"([^"]+)"/.exec(text)?.[1] ?? []).at(-1)
  if (key === undefined) throw new Error('nobody logged in')
  return key
}

/** A phone payload as WeChat would make it now. */
export function phonePayload(stage: Stage, number = '13900139000', appId = app.appId) {
  const timestamp = Math.floor(stage.emulator.control.clock.now() / 1000)
  return { phoneNumber: number, purePhoneNumber: number, countryCode: '86', watermark: { timestamp, appid: appId } }
}

/** Encrypts a text as WeChat does. */
export function sealed(sessionKey: string, plaintext: string): Blob {
  const iv = randomBytes(16).toString('base64')
  return { iv, encryptedData: encryptOpenData({ sessionKey, iv, plaintext }) }
}
