import type { User } from '@weapp-auth/protocol/contract'
import { expect, test } from 'vitest'
import type { PlatformResponse } from '../index.ts'
import { answerRoutes, granted, refused } from '../testing/answer-routes.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone, type FakePhone } from '../testing/fake-phone.ts'
import { launch, leaveSession } from '../testing/launch.ts'
import { createProfile, type ProfileOutcome } from './create-profile.ts'

type Answer = (path: string, body: unknown, user: User) => PlatformResponse

/** A server that keeps what it is given. */
function keep(path: string, body: unknown, user: User): PlatformResponse {
  const given = body as Record<string, string>
  const { profile } = user
  if (path.endsWith('/avatar')) return granted({ user: { ...user, profile: { ...profile, avatarUrl: given.avatar } } })
  if (path.endsWith('/open-data')) return granted({ user, recognised: 'real' })
  return granted({ user: { ...user, profile: { ...profile, nickname: given.nickname } } })
}

async function open({ answer = keep, phone = createFakePhone() }: { answer?: Answer; phone?: FakePhone } = {}) {
  const { server } = phone
  const got = answerRoutes(server, '/v1/profile', (path, body) => answer(path, body, auth.user() ?? server.user()))
  const auth = await launch(phone)
  return { phone, auth, profile: createProfile({ auth }), got }
}

const chosen = (avatarUrl: string) => ({ type: 'chooseavatar', detail: { avatarUrl, errMsg: 'chooseAvatar:ok' } })
const blur = (value: string) => ({ type: 'blur', detail: { value } })
const review = (pass: boolean, timeout = false) => ({ type: 'nicknamereview', detail: { pass, timeout } })

test('a chosen avatar goes out at once as a file, and the user has it', async () => {
  const { profile, got, auth } = await open()
  const outcome = await profile.chooseAvatar(chosen('wxfile://tmp/1.png'))
  expect(outcome).toMatchObject({ status: 'saved', user: { profile: { avatarUrl: 'wxfile://tmp/1.png' } } })
  expect(got).toEqual([{ path: '/v1/profile/avatar', body: { avatar: 'wxfile://tmp/1.png' } }])
  expect(auth.user()?.profile.avatarUrl).toBe('wxfile://tmp/1.png')
  expect(profile.state()).toMatchObject({ avatarUrl: 'wxfile://tmp/1.png', saving: null, outcome: { status: 'saved' } })
})

test.each([
  ['chooseAvatar:fail cancel', undefined, 'cancelled'],
  ['chooseAvatar:fail api scope is not declared in the privacy agreement', 112, 'privacy-not-declared'],
  ['chooseAvatar:fail privacy permission is not authorized', 104, 'privacy-not-agreed'],
  ['chooseAvatar:fail another chooseAvatar is in progress', undefined, 'busy'],
  ['chooseAvatar:ok', undefined, 'failed'],
])('without a picture nothing is sent, and the reason is told: %s', async (errMsg, errno, status) => {
  const { profile, got } = await open()
  const outcome = await profile.chooseAvatar({ detail: { errMsg, ...(errno && { errno }) } })
  expect(outcome).toMatchObject({ status, message: { zh: expect.any(String), en: expect.any(String) } })
  expect(got).toEqual([])
})

test.each([
  ['avatar_too_large', {}, 'rejected'],
  ['avatar_invalid', {}, 'rejected'],
  ['avatars_off', {}, 'failed'],
  ['consent_required', { field: 'profile' }, 'consent-needed'],
  ['storage_busy', {}, 'unavailable'],
] as const)('the server says %s: %j is %s', async (code, more, status) => {
  const { profile } = await open({ answer: () => refused(code, more) })
  expect(await profile.chooseAvatar(chosen('wxfile://tmp/1.png'))).toMatchObject({ status })
})

test('the same picture twice is sent once, and of two pictures the last one stays', async () => {
  const { profile, got, phone, auth } = await open()
  phone.manual = true
  const both = ['a', 'a', 'b'].map(name => profile.chooseAvatar(chosen(`wxfile://tmp/${name}.png`)))
  await settle()
  expect(profile.state().saving).toBe('avatar')
  phone.manual = false
  phone.wire[0]?.deliver('ok')
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual(['saved', 'saved', 'saved'])
  expect(got).toHaveLength(2)
  expect(auth.user()?.profile.avatarUrl).toBe('wxfile://tmp/b.png')
})

test('an upload that got lost keeps its file, and retry() needs no new choice', async () => {
  const { profile, phone } = await open()
  phone.fates.push('lost-before')
  const outcome = await profile.chooseAvatar(chosen('wxfile://tmp/1.png'))
  expect(outcome.status).toBe('unavailable')
  const again: ProfileOutcome | null = 'retry' in outcome ? await outcome.retry() : null
  expect(again).toMatchObject({ status: 'saved' })
})

