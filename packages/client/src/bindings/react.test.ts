import { createElement, type FunctionComponent, StrictMode } from 'react'
import { act, create, type ReactTestRenderer } from 'react-test-renderer'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Auth } from '../index.ts'
import { createProfile, type Profile } from '../profile/create-profile.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch, leaveSession } from '../testing/launch.ts'
import { watchedAuth } from '../testing/watched-auth.ts'
import { type UsePhone, useAuth, usePhone, useProfile } from './react.ts'

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true))
afterEach(() => vi.unstubAllGlobals())

async function mount<Props extends object>(
  component: FunctionComponent<Props>,
  props: Props,
): Promise<ReactTestRenderer> {
  const screens: ReactTestRenderer[] = []
  await act(async () => void screens.push(create(createElement(component, props))))
  const [screen] = screens
  if (!screen) throw new Error('nothing was drawn')
  return screen
}

interface PhonePageProps {
  readonly auth: Auth
  readonly drawn: (button: UsePhone) => void
}

function PhonePage({ auth, drawn }: PhonePageProps) {
  const { user, session } = useAuth(auth)
  const button = usePhone(auth)
  drawn(button)
  return `${session} ${button.label.zh} ${button.busy} ${button.outcome?.status} ${user?.phone?.number}`
}

function Fields({ auth, profile }: { readonly auth: Auth; readonly profile: Profile }) {
  const { session } = useAuth(auth)
  const { openType } = usePhone(auth, { combined: true })
  const { saving, onNickname } = useProfile(profile)
  return `${session} ${openType} ${saving} ${typeof onNickname}`
}

test('a component shows every step of a tap, and keeps its handlers', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const complained = vi.spyOn(console, 'error')
  const drawn: UsePhone[] = []
  const screen = await mount(PhonePage, { auth, drawn: button => drawn.push(button) })
  expect(screen.toJSON()).toBe('in 一键授权手机号 false undefined undefined')
  await act(async () => {
    drawn[0]?.phoneTapped()
    await drawn[0]?.onGetPhoneNumber(phone.agreed())
  })
  expect(screen.toJSON()).toBe('in 更换手机号 false bound +8613800138000')
  expect(drawn.map(({ busy }) => busy)).toContain(true)
  expect(new Set(drawn.map(({ onGetPhoneNumber }) => onGetPhoneNumber)).size).toBe(1)
  expect(complained).not.toHaveBeenCalled()
})

test('a component that was closed hears nothing any more', async () => {
  const { auth, watching } = watchedAuth(await launch(createFakePhone()))
  const screen = await mount(Fields, { auth, profile: createProfile({ auth }) })
  expect(screen.toJSON()).toBe('in getPhoneNumber|agreePrivacyAuthorization null function')
  expect(watching()).toBe(3)
  await act(async () => screen.unmount())
  expect(watching()).toBe(0)
})

test('a component that was closed sends nothing again by itself', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const drawn: UsePhone[] = []
  const screen = await mount(PhonePage, { auth, drawn: button => drawn.push(button) })
  phone.fates.push('lost-before', 'lost-before', 'lost-before', 'lost-before')
  const tap = drawn[0]?.onGetPhoneNumber(phone.agreed())
  await act(() => phone.clock.advance(6000))
  expect(screen.toJSON()).toBe('in 重新提交 false unavailable undefined')
  await act(async () => screen.unmount())
  await phone.clock.advance(3_600_000)
  expect(await tap).toMatchObject({ status: 'unavailable' })
  expect(phone.count('POST /v1/phone')).toBe(4)
})

test('mounted twice, as in strict mode, it logs in once and sends again once', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const auth = await launch(phone)
  const drawn: UsePhone[] = []
  const screens: ReactTestRenderer[] = []
  const page = createElement(PhonePage, { auth, drawn: button => drawn.push(button) })
  await act(async () => void screens.push(create(createElement(StrictMode, null, page))))
  expect(phone.count('login')).toBe(1)
  phone.fates.push('lost-before', 'lost-before', 'lost-before', 'lost-before')
  const tap = drawn.at(-1)?.onGetPhoneNumber(phone.agreed())
  await act(() => phone.clock.advance(10_000))
  expect(await tap).toMatchObject({ status: 'bound' })
  expect(phone.count('POST /v1/phone')).toBe(5)
})

test('another client is another button', async () => {
  const first = await launch(createFakePhone())
  const second = await launch(createFakePhone())
  await second.logout()
  const screen = await mount(PhonePage, { auth: first, drawn: () => {} })
  await act(async () => screen.update(createElement(PhonePage, { auth: second, drawn: () => {} })))
  expect(screen.toJSON()).toMatch(/^out /)
})
