/** The emulator with many people behind the HTTP server of the command line, and whoever prepares requests for it. */
import { createHash, createHmac } from 'node:crypto'
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { createEmulator, type EndpointName } from '@weapp-auth/emulator'
import { requestBytes } from '../load/request-bytes.ts'
import { serveCommands } from './serve-commands.ts'

const { values } = parseArgs({ options: { people: { type: 'string', default: '100000' } } })
const count = Number(values.people)

const app = {
  appId: 'wxbe9c000000000001',
  secret: 'be9cbe9cbe9cbe9cbe9cbe9cbe9cbe9c',
  name: 'Bench',
  openAccount: 'bench',
}
const component = { appId: 'wxbe9c0000000000c1', name: 'Bench platform' }
const push = { url: 'https://bench.test/push', token: 'token', encodingAesKey: 'a'.repeat(43) }

const heapBefore = heapBytes()
const emulator = createEmulator({
  apps: [{ ...app, push }],
  people: Array.from({ length: count }, (_, n) => ({
    id: `p${n}`,
    name: `P${n}`,
    phones: [{ number: String(13_000_000_000 + n) }],
  })),
})
const heapWithPeople = heapBytes()
const { control } = emulator
control.changeBilling(app.appId, { free: true })
control.components.put(component)
control.components.authorize(component.appId, app.appId)

/** Everybody's turn once: no quota of one person is in the way. */
let turn = 0
const nextPerson = () => `p${turn++ % count}`

const seconds = { accessToken: '', componentToken: '' }

async function ask(path: string, body?: object): Promise<Record<string, string>> {
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
  return (await (await emulator.fetch(new Request(`http://bench.test${path}`, init))).json()) as Record<string, string>
}

const wx = (what: string, personId: string, more: object = {}) =>
  ask(`/_emulator/wx/${what}`, { appId: app.appId, personId, ...more })
const login = async (personId: string) => String((await wx('login', personId)).code)
const credentials = `appid=${app.appId}&secret=${app.secret}`
const session = (code: string) =>
  ask(`/sns/jscode2session?${credentials}&js_code=${code}&grant_type=authorization_code`)

async function tap(personId: string) {
  const { openedAt } = await wx('phone-sheet/open', personId)
  return wx('phone-sheet/close', personId, { decision: { decision: 'allow' }, openedAt })
}

/** The query of the signed APIs for somebody who is logged in. */
async function signed(personId: string): Promise<string> {
  const { openid, session_key = '' } = await session(await login(personId))
  const signature = createHmac('sha256', session_key).update('').digest('hex')
  return `access_token=${seconds.accessToken}&openid=${openid}&signature=${signature}&sig_method=hmac_sha256`
}

const get = (path: string) => requestBytes('GET', path, null)
const post = (path: string, body: object) =>
  requestBytes('POST', `${path}${path.includes('?') ? '' : `?access_token=${seconds.accessToken}`}`, null, body)

/** One request that must succeed, for each API that can be called often; the clears are limited to a few a month. */
const makers: Partial<Record<EndpointName, () => Promise<string> | string>> = {
  code2Session: async () =>
    get(`/sns/jscode2session?${credentials}&js_code=${await login(nextPerson())}&grant_type=authorization_code`),
  thirdpartyCode2Session: async () => {
    const query = `appid=${app.appId}&js_code=${await login(nextPerson())}&grant_type=authorization_code`
    const own = `component_appid=${component.appId}&component_access_token=${seconds.componentToken}`
    return get(`/sns/component/jscode2session?${query}&${own}`)
  },
  getAccessToken: () => get(`/cgi-bin/token?${credentials}&grant_type=client_credential`),
  getStableAccessToken: () =>
    requestBytes('POST', '/cgi-bin/stable_token', null, {
      grant_type: 'client_credential',
      appid: app.appId,
      secret: app.secret,
    }),
  getPhoneNumber: async () => post('/wxa/business/getuserphonenumber', { code: (await tap(nextPerson())).code }),
  checkSessionKey: async () => get(`/wxa/checksession?${await signed(nextPerson())}`),
  resetUserSessionKey: async () => get(`/wxa/resetusersessionkey?${await signed(nextPerson())}`),
  checkEncryptedData: async () => {
    const { encryptedData = '' } = await tap(nextPerson())
    const encrypted_msg_hash = createHash('sha256').update(encryptedData).digest('hex')
    return post('/wxa/business/checkencryptedmsg', { encrypted_msg_hash })
  },
  getPaidUnionid: () => {
    const personId = nextPerson()
    const { transactionId } = control.pay(personId, app.appId)
    const openid = control.people.openId(personId, app.appId)
    const query = `access_token=${seconds.accessToken}&openid=${openid}&transaction_id=${transactionId}`
    return get(`/wxa/getpaidunionid?${query}`)
  },
  getPluginOpenPId: () =>
    post('/wxa/getpluginopenpid', { code: control.pluginCode(nextPerson(), app.appId, app.appId) }),
  getUserEncryptKey: async () => {
    const personId = nextPerson()
    control.latestUserKey(personId, app.appId)
    return get(`/wxa/business/getuserencryptkey?${await signed(personId)}`)
  },
  getApiQuota: () => post('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/stable_token' }),
  getRidInfo: async () => {
    const { errmsg = '' } = await ask(`/wxa/checksession?access_token=${seconds.accessToken}`)
    return post('/cgi-bin/openapi/rid/get', { rid: errmsg.slice(-26) })
  },
  getCallbackIp: () => get(`/cgi-bin/getcallbackip?access_token=${seconds.accessToken}`),
  getApiDomainIp: () => get(`/cgi-bin/get_api_domain_ip?access_token=${seconds.accessToken}`),
  callbackCheck: () => post('/cgi-bin/callback/check', { action: 'all', check_operator: 'DEFAULT' }),
}

/** Requests that can be played once each, as bytes. */
async function requests({
  api,
  count,
}: {
  readonly api: EndpointName
  readonly count: number
}): Promise<readonly string[]> {
  const stable = { grant_type: 'client_credential', appid: app.appId, secret: app.secret }
  seconds.accessToken = (await ask('/cgi-bin/stable_token', stable)).access_token ?? ''
  seconds.componentToken = control.components.token(component.appId)
  for (const name of Object.keys(makers) as EndpointName[])
    control.quotas.set(app.appId, name, { daily: Infinity, perMinute: Infinity })
  const made = []
  for (let one = 0; one < count; one += 1) made.push((await makers[api]?.()) ?? '')
  return made
}

/** What the heap holds once everybody has logged in. */
async function everybodyLogsIn(): Promise<number> {
  for (let n = 0; n < count; n += 1) await session(await login(`p${n}`))
  return heapBytes()
}

function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

serve({ fetch: request => emulator.fetch(request), hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  serveCommands(
    { port, apis: Object.keys(makers), peopleBytes: heapWithPeople - heapBefore },
    { requests, everybodyLogsIn: async () => (await everybodyLogsIn()) - heapBefore },
  ),
)
