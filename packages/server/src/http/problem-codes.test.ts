import {
  adminRoutes,
  type BulkExportAnswer,
  type MergeAnswer,
  type MergeCodeAnswer,
  type ProblemCode,
  problemCodes,
  routes,
} from '@weapp-auth/protocol/contract'
import { describe, expect, test } from 'vitest'
import { createFakeSms } from '../../test/fake-sms.ts'
import { newSessionKey } from '../../test/fake-wechat.ts'
import { createMemoryAvatars } from '../../test/memory-avatars.ts'
import { openConsoleServer } from '../../test/open-console.ts'
import { type Answer, appId, newNonce, openServer } from '../../test/open-server.ts'
import { StorageFault } from '../ports/store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'

/** Brings the code about over HTTP and hands back the answer that has it. */
type Way = () => Promise<Pick<Answer<unknown>, 'status' | 'body'>>

const number = '+8613800138000'
const nonce = newNonce
const login = (code = 'never-issued') => ({ appId, code, nonce: nonce() })
const download = (id: string) => adminRoutes.exportDownload.replace('{id}', id)
const rare = { requests: 1, windowMs: 60_000 }

/** A person who has logged in, on a server with everything switched on. */
async function user(options: Parameters<typeof openServer>[0] = {}) {
  const sms = createFakeSms()
  const policy = { sms: 'on', ...options.policy } as const
  const server = openServer({
    openData: 'monitor',
    sms: sms.provider,
    avatars: createMemoryAvatars(),
    ...options,
    policy,
  })
  const { person, token, loginId, tokens } = await server.logIn()
  const send = (path: string, body: object) => server.post(path, { ...body }, token)
  const code = () => server.wechat.phoneCode(person, number)
  const ask = async () => {
    const { body } = await server.post<{ smsId: string }>(routes.sms, { number, nonce: nonce() }, token)
    return { smsId: body.smsId, nonce: nonce(), code: sms.code() === '000000' ? '000001' : '000000' }
  }
  const upload = (bytes: Uint8Array<ArrayBuffer>) =>
    server.send(routes.avatar, {
      method: 'POST',
      headers: { 'content-type': 'image/png', authorization: `Bearer ${token}` },
      body: bytes,
    })
  return { ...server, person, token, loginId, tokens, sms, sendAs: send, code, ask, upload }
}

async function fails(
  call: 'codeToSession',
  fault: 'unavailable' | 'bad-answer' | 'limited' | 'unauthorized' | 'misconfigured',
) {
  const { post, wechat } = openServer()
  wechat.failNext(call, fault)
  return post(routes.login, login())
}

async function breaks(fault: Error) {
  const store = Object.assign(createMemoryStore(), {
    check: async () => {
      throw fault
    },
  })
  return openServer({ store }).get(routes.ready)
}

const backend = { id: 'orders', secret: 'only-for-this-test-0123456789', wechatAccessToken: [] }
const basic = { authorization: `Basic ${Buffer.from(`${backend.id}:${backend.secret}`).toString('base64')}` }

function grant(fields: Readonly<Record<string, string>>) {
  const body = new URLSearchParams({ refresh_token: 'wxa_rt_nonsense', client_id: appId, ...fields })
  return openServer().send(routes.oauthToken, { method: 'POST', body })
}

/** A person who has merged another account. */
async function merged() {
  const server = await user()
  let others = 0
  async function mergeAnother() {
    others += 1
    const { token } = await server.logIn(`openid-of-another-${others}`)
    const { code } = (await server.post<MergeCodeAnswer>(routes.mergeCode, {}, token)).body
    return server.post<MergeAnswer>(routes.myMerges, { code, nonce: nonce() }, server.token)
  }
  return { ...server, mergeId: (await mergeAnother()).body.merge.id, mergeAnother }
}

