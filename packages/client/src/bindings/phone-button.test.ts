import { expect, test } from 'vitest'
import { field } from '../beside.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch, leaveSession } from '../testing/launch.ts'
import { watchedAuth } from '../testing/watched-auth.ts'
import { createPhoneButton, type PhoneButtonState } from './phone-button.ts'

async function open() {
  const phone = createFakePhone()
  const auth = await launch(phone)
  return { phone, auth, button: createPhoneButton(auth) }
}

const declined = { detail: { errMsg: 'getPhoneNumber:fail user deny' } }

test('logged in, it offers the phone button', async () => {
  const { button } = await open()
  expect(button.state()).toMatchObject({
    step: 'offer',
    busy: false,
    openType: 'getPhoneNumber',
    label: { zh: '一键授权手机号' },
    outcome: null,
    otherWay: false,
  })
})

test('combined, the same tap agrees to the privacy guideline', async () => {
  const { auth } = await open()
  const { openType } = createPhoneButton(auth, { combined: true }).state()
  expect(openType).toBe('getPhoneNumber|agreePrivacyAuthorization')
})

test('the watchers see a tap from asking to bound, and the button is busy in between', async () => {
  const { phone, button } = await open()
  const seen: PhoneButtonState[] = []
  button.subscribe(state => seen.push(state))
  button.phoneTapped()
  await button.onGetPhoneNumber(phone.agreed())
  const looks = seen.map(({ busy, label, auth }) => `${auth.phone} ${busy ? 'busy' : 'free'} ${label.zh}`)
  expect(looks[0]).toBe('asking busy 一键授权手机号')
  expect(looks).toContain('submitting busy 正在验证…')
  expect(looks.at(-1)).toBe('idle free 更换手机号')
  expect(button.state().outcome).toMatchObject({ status: 'bound' })
})

test('who declines is told of the other way and may tap again', async () => {
  const { phone, button } = await open()
  await button.onGetPhoneNumber(declined)
  expect(button.state()).toMatchObject({ otherWay: true, step: 'offer', label: { zh: '再试一次' } })
  await button.onGetPhoneNumber(phone.agreed())
  expect(button.state()).toMatchObject({ otherWay: false, outcome: { status: 'bound' } })
})

test('what was not delivered is sent again by an ordinary press, and paid for once', async () => {
  const { phone, button } = await open()
  phone.fates.push('lost-after', 'lost-after', 'lost-after', 'lost-after')
  const first = button.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(60_000)
  expect(await first).toMatchObject({ status: 'unavailable' })
  expect(button.state()).toMatchObject({ step: 'retry', openType: undefined, label: { zh: '重新提交' } })
  expect(await button.phoneTapped()).toMatchObject({ status: 'bound' })
  expect(button.state()).toMatchObject({ step: 'offer', outcome: { status: 'bound' } })
  expect([...phone.server.paid.values()]).toEqual([1])
  expect(await button.retry()).toBeNull()
})

test('without a session the press logs in, and asks for no number that could not be delivered', async () => {
  const phone = createFakePhone()
  phone.loginFates.push({ errMsg: 'login:fail network', errno: 108 })
  const auth = await launch(phone)
  const button = createPhoneButton(auth)
  expect(button.state()).toMatchObject({ step: 'login', openType: undefined, label: { zh: '登录' } })
  await phone.clock.advance(1000)
  button.phoneTapped()
  await settle()
  expect(button.state()).toMatchObject({ step: 'offer', busy: false })
})

test('nobody watching, it watches nobody; the state is the same object until something changes', async () => {
  const { auth, button } = await open()
  const { auth: counted, watching } = watchedAuth(auth)
  const own = createPhoneButton(counted)
  const [first, second] = [own.subscribe(() => {}), own.subscribe(() => {})]
  expect(watching()).toBe(1)
  first()
  first()
  expect(watching()).toBe(1)
  second()
  expect(watching()).toBe(0)
  expect(button.state()).toBe(button.state())
  await auth.logout()
  expect(own.state().auth.session).toBe('out')
})

test('a watcher that throws stops neither the tap nor the other watchers', async () => {
  const { phone, button } = await open()
  const heard: string[] = []
  button.subscribe(() => {
    throw new Error('a mistake of the page')
  })
  button.subscribe(({ outcome }) => heard.push(outcome?.status ?? ''))
  expect(await button.onGetPhoneNumber(phone.agreed())).toMatchObject({ status: 'bound' })
  expect(heard.at(-1)).toBe('bound')
  await expect(phone.clock.advance(0)).rejects.toThrow('a mistake of the page')
})

