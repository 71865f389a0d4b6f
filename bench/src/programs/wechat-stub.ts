/**
 * WeChat as fast as Node answers: no checks beyond the ones that keep contestants honest (the app's credentials), no
 * state beyond counters. `--upstream-ms N` holds every answer back for N milliseconds, as the real one does.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { app, openIdOf, sessionKeyOf, subjectOf } from '../world.ts'
import { serveCommands } from './serve-commands.ts'

const { values } = parseArgs({
  options: {
    'upstream-ms': { type: 'string', default: '0' },
    /** After how long an idle connection is closed; clients are told by `keep-alive: timeout`. */
    'idle-ms': { type: 'string', default: '60000' },
  },
})
const delay = Number(values['upstream-ms'])

/** How often each API was asked. */
const calls = { codeToSession: 0, stableToken: 0, phoneByCode: 0, checkEncryptedData: 0, refused: 0 }
const credentials = `appid=${app.appId}&secret=${app.secret}`

function codeToSession(url: string): string {
  if (!url.includes(credentials)) return refuse(40125, 'invalid appsecret')
  calls.codeToSession++
  const at = url.indexOf('js_code=') + 8
  const end = url.indexOf('&', at)
  const user = subjectOf(url.slice(at, end < 0 ? undefined : end))
  return `{"session_key":"${sessionKeyOf(user)}","openid":"${openIdOf(user)}"}`
}

function stableToken(body: string): string {
  if (!body.includes(app.secret)) return refuse(40125, 'invalid appsecret')
  calls.stableToken++
  return '{"access_token":"bench-access-token","expires_in":7200}'
}

function phoneByCode(body: string): string {
  calls.phoneByCode++
  const number = subjectOf((JSON.parse(body) as { code: string }).code)
  const watermark = `{"timestamp":${seconds()},"appid":"${app.appId}"}`
  return `{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"${number}","purePhoneNumber":"${number}","countryCode":"86","watermark":${watermark}}}`
}

function checkEncryptedData(): string {
  calls.checkEncryptedData++
  return `{"errcode":0,"errmsg":"ok","vaild":true,"create_time":${seconds()}}`
}

function refuse(errcode: number, errmsg: string): string {
  calls.refused++
  return `{"errcode":${errcode},"errmsg":"${errmsg}"}`
}

const seconds = () => Math.floor(Date.now() / 1000)

function answerOf(url: string, body: string): string {
  if (url.startsWith('/sns/jscode2session?')) return codeToSession(url)
  if (url.startsWith('/cgi-bin/stable_token')) return stableToken(body)
  if (!url.includes('access_token=bench-access-token')) return refuse(40001, 'invalid credential')
  if (url.startsWith('/wxa/business/getuserphonenumber?')) return phoneByCode(body)
  if (url.startsWith('/wxa/business/checkencryptedmsg?')) return checkEncryptedData()
  return refuse(40066, 'invalid url')
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, ['content-type', 'text/plain', 'content-length', String(text.length)])
  response.end(text, 'latin1')
}

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('latin1')
  request.on('data', part => {
    body += part
  })
  request.on('end', () => {
    const text = answerOf(request.url ?? '', body)
    if (delay > 0) setTimeout(send, delay, response, text)
    else send(response, text)
  })
})
server.keepAliveTimeout = Number(values['idle-ms'])
server.listen(0, '127.0.0.1', () =>
  serveCommands({ port: (server.address() as AddressInfo).port }, { calls: () => calls }),
)