/** How each code comes about. A code without a way is a promise of the document that nobody keeps. */
const ways: Readonly<Record<ProblemCode, Way>> = {
  request_malformed: () => openServer().post(routes.login, '{'),
  request_invalid: () => openServer().post(routes.login, { ...login(), openid: 'victim' }),
  request_too_large: () => openServer().post(routes.login, { ...login(), code: 'x'.repeat(20_000) }),
  media_type_unsupported: () => openServer().send(routes.login, { method: 'POST', body: '{}' }),
  route_unknown: () => openServer().get('/v1/nothing'),
  method_not_allowed: () => openServer().send(routes.login, { method: 'PUT' }),
  app_unknown: () => openServer().post(routes.login, { ...login(), appId: 'wx-of-nobody' }),
  code_invalid: () => openServer().post(routes.login, login()),
  async code_consumed() {
    const { post, wechat } = openServer()
    const code = wechat.loginCode({ appId, openId: 'o' })
    await post(routes.login, login(code))
    return post(routes.login, login(code))
  },
  async user_blocked() {
    const { post, wechat } = openServer()
    Object.assign(wechat.platform, { codeToSession: async () => ({ status: 'user-blocked' }) })
    return post(routes.login, login())
  },
  async account_blocked() {
    const { logIn, asOperator, post, wechat } = openServer()
    const { user, person } = await logIn()
    await asOperator('support').post(adminRoutes.userBlock.replace('{id}', user.id), { reason: 'ticket 4711' })
    return post(routes.login, login(wechat.loginCode(person)))
  },
  phone_code_invalid: async () => (await user()).sendAs(routes.phone, { code: 'never-issued', nonce: nonce() }),
  async phone_code_consumed() {
    const { sendAs, code } = await user()
    const one = code()
    await sendAs(routes.phone, { code: one, nonce: nonce() })
    return sendAs(routes.phone, { code: one, nonce: nonce() })
  },
  async attempt_pending() {
    const { sendAs, sms, token, ...beside } = await user()
    const body = { number, nonce: nonce() }
    sms.answerNext('never')
    void sendAs(routes.sms, body)
    while (sms.sent.length === 0) await new Promise(setImmediate)
    return openServer({ beside, sms: sms.provider, policy: { sms: 'on' } }).post(routes.sms, body, token)
  },
  async phone_data_invalid() {
    const { sendAs, wechat, person, loginId } = await user()
    const data = wechat.phoneData({ ...person, sessionKey: newSessionKey() }, number)
    return sendAs(routes.phone, { ...data, loginId, nonce: nonce() })
  },
  async open_data_off() {
    const { sendAs, wechat, person, loginId } = await user({ openData: 'off' })
    return sendAs(routes.phone, { ...wechat.phoneData(person, number), loginId, nonce: nonce() })
  },
  async login_unusable() {
    const { sendAs, wechat, person } = await user()
    const loginId = '00000000-0000-7000-8000-000000000000'
    return sendAs(routes.phone, { ...wechat.phoneData(person, number), loginId, nonce: nonce() })
  },
  async phone_taken() {
    const { sendAs, code, logIn, wechat, phone } = await user({ phoneConflict: 'reject' })
    await sendAs(routes.phone, { code: code(), nonce: nonce() })
    const second = await logIn('openid-of-xiaohong')
    return phone({ code: wechat.phoneCode(second.person, number), nonce: nonce() }, second.token)
  },
  async phone_cooling() {
    const { sendAs, code, logIn, wechat, phone } = await user({ phoneConflict: 'transfer' })
    await sendAs(routes.phone, { code: code(), nonce: nonce() })
    const second = await logIn('openid-of-xiaohong')
    return phone({ code: wechat.phoneCode(second.person, number), nonce: nonce() }, second.token)
  },
  async merge_code_invalid() {
    return (await user()).sendAs(routes.myMerges, { code: 'wxa_mc_nonsense', nonce: nonce() })
  },
  async merge_self() {
    const { sendAs } = await user()
    const { code } = (await sendAs(routes.mergeCode, {})).body as unknown as MergeCodeAnswer
    return sendAs(routes.myMerges, { code, nonce: nonce() })
  },
  async merge_unknown() {
    return (await user()).sendAs(routes.mergeUndo, { mergeId: '00000000-0000-7000-8000-000000000000' })
  },
  async merge_undo_late() {
    const { pass, logIn, post, mergeId } = await merged()
    pass(7 * 24 * 3600_000)
    return post(routes.mergeUndo, { mergeId }, (await logIn()).token)
  },
  async merge_undo_conflict() {
    const { sendAs, mergeId, mergeAnother } = await merged()
    await mergeAnother()
    return sendAs(routes.mergeUndo, { mergeId })
  },
  profile_placeholder: async () => (await user()).sendAs(routes.profile, { nickname: '微信用户' }),
  async profile_data_invalid() {
    const { sendAs, loginId } = await user()
    return sendAs(routes.profileOpenData, { loginId, rawData: '{}', signature: 'x' })
  },
  avatar_invalid: async () => (await user()).upload(new TextEncoder().encode('<svg/>')),
  avatar_too_large: async () => (await user()).upload(new Uint8Array(3 * 1024 * 1024)),
  avatar_unknown: () => openServer().get(routes.avatarFile.replace('{key}', 'x'.repeat(32))),
  async avatars_off() {
    const { send, logIn } = openServer()
    const headers = { 'content-type': 'image/png', authorization: `Bearer ${(await logIn()).token}` }
    return send(routes.avatar, { method: 'POST', headers, body: 'x' })
  },
  async consent_required() {
    const { sendAs, code } = await user({ policy: { consentVersion: 'v2' } })
    return sendAs(routes.phone, { code: code(), nonce: nonce() })
  },
  async sms_off() {
    const { logIn, post } = openServer()
    return post(routes.sms, { number, nonce: nonce() }, (await logIn()).token)
  },
  async sms_limited() {
    const { ask, sendAs } = await user()
    await ask()
    return sendAs(routes.sms, { number, nonce: nonce() })
  },
  async sms_code_wrong() {
    const { ask, sendAs } = await user()
    return sendAs(routes.smsVerify, await ask())
  },
  async sms_code_expired() {
    const { ask, sendAs, pass } = await user()
    const guess = await ask()
    pass(6 * 60_000)
    return sendAs(routes.smsVerify, guess)
  },
  async sms_unavailable() {
    const { sendAs, sms } = await user()
    sms.answerNext({ status: 'unavailable', reason: 'test' })
    return sendAs(routes.sms, { number, nonce: nonce() })
  },
  async rate_limited() {
    const { logIn, post } = openServer({ limits: { perUser: rare } })
    const { token } = await logIn()
    await post(routes.profile, {}, token)
    return post(routes.profile, {}, token)
  },
  async phone_budget_spent() {
    const { sendAs, code } = await user({ policy: { phoneBudget: 1 } })
    await sendAs(routes.phone, { code: code(), nonce: nonce() })
    return sendAs(routes.phone, { code: code(), nonce: nonce() })
  },
  token_missing: () => openServer().get(routes.me),
  token_invalid: () => openServer().get(routes.me, 'nonsense'),
  refresh_invalid: () => openServer().rotate('wxa_rt_nonsense', nonce()),
  async refresh_reused() {
    const { logIn, rotate } = openServer()
    const { tokens } = await logIn()
    await rotate(tokens.refreshToken, nonce())
    return rotate(tokens.refreshToken, nonce())
  },
  async session_unknown() {
    const { send, token } = await user()
    const headers = { authorization: `Bearer ${token}` }
    return send(routes.mySession.replace('{id}', 'x'), { method: 'DELETE', headers })
  },
  backend_unauthorized: () =>
    openServer().send(routes.introspect, { method: 'POST', body: new URLSearchParams({ token: 'x' }) }),
  backend_forbidden: () =>
    openServer({ backends: [backend] }).send(`${routes.wechatAccessToken}?appId=${appId}`, { headers: basic }),
  operator_unauthorized: () => openServer().get(adminRoutes.users),
  operator_forbidden: () => openServer().asOperator('viewer').post(adminRoutes.apps, {}),
  async sign_in_invalid() {
    const code = 'a'.repeat(24)
    return openConsoleServer().openBrowser().post(adminRoutes.sessionRecovery, { name: 'nobody', code })
  },
  async proof_needed() {
    const { first, pass } = openConsoleServer()
    const chen = await first()
    pass(5 * 60_000)
    return chen.post(adminRoutes.operators, { name: 'lin', role: 'viewer' })
  },
  console_only: () => openConsoleServer().asOperator('admin').get(adminRoutes.session),
  invitation_invalid: () =>
    openConsoleServer()
      .openBrowser()
      .post(adminRoutes.invitation, { invitation: 'x'.repeat(43) }),
  async operator_unknown() {
    const { first } = openConsoleServer()
    return (await first()).send('DELETE', adminRoutes.ownSession.replace('{id}', 'nothing'))
  },
  async operator_taken() {
    const { first } = openConsoleServer()
    return (await first('chen')).post(adminRoutes.operators, { name: 'chen', role: 'viewer' })
  },
  async operator_needed() {
    const { first } = openConsoleServer()
    const { joined, send } = await first()
    const path = adminRoutes.operatorAccount.replace('{id}', joined.operator.id)
    return send('PATCH', path, { role: 'viewer', reason: 'ticket 4711' })
  },
  export_unknown: () => openServer().asOperator('admin').post(download('nothing'), {}),
  async export_second_person() {
    const { first } = openConsoleServer()
    const chen = await first()
    const { body } = await chen.post<BulkExportAnswer>(adminRoutes.exports, {
      kind: 'users',
      numbers: 'full',
      reason: 'ticket 4711',
    })
    return chen.post(adminRoutes.exportApprove.replace('{id}', body.export.id), {})
  },
  async export_closed() {
    const admin = openServer().asOperator('admin')
    const body = { kind: 'users', numbers: 'full', reason: 'ticket 4711' }
    const asked = (await admin.post<BulkExportAnswer>(adminRoutes.exports, body)).body
    return admin.post(download(asked.export.id), {})
  },
  user_unknown: () => openServer().asOperator('viewer').get(adminRoutes.user.replace('{id}', 'nobody')),
  app_taken: () => openServer().asOperator('admin').post(adminRoutes.apps, { appId, secret: 'only-for-this-test' }),
  app_fixed: () =>
    openServer().asOperator('admin').send('PATCH', adminRoutes.app.replace('{appId}', appId), { changes: {} }),
  async app_changed() {
    const { send, post } = openServer().asOperator('admin')
    await post(adminRoutes.apps, { appId: 'wx-added', secret: 'only-for-this-test' })
    return send('PATCH', adminRoutes.app.replace('{appId}', 'wx-added'), { changes: {}, version: 7 })
  },
  grant_invalid: () => grant({ grant_type: 'refresh_token' }),
  grant_unsupported: () => grant({ grant_type: 'password' }),
  push_off: () => openServer().send(routes.wechatPush.replace('{appId}', appId), { method: 'POST' }),
  push_invalid: () =>
    openServer({ policy: { push: { token: 'AAAAA' } } }).send(routes.wechatPush.replace('{appId}', appId)),
  upstream_unavailable: () => fails('codeToSession', 'unavailable'),
  upstream_bad_answer: () => fails('codeToSession', 'bad-answer'),
  upstream_limited: () => fails('codeToSession', 'limited'),
  app_unauthorized: () => fails('codeToSession', 'unauthorized'),
  app_misconfigured: () => fails('codeToSession', 'misconfigured'),
  async overloaded() {
    let now = 0
    const { get, arrival, crowd } = openServer({ loop: { now: () => now, afterTurn: () => {} } })
    await crowd()
    arrival.queued = true
    now = 1000
    return get(routes.me)
  },
  storage_busy: () => breaks(new StorageFault('busy')),
  storage_full: () => breaks(new StorageFault('full')),
  storage_failed: () => breaks(new StorageFault('failed')),
  shutting_down: async () => {
    const { server, get } = openServer()
    server.drain()
    return get(routes.ready)
  },
  async keys_mismatched() {
    const first = openServer()
    await first.get(routes.ready)
    return openServer({ store: first.store }).get(routes.ready)
  },
  internal_error: () => breaks(new RangeError('nobody foresaw this')),
}

describe('every code of the table is answered, with its status, on the way that is written here', () => {
  test.each(Object.entries(ways))('%s', async (code, way) => {
    const { status, body } = await way()
    const row = Object.entries(problemCodes).find(([name]) => name === code)?.[1]
    expect({ status, code: (body as { code?: unknown }).code }).toEqual({ status: row?.status, code })
  })
})

test('no code is left out', () => {
  expect(Object.keys(ways).sort()).toEqual(Object.keys(problemCodes).sort())
})