/** A button on the screen: somebody watches it. */
async function show(phone = createFakePhone()) {
  const auth = await launch(phone)
  const button = createPhoneButton(auth)
  const seen: PhoneButtonState[] = []
  const leave = button.subscribe(state => seen.push(state))
  await settle()
  return { phone, auth, button, seen, leave }
}

const offline = { errMsg: 'login:fail network', errno: 108 }
const cancelled = { detail: { errMsg: 'getPhoneNumber:fail user cancel' } }
const lost = ['lost-before', 'lost-before', 'lost-before', 'lost-before'] as const

test('on the screen, a session of an earlier launch logs in once, and nobody has to wait', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const { auth, button, seen, leave } = await show(phone)
  expect(phone.count('login')).toBe(1)
  expect(auth.state().session).toBe('in')
  expect(seen.map(({ busy }) => busy)).not.toContain(true)
  leave()
  button.subscribe(() => {})
  createPhoneButton(auth).subscribe(() => {})
  await settle()
  expect(phone.count('login')).toBe(1)
})

test('the silent login does not end a logout', async () => {
  const { phone, auth, button, leave } = await show()
  leave()
  await auth.logout()
  button.subscribe(() => {})
  await settle()
  expect(auth.state().session).toBe('out')
  expect(phone.count('login')).toBe(1)
})

test('who has a number already is not logged in for it', async () => {
  const phone = createFakePhone()
  const { button } = await show(phone)
  await button.onGetPhoneNumber(phone.agreed())
  phone.calls.length = 0
  const again = await show(phone)
  expect(again.button.state().label.zh).toBe('更换手机号')
  expect(phone.count('login')).toBe(0)
  await again.button.onGetPhoneNumber(phone.agreed())
  expect(again.button.state().outcome).toMatchObject({ status: 'unchanged' })
})

test('a server that cannot be asked about the user is asked again', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  phone.fates.push('html', 'html', 'html', 'html')
  await show(phone)
  expect(phone.count('login')).toBe(0)
  await phone.clock.advance(20_000)
  expect(phone.count('login')).toBe(1)
})

test('nobody watching, a session of an earlier launch sends nothing', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  createPhoneButton(await launch(phone))
  await settle()
  expect(phone.calls).toEqual(['read'])
})

test('a login that failed is tried again every ten seconds while the button is on the screen, seven times in all', async () => {
  const phone = createFakePhone()
  phone.loginFates.push(...Array.from({ length: 20 }, () => offline))
  const { button, leave } = await show(phone)
  expect(button.state().step).toBe('login')
  await phone.clock.advance(3_600_000)
  expect(phone.count('login')).toBe(7)
  leave()
  button.subscribe(() => {})
  phone.loginFates.length = 0
  await settle()
  expect(button.state().step).toBe('offer')
})

test('off the screen, a failed login is not tried again', async () => {
  const phone = createFakePhone()
  phone.loginFates.push(offline, offline)
  const { leave } = await show(phone)
  const before = phone.count('login')
  leave()
  await phone.clock.advance(3_600_000)
  expect(phone.count('login')).toBe(before)
})

test('what was not delivered is sent again by itself, with one nonce; the outcome is told when it is final', async () => {
  const { phone, button, seen } = await show()
  phone.fates.push(...lost, ...lost)
  const told: string[] = []
  button.onGetPhoneNumber(phone.agreed()).then(({ status }) => told.push(status))
  await phone.clock.advance(6000)
  expect(button.state()).toMatchObject({ step: 'retry', busy: false, outcome: { status: 'unavailable' } })
  expect(told).toEqual([])
  await phone.clock.advance(60_000)
  expect(told).toEqual(['bound'])
  expect(button.state()).toMatchObject({ step: 'offer', outcome: { status: 'bound' } })
  const outcomes = [...new Set(seen.map(({ outcome }) => outcome))].map(outcome => outcome?.status)
  expect(outcomes).toEqual([undefined, 'unavailable', 'unavailable', 'bound'])
  const nonces = phone.sent.filter(({ url }) => url.endsWith('/v1/phone')).map(({ body }) => field(body, 'nonce'))
  expect(nonces).toHaveLength(9)
  expect(new Set(nonces).size).toBe(1)
})

test('a press during the pause sends at once, and gets the same outcome', async () => {
  const { phone, button } = await show()
  phone.fates.push(...lost)
  const first = button.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(6000)
  const pressed = await button.phoneTapped()
  expect(pressed).toMatchObject({ status: 'bound' })
  expect(await first).toBe(pressed)
})