test('an answer that comes after another user has logged in leaves him in his place', async () => {
  const phone = createFakePhone()
  const former = phone.server.user()
  const { auth, profile } = await open({ phone, answer: (path, body) => keep(path, body, former) })
  phone.manual = true
  const saved = profile.chooseAvatar(chosen('wxfile://tmp/1.png'))
  await settle()
  phone.server.switchUser()
  const login = auth.login()
  await settle()
  phone.logins[0]?.succeed()
  await settle()
  phone.wire[1]?.deliver('ok')
  await login
  phone.wire[0]?.deliver('ok')
  expect(await saved).toMatchObject({ status: 'saved', user: { id: former.id } })
  expect(auth.user()?.id).toBe('user-2')
})

test('the page of a proxy is no answer', async () => {
  const { profile, auth } = await open({ answer: () => ({ status: 200, headers: {}, body: '<html>' }) })
  expect(await profile.nickname('小明')).toMatchObject({ status: 'unavailable' })
  expect(auth.user()?.profile.nickname).toBeNull()
})

test('a nickname is saved when the check of WeChat has passed, not before', async () => {
  const { profile, got } = await open()
  expect(await profile.nickname({ type: 'input', detail: { value: '小' } })).toEqual({ status: 'typed' })
  expect(await profile.nickname(blur('小明'))).toEqual({ status: 'typed' })
  expect(got).toEqual([])
  expect(await profile.nickname(review(true))).toMatchObject({ status: 'saved' })
  expect(got).toEqual([{ path: '/v1/profile', body: { nickname: '小明' } }])
  expect(profile.state().nickname).toBe('小明')
})

test('what the check refuses, or does not finish, is not sent', async () => {
  const { profile, got } = await open()
  await profile.nickname(blur('坏名字'))
  expect(await profile.nickname(review(false))).toMatchObject({ status: 'rejected' })
  await profile.nickname(blur('慢名字'))
  expect(await profile.nickname(review(false, true))).toMatchObject({ status: 'not-reviewed' })
  expect(got).toEqual([])
  expect(profile.state()).toMatchObject({ nickname: null, outcome: { status: 'not-reviewed' } })
})

test('what is typed while the check runs does not take its place', async () => {
  const { profile, got } = await open()
  await profile.nickname(blur('小明'))
  await profile.nickname({ type: 'input', detail: { value: '小明明' } })
  await profile.nickname(review(true))
  expect(got).toMatchObject([{ body: { nickname: '小明' } }])
})

test.each([
  ['confirm', { type: 'confirm', detail: { value: '小明' } }],
  ['submit', { type: 'submit', detail: { value: { nickname: '小明' } } }],
])('%s waits for the check, and both get its outcome', async (_, event) => {
  const { profile, got } = await open()
  await profile.nickname(blur('小明'))
  const submitted = profile.nickname(event)
  await settle()
  expect(got).toEqual([])
  expect(await profile.nickname(review(true))).toMatchObject({ status: 'saved' })
  expect(await submitted).toMatchObject({ status: 'saved' })
  expect(got).toHaveLength(1)
  await profile.nickname(blur('小红'))
  const refused = profile.nickname({ type: 'submit', detail: { value: { nickname: '小红' } } })
  await profile.nickname(review(false))
  expect(await refused).toMatchObject({ status: 'rejected' })
  expect(got).toHaveLength(1)
})

test('an old base library never tells of its check: three seconds after "done" the text is taken', async () => {
  const { profile, got, phone } = await open()
  const done = profile.nickname({ type: 'confirm', detail: { value: '小明' } })
  await phone.clock.advance(2999)
  expect(got).toEqual([])
  await phone.clock.advance(1)
  expect(await done).toMatchObject({ status: 'saved' })
})

test('a phone that tells of its check is not taken by surprise: without a verdict nothing is saved', async () => {
  const { profile, got, phone } = await open()
  await profile.nickname(blur('小明'))
  await profile.nickname(review(true))
  const both = ['小红', '小兰'].map(value => profile.nickname({ type: 'confirm', detail: { value } }))
  await phone.clock.advance(3000)
  expect(await Promise.all(both)).toMatchObject([{ status: 'not-reviewed' }, { status: 'not-reviewed' }])
  expect(got).toHaveLength(1)
})

test('a form that was submitted without leaving the field is taken at once', async () => {
  const { profile } = await open()
  const event = { type: 'submit', detail: { value: { nickname: ' 小明 ', other: 'x' } } }
  expect(await profile.nickname(event)).toMatchObject({ status: 'saved', user: { profile: { nickname: '小明' } } })
})

test.each(['', '   '])('an empty field, as a failed check leaves it, is not sent: %j', async text => {
  const { profile, got } = await open()
  await profile.nickname(blur(text))
  expect(await profile.nickname({ type: 'submit', detail: { value: { nickname: text } } })).toMatchObject({
    status: 'rejected',
  })
  expect(got).toEqual([])
})

