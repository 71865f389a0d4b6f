import { readFileSync } from 'node:fs'
import { decryptPush, parsePushBody, sessionSignature } from '@weapp-auth/protocol/wechat'
import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA } from '../../test/world.ts'
import { type EndpointName, endpointAt } from '../platform/endpoint-paths.ts'

type Fields = Record<string, unknown>
type World = ReturnType<typeof createWorld>
/** Makes the endpoint answer the errcode, by what a real account or caller could do. */
type Proof = (world: World) => Promise<Fields>
/** Why nothing real leads there; the errcode comes as a planned fault. */
interface OnlyAsFault {
  readonly onlyAsFault: string
}

interface DocumentedEndpoint {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly errors: readonly number[]
  readonly errors_observed?: readonly number[]
}

const { endpoints: documented } = JSON.parse(
  readFileSync(new URL('../../../protocol/vectors/endpoints.json', import.meta.url), 'utf8'),
) as { readonly endpoints: readonly DocumentedEndpoint[] }

const COMPONENT = { appId: 'wxcccccccccccccc01', name: '服务商' }
const PLUGIN = BOOKS
const BUSY: OnlyAsFault = { onlyAsFault: 'WeChat is busy: nobody outside can bring that about' }

const tokenGet = (path: string) => async (world: World, query: Fields) =>
  world.ask(`${path}?${form({ access_token: await world.stableToken(), ...query })}`)
const tokenPost =
  (path: string) =>
  async (world: World, body: unknown, query: Fields = {}) =>
    world.post(`${path}?${form({ access_token: await world.stableToken(), ...query })}`, body)

const getToken = (world: World, query: Fields = {}) =>
  world.ask(
    `/cgi-bin/token?${form({ grant_type: 'client_credential', appid: TEA.appId, secret: TEA.secret, ...query })}`,
  )
const login = (world: World, query: Fields) =>
  world.ask(
    `/sns/jscode2session?${form({ appid: TEA.appId, secret: TEA.secret, grant_type: 'authorization_code', ...query })}`,
  )
const thirdPartyLogin = (world: World, query: Fields) => {
  world.control.components.put(COMPONENT)
  const component = {
    component_appid: COMPONENT.appId,
    component_access_token: world.control.components.token(COMPONENT.appId),
  }
  return world.ask(
    `/sns/component/jscode2session?${form({ appid: TEA.appId, grant_type: 'authorization_code', ...component, ...query })}`,
  )
}
const authorized = (world: World) => {
  world.control.components.put(COMPONENT)
  world.control.components.authorize(COMPONENT.appId, TEA.appId)
  return world
}
const SECRET = '0d'.repeat(16)
const PUSH = {
  url: 'https://platform.example/events',
  token: 'AAAAA',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
}
const registered = (world: World) => {
  world.control.components.put({ ...COMPONENT, secret: SECRET })
  return world
}
/** What the platform is told; the tests of the sender look at the rest of it. */
async function pushed(world: World, work: () => Promise<unknown>): Promise<(name: string) => string> {
  world.control.components.put({ ...COMPONENT, secret: SECRET, push: PUSH })
  const before = world.delivered.length
  await work()
  const encrypt = parsePushBody(world.delivered[before] ?? '')?.get('encrypt') ?? ''
  const { encodingAesKey } = PUSH
  const fields = parsePushBody(decryptPush({ encodingAesKey, appId: COMPONENT.appId, encrypt }))
  return name => fields?.get(name) ?? ''
}
const pushedTicket = async (world: World) =>
  (await pushed(world, () => world.control.components.pushTicket(COMPONENT.appId)))('componentverifyticket')
const pushedAuthorization = async (world: World) => {
  const field = await pushed(world, () => world.control.components.authorize(COMPONENT.appId, TEA.appId))
  return { code: field('authorizationcode') }
}
const startTickets = (world: World, body: Fields) =>
  world.post('/cgi-bin/component/api_start_push_ticket', {
    component_appid: COMPONENT.appId,
    component_secret: SECRET,
    ...body,
  })
const componentToken = (world: World, body: Fields) =>
  world.post('/cgi-bin/component/api_component_token', {
    component_appid: COMPONENT.appId,
    component_appsecret: SECRET,
    component_verify_ticket: 'ticket@@@guessed',
    ...body,
  })