test('it is sent again for as long as the proof lives, and by a press after that', async () => {
  const { phone, button } = await show()
  phone.fates.push(...Array.from({ length: 400 }, () => 'lost-before' as const))
  const first = button.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(330_000)
  expect(await first).toMatchObject({ status: 'unavailable' })
  const sent = phone.count('POST /v1/phone')
  await phone.clock.advance(3_600_000)
  expect(phone.count('POST /v1/phone')).toBe(sent)
  expect(button.state().step).toBe('retry')
  phone.fates.length = 0
  expect(await button.retry()).toMatchObject({ status: 'bound' })
})

test('off the screen nothing is sent again by itself, and the tap is told', async () => {
  const { phone, button, leave } = await show()
  phone.fates.push(...lost)
  const first = button.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(6000)
  leave()
  await phone.clock.advance(3000)
  expect(await first).toMatchObject({ status: 'unavailable' })
  expect(phone.count('POST /v1/phone')).toBe(4)
})

test('a later tap takes over from one that is not delivered', async () => {
  const { phone, button } = await show()
  phone.fates.push(...lost)
  const first = button.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(6000)
  const second = button.onGetPhoneNumber(phone.agreed('both', '+8613900139000'))
  await phone.clock.advance(60_000)
  expect(await second).toMatchObject({ status: 'bound', phone: { number: '+8613900139000' } })
  expect(await first).toBe(await second)
  expect(phone.count('POST /v1/phone')).toBe(5)
})

test('of a double tap only the answer of the sheet counts; both events get it', async () => {
  const { phone, auth, button, seen } = await show()
  button.phoneTapped()
  button.phoneTapped()
  const second = button.onGetPhoneNumber(cancelled)
  await settle()
  expect(auth.state().phone).toBe('asking')
  await phone.clock.advance(5000)
  const first = button.onGetPhoneNumber(phone.agreed())
  expect(await first).toMatchObject({ status: 'bound' })
  expect(await second).toBe(await first)
  expect(seen.map(({ outcome }) => outcome?.status)).not.toContain('cancelled')
})

test('the first of two taps may have begun as a login: its sheet counts as well', async () => {
  const phone = createFakePhone()
  phone.loginFates.push(offline)
  const { button, seen } = await show(phone)
  await phone.clock.advance(1000)
  button.phoneTapped()
  await phone.clock.advance(250)
  button.phoneTapped()
  const second = button.onGetPhoneNumber(cancelled)
  expect(await button.onGetPhoneNumber(phone.agreed())).toMatchObject({ status: 'bound' })
  expect(await second).toMatchObject({ status: 'bound' })
  expect(seen.map(({ outcome }) => outcome?.status)).not.toContain('cancelled')
})

test.each([
  ['one tap', 1, 0],
  ['two taps, and a sheet that was looked at', 2, 1000],
])('who cancels is told so: %s', async (_, taps, after) => {
  const { phone, button } = await show()
  for (let tap = 0; tap < taps; tap++) button.phoneTapped()
  await phone.clock.advance(after)
  expect(await button.onGetPhoneNumber(cancelled)).toMatchObject({ status: 'cancelled' })
  expect(button.state()).toMatchObject({ busy: false, outcome: { status: 'cancelled' } })
})

test('two taps of which both are cancelled are told once the sheet is closed', async () => {
  const { button } = await show()
  button.phoneTapped()
  button.phoneTapped()
  const second = button.onGetPhoneNumber(cancelled)
  const first = await button.onGetPhoneNumber(cancelled)
  expect(first).toMatchObject({ status: 'cancelled' })
  expect(await second).toBe(first)
})

test('a button that leaves the screen with its sheet open answers what waited', async () => {
  const { button, leave } = await show()
  button.phoneTapped()
  button.phoneTapped()
  const second = button.onGetPhoneNumber(cancelled)
  leave()
  expect(await second).toMatchObject({ status: 'cancelled' })
})

test('a tap that is told late, as uni-app does, makes no double tap of the next one', async () => {
  const { phone, button } = await show()
  await button.onGetPhoneNumber(declined)
  button.phoneTapped()
  await phone.clock.advance(2000)
  button.phoneTapped()
  expect(await button.onGetPhoneNumber(cancelled)).toMatchObject({ status: 'cancelled' })
})

test('where the button gives no code, a tap in vain is followed by one login, and one that bound by none', async () => {
  const { phone, button } = await show(createFakePhone({ hasPhoneCode: false }))
  expect(phone.count('login')).toBe(1)
  await button.onGetPhoneNumber(declined)
  await settle()
  expect(phone.count('login')).toBe(2)
  expect(await button.onGetPhoneNumber(phone.agreed())).toMatchObject({ status: 'bound' })
  await phone.clock.advance(3_600_000)
  expect(phone.count('login')).toBe(2)
})
