import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
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