const queryAuth = (world: World, code: string, token?: string) =>
  world.post(
    `/cgi-bin/component/api_query_auth?${form({ access_token: token ?? world.control.components.token(COMPONENT.appId) })}`,
    { component_appid: COMPONENT.appId, authorization_code: code },
  )
const authorizerToken = (world: World, body: Fields, token?: string) =>
  world.post(
    `/cgi-bin/component/api_authorizer_token?${form({ access_token: token ?? world.control.components.token(COMPONENT.appId) })}`,
    {
      component_appid: COMPONENT.appId,
      authorizer_appid: TEA.appId,
      authorizer_refresh_token: 'refreshtoken@@@guessed',
      ...body,
    },
  )
const phoneCode = async (world: World) => (await world.phone().tapPhoneButton()).code
const clearAll = tokenPost('/cgi-bin/clear_quota')
const clearBySecret = (world: World, body: unknown) => world.post('/cgi-bin/clear_quota/v2', body)
const clearOne = tokenPost('/cgi-bin/openapi/quota/clear')
const quotaOf = tokenPost('/cgi-bin/openapi/quota/get')
const ridOf = tokenPost('/cgi-bin/openapi/rid/get')
const openPId = async (world: World, body: unknown) =>
  world.post(`/wxa/getpluginopenpid?access_token=${await world.stableToken(PLUGIN)}`, body)
const check = tokenPost('/cgi-bin/callback/check')
const PATH = { cgi_path: '/wxa/checksession' }

/** The signed query of somebody who is logged in. */
async function signed(world: World) {
  const { openid, session_key } = await world.session(await world.login())
  return { openid, signature: sessionSignature(String(session_key)), sig_method: 'hmac_sha256' }
}

/** The signed APIs share three refusals. */
function ofSignature(call: (world: World, query: Fields) => Promise<Fields>): Record<number, Proof> {
  return {
    87007: async world => {
      const query = await signed(world)
      world.control.clock.advance(259_200_000)
      return call(world, query)
    },
    87008: async world => call(world, { ...(await signed(world)), sig_method: 'sha1' }),
    87009: async world => call(world, { ...(await signed(world)), signature: 'x' }),
  }
}

/** Calls whose app was removed while its token lived. */
const ofRemovedApp =
  (call: (world: World, query: Fields) => Promise<Fields>): Proof =>
  async world => {
    const token = await world.stableToken()
    world.control.apps.remove(TEA.appId)
    return call(world, { access_token: token })
  }

/** What keeps the access_token away, the same for both ways to it. */
function ofToken(get: (world: World) => Promise<Fields>): Record<number, Proof> {
  const under = (conditions: Parameters<World['control']['accounts']['change']>[1]): Proof => {
    return world => {
      world.control.accounts.change(TEA.appId, conditions)
      return get(world)
    }
  }
  return {
    0: get,
    40164: under({ ipAllowList: ['203.0.113.0/24'] }),
    40243: under({ secretFrozen: true }),
    50004: under({ standing: 'punished' }),
    50007: under({ standing: 'frozen' }),
    89503: under({ ipConfirmation: 'asked' }),
    89506: under({ ipConfirmation: 'refused-for-a-day' }),
    89507: under({ ipConfirmation: 'refused-for-an-hour' }),
  }
}