test.each(['微信用户', ' 微信用户 ', '微信用戶', 'WeChat User'])(
  'a placeholder is refused without asking: %s',
  async name => {
    const { profile, got } = await open()
    expect(await profile.nickname(name)).toMatchObject({ status: 'placeholder' })
    expect(got).toEqual([])
  },
)

test('a placeholder that only the server knows, and a name that it does not take', async () => {
  const answers = [refused('profile_placeholder'), refused('request_invalid', { field: 'nickname' })]
  const { profile } = await open({ answer: () => answers.shift() ?? refused('internal_error') })
  expect(await profile.nickname('用户123')).toMatchObject({ status: 'placeholder' })
  expect(await profile.nickname('\u202e名')).toMatchObject({ status: 'rejected' })
  expect(await profile.nickname('小明')).toMatchObject({ status: 'unavailable' })
})

test('the nickname that the user has already is not sent', async () => {
  const { profile, got } = await open()
  await profile.nickname('小明')
  expect(await profile.nickname('小明')).toMatchObject({ status: 'unchanged' })
  expect(got).toHaveLength(1)
})

test.each([undefined, {}, { detail: {} }, { detail: { value: { name: 'x' } } }])(
  'what is no event of the field is named: %j',
  async event => {
    const { profile } = await open()
    expect(await profile.nickname(event)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('nickname'),
    })
  },
)

test('logged out, nothing is sent and the reason is told', async () => {
  const { profile, auth, got } = await open()
  await auth.logout()
  expect(await profile.nickname('小明')).toMatchObject({ status: 'logged-out' })
  expect(got).toEqual([])
})

const sealed = { encryptedData: 'c2VhbGVk', iv: 'aXY=' }
const signed = { rawData: '{"nickName":"Band"}', signature: '75e8' }
const old = { errMsg: 'getUserProfile:ok', userInfo: { nickName: 'Band' }, ...sealed, ...signed }

test('an old payload travels whole, with the login it belongs to', async () => {
  const { profile, got } = await open()
  expect(await profile.openData(old)).toMatchObject({ status: 'saved' })
  expect(got).toEqual([
    { path: '/v1/profile/open-data', body: { loginId: expect.stringMatching(/^login-/), ...sealed, ...signed } },
  ])
  expect(await profile.openData({ detail: { errMsg: 'getUserInfo:ok', ...signed } })).toMatchObject({ status: 'saved' })
  expect(Object.keys(got[1]?.body ?? {}).sort()).toEqual(['loginId', 'rawData', 'signature'])
})

test('after a mere restart a login comes first, so that the payload belongs to one', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const { profile, got } = await open({ phone })
  expect(phone.count('login')).toBe(0)
  expect(await profile.openData(old)).toMatchObject({ status: 'saved' })
  expect([phone.count('login'), got.length]).toEqual([1, 1])
})

test('a payload of the login before is tried with that one too, and then only a new one helps', async () => {
  const { profile, got, auth } = await open({ answer: () => refused('profile_data_invalid') })
  await auth.login()
  expect(await profile.openData(old)).toMatchObject({ status: 'tap-again' })
  expect(new Set(got.map(({ body }) => (body as { loginId: string }).loginId)).size).toBe(2)
})

test('the anonymous payloads of today overwrite nothing, whoever recognises them', async () => {
  const answer: Answer = (_path, _body, user) => granted({ user, recognised: 'anonymous' })
  const { profile, got } = await open({ answer })
  const anonymous = { ...old, userInfo: { nickName: '微信用户', avatarUrl: 'https://thirdwx.qlogo.cn/grey/132' } }
  expect(await profile.openData(anonymous)).toMatchObject({ status: 'placeholder' })
  expect(got).toEqual([])
  expect(await profile.openData(old)).toMatchObject({ status: 'placeholder' })
})

test.each([
  ['getUserProfile:fail auth deny', 'declined'],
  ['getUserProfile:fail can only be invoked by user TAP gesture.', 'not-in-tap'],
  ['getUserInfo:ok', 'failed'],
])('without a payload nothing is sent: %s', async (errMsg, status) => {
  const { profile, got } = await open()
  expect(await profile.openData({ errMsg })).toMatchObject({ status })
  expect(got).toEqual([])
})

test('who watches sees it begin and end', async () => {
  const { profile } = await open()
  const seen: unknown[] = []
  const leave = profile.subscribe(({ saving, nickname }) => seen.push([saving, nickname]))
  await profile.nickname('小明')
  leave()
  await profile.nickname('小红')
  expect(seen[0]).toEqual(['nickname', null])
  expect(seen.at(-1)).toEqual([null, '小明'])
})