const proofs: Record<EndpointName, Record<number, Proof | OnlyAsFault>> = {
  code2Session: {
    [-1]: BUSY,
    40013: world => login(world, { appid: 'wxffffffffffffffff' }),
    40029: world => login(world, { js_code: 'never' }),
    40125: world => login(world, { secret: BOOKS.secret }),
    40163: async world => {
      const code = await world.login()
      await world.session(code)
      return world.session(code)
    },
    40226: async world => {
      world.control.people.put({ ...LIN, highRisk: true })
      return world.session(await world.login())
    },
    41002: world => login(world, { appid: '' }),
    41004: world => login(world, { secret: '' }),
    41008: world => login(world, {}),
    45011: async world => {
      for (let call = 0; call < 100; call += 1) await world.session(await world.login())
      return world.session(await world.login())
    },
  },
  thirdpartyCode2Session: {
    40029: world => thirdPartyLogin(authorized(world), { js_code: 'never' }),
    40090: async world => thirdPartyLogin(world, { component_access_token: await world.stableToken() }),
    41004: world => thirdPartyLogin(world, { component_appid: '' }),
    41021: world => thirdPartyLogin(world, { component_access_token: '' }),
    45011: async world => {
      authorized(world)
      for (let call = 0; call < 100; call += 1) await thirdPartyLogin(world, { js_code: await world.login() })
      return thirdPartyLogin(world, { js_code: await world.login() })
    },
    61003: async world => thirdPartyLogin(world, { js_code: await world.login() }),
  },
  checkSessionKey: {
    0: async world => tokenGet('/wxa/checksession')(world, await signed(world)),
    ...ofSignature(tokenGet('/wxa/checksession')),
  },
  resetUserSessionKey: {
    [-1]: BUSY,
    40097: world => tokenGet('/wxa/resetusersessionkey')(world, {}),
    45011: async world => {
      let query = await signed(world)
      for (let call = 0; call < 10; call += 1) {
        const { session_key } = await tokenGet('/wxa/resetusersessionkey')(world, query)
        query = { ...query, signature: sessionSignature(String(session_key)) }
      }
      return tokenGet('/wxa/resetusersessionkey')(world, query)
    },
    ...ofSignature(tokenGet('/wxa/resetusersessionkey')),
  },
  getPhoneNumber: {
    [-1]: BUSY,
    40001: async world => {
      const token = await world.stableToken()
      world.control.stealToken(TEA.appId)
      return world.phoneByCode({ code: 'x' }, token)
    },
    40013: async world => world.phoneByCode({ code: await phoneCode(world) }, await world.stableToken(BOOKS)),
    40029: world => world.phoneByCode({ code: 'never' }),
    45011: async world => {
      world.control.quotas.set(TEA.appId, 'getPhoneNumber', { perMinute: 0 })
      return world.phoneByCode({ code: await phoneCode(world) })
    },
  },
  checkEncryptedData: {
    [-1]: BUSY,
    1: world => world.checkHash({ encrypted_msg_hash: '0'.repeat(64) }),
    40097: world => world.checkHash({ encrypted_msg_hash: 'x' }),
    44002: world => world.checkHash(''),
    47001: world => world.checkHash('{'),
  },
  getPaidUnionid: {
    [-1]: BUSY,
    0: async world => {
      world.control.apps.put({ ...TEA, openAccount: 'house' })
      const { transactionId } = world.control.pay(LIN.id, TEA.appId)
      const openid = world.control.people.openId(LIN.id, TEA.appId)
      return tokenGet('/wxa/getpaidunionid')(world, { openid, transaction_id: transactionId })
    },
    40001: world => tokenGet('/wxa/getpaidunionid')(world, { access_token: `85_${'x'.repeat(133)}` }),
    40003: world => tokenGet('/wxa/getpaidunionid')(world, { openid: 'oNobody' }),
    89002: world => {
      const openid = world.control.people.openId(LIN.id, TEA.appId)
      return tokenGet('/wxa/getpaidunionid')(world, { openid, transaction_id: '1' })
    },
    89300: world => {
      world.control.apps.put({ ...TEA, openAccount: 'house' })
      const openid = world.control.people.openId(LIN.id, TEA.appId)
      return tokenGet('/wxa/getpaidunionid')(world, { openid, transaction_id: '1' })
    },
  },
  getPluginOpenPId: {
    0: world => openPId(world, { code: world.control.pluginCode(LIN.id, TEA.appId, PLUGIN.appId) }),
    1000: { onlyAsFault: 'a system error: nobody outside can bring that about' },
    1001: world => openPId(world, {}),
    1003: world => {
      world.control.quotas.set(PLUGIN.appId, 'getPluginOpenPId', { perMinute: 0 })
      return openPId(world, { code: 'x' })
    },
    1005: world => openPId(world, { code: world.control.pluginCode(LIN.id, TEA.appId, COMPONENT.appId) }),
    1007: world => openPId(world, { code: 'never' }),
    1022: world => openPId(world, '{'),
    40016: { onlyAsFault: 'the page lists "invalid button size", which has no meaning for this API' },
    45009: world => {
      world.control.quotas.set(PLUGIN.appId, 'getPluginOpenPId', { daily: 0 })
      return openPId(world, { code: 'x' })
    },
  },
  getUserEncryptKey: {
    40001: world => tokenGet('/wxa/business/getuserencryptkey')(world, { access_token: `85_${'x'.repeat(133)}` }),
    ...ofSignature(tokenGet('/wxa/business/getuserencryptkey')),
  },
  startPushTicket: {
    0: world => startTickets(registered(world), {}),
    61004: world => {
      world.control.components.put({ ...COMPONENT, secret: SECRET, ipAllowList: ['203.0.113.7'] })
      return startTickets(world, {})
    },
    61011: world => startTickets(world, {}),
  },
  getComponentAccessToken: {
    40125: world => componentToken(registered(world), { component_appsecret: 'f'.repeat(32) }),
    41004: world => componentToken(registered(world), { component_appsecret: '' }),
    45009: { onlyAsFault: 'its daily limit is not told' },
    47001: world => world.post('/cgi-bin/component/api_component_token', 'component_appid=wx'),
    61004: world => {
      world.control.components.put({ ...COMPONENT, secret: SECRET, ipAllowList: ['203.0.113.7'] })
      return componentToken(world, {})
    },
    61005: async world => {
      const ticket = await pushedTicket(world)
      world.control.clock.advance(12 * 3_600_000)
      return componentToken(world, { component_verify_ticket: ticket })
    },
    61006: world => componentToken(registered(world), {}),
    61011: world => componentToken(world, { component_appid: TEA.appId }),
  },
  getAuthorizerRefreshToken: {
    40001: world => queryAuth(world, 'code', `85_${'x'.repeat(133)}`),
    61009: async world => queryAuth(registered(world), 'queryauthcode@@@guessed'),
    61010: async world => {
      const pushed = pushedAuthorization(world)
      world.control.clock.advance(600_000)
      return queryAuth(world, (await pushed).code)
    },
  },
  getAuthorizerAccessToken: {
    40001: world => authorizerToken(world, {}, `85_${'x'.repeat(133)}`),
    61003: world => authorizerToken(registered(world), {}),
    61023: world => authorizerToken(authorized(registered(world)), {}),
  },
  getAccessToken: {
    ...ofToken(world => getToken(world)),
    [-1]: BUSY,
    40001: { onlyAsFault: 'the page says "AppSecret wrong", for which the platform was seen to answer 40125' },
    40002: world => getToken(world, { grant_type: 'x' }),
    40013: world => getToken(world, { appid: 'wxffffffffffffffff' }),
    40125: world => getToken(world, { secret: BOOKS.secret }),
    41004: world => getToken(world, { secret: '' }),
  },
  getStableAccessToken: {
    ...ofToken(world => world.stable()),
    [-1]: BUSY,
    40002: world => world.stable(TEA, { grant_type: 'x' }),
    40013: world => world.stable({ ...TEA, appId: 'wxffffffffffffffff' }),
    40125: world => world.stable({ ...TEA, secret: BOOKS.secret }),
    41002: world => world.stable(TEA, { appid: '' }),
    41004: world => world.stable(TEA, { secret: '' }),
    43002: world => world.ask('/cgi-bin/stable_token'),
    45009: world => {
      world.control.quotas.set(TEA.appId, 'getStableAccessToken', { used: 500_000 })
      return world.stable()
    },
    45011: async world => {
      world.control.quotas.set(TEA.appId, 'getStableAccessToken', { perMinute: 1 })
      await world.stable()
      return world.stable()
    },
  },
  clearQuota: {
    0: world => clearAll(world, { appid: TEA.appId }),
    40013: world => clearAll(world, { appid: BOOKS.appId }),
    48006: async world => {
      for (let call = 0; call < 10; call += 1) await clearAll(world, { appid: TEA.appId })
      return clearAll(world, { appid: TEA.appId })
    },
  },
  clearQuotaByAppSecret: {
    [-1]: BUSY,
    40013: world => clearBySecret(world, { appid: 'wxffffffffffffffff', appsecret: TEA.secret }),
    41002: world => clearBySecret(world, ''),
    41004: world => clearBySecret(world, { appid: TEA.appId }),
    48006: async world => {
      const body = { appid: TEA.appId, appsecret: TEA.secret }
      for (let call = 0; call < 10; call += 1) await clearBySecret(world, body)
      return clearBySecret(world, body)
    },
  },
  clearApiQuota: {
    40001: world => clearOne(world, PATH, { access_token: `85_${'x'.repeat(133)}` }),
    41001: world => clearOne(world, PATH, { access_token: '' }),
    42001: async world => {
      const token = await world.stableToken()
      world.control.expireTokens(TEA.appId)
      return clearOne(world, PATH, { access_token: token })
    },
    44002: world => clearOne(world, ''),
    45009: async world => {
      for (let call = 0; call < 50; call += 1) await clearOne(world, PATH)
      return clearOne(world, PATH)
    },
    50002: async world => {
      const token = await world.stableToken()
      world.control.accounts.change(TEA.appId, { standing: 'limited' })
      return clearOne(world, PATH, { access_token: token })
    },
    76021: world => clearOne(world, { cgi_path: 'wxa/checksession' }),
    76022: world => clearOne(world, { cgi_path: '/sns/jscode2session' }),
  },
  getApiQuota: {
    0: world => quotaOf(world, PATH),
    76021: world => quotaOf(world, { cgi_path: '/no/such' }),
    76022: world => quotaOf(world, { cgi_path: '/sns/component/jscode2session' }),
  },
  getRidInfo: {
    0: async world => ridOf(world, { rid: ridIn(await world.phoneByCode({ code: 'never' })) }),
    76001: world => ridOf(world, { rid: `${(world.control.clock.now() / 1000).toString(16)}-00000000-00000000` }),
    76002: world => ridOf(world, { rid: 'x' }),
    76003: async world => {
      const token = await world.stableToken(BOOKS)
      return ridOf(world, { rid: ridIn(await world.phoneByCode({ code: 'never' }, token)) })
    },
    76004: async world => {
      const rid = ridIn(await world.phoneByCode({ code: 'never' }))
      world.control.clock.advance(604_801_000)
      return ridOf(world, { rid })
    },
  },
  getCallbackIp: {
    40013: ofRemovedApp((world, { access_token }) => world.ask(`/cgi-bin/getcallbackip?${form({ access_token })}`)),
  },
  getApiDomainIp: {
    40013: ofRemovedApp((world, { access_token }) => world.ask(`/cgi-bin/get_api_domain_ip?${form({ access_token })}`)),
  },
  callbackCheck: {
    40201: world => check(world, { action: 'all', check_operator: 'DEFAULT' }),
    40202: world => check(world, { action: 'look', check_operator: 'DEFAULT' }),
    40203: world => check(world, { action: 'all', check_operator: 'NOBODY' }),
  },
}

function form(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&')
}

function ridIn({ errmsg }: Fields): string {
  return String(errmsg).split('rid: ')[1] ?? ''
}

/** The pairs of the reference, each with its proof. */
const pairs = documented.flatMap(({ path, method, errors, errors_observed = [] }) => {
  const api = endpointAt(path)
  return [...errors, ...errors_observed].map(errcode => ({
    path,
    method,
    api,
    errcode,
    proof: api && proofs[api][errcode],
  }))
})

describe('every errcode that the reference names can be met', () => {
  test.each(pairs)('$path answers $errcode', async ({ path, method, api, errcode, proof }) => {
    expect(proof, 'neither a proof nor a reason').toBeDefined()
    if (!api || !proof) return
    const world = createWorld()
    if (typeof proof === 'function') {
      const answer = await proof(world)
      expect(answer.errcode ?? 0, JSON.stringify(answer)).toBe(errcode)
    } else {
      world.control.faults.next({ api, fault: errcode === -1 ? 'busy' : { errcode } })
      expect(await world.ask(path, { method })).toMatchObject({ errcode })
    }
  })

  test('the reference is read at all', () => {
    expect(documented).toHaveLength(23)
    expect(pairs.length).toBeGreaterThan(90)
  })
})
