import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PhoneOutcome } from '../index.ts'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { launch } from '../testing/launch.ts'
import { watchedAuth } from '../testing/watched-auth.ts'
import { type AuthData, authBehavior } from './behavior.ts'

beforeEach(() => vi.stubGlobal('Behavior', (definition: object) => definition))
afterEach(() => vi.unstubAllGlobals())

/** A page with this behavior, as WeChat would make it; what reaches the view is JSON. */
function openPage(behavior: ReturnType<typeof authBehavior>, own: object = {}) {
  const drawn: AuthData[] = []
  const page = {
    data: behavior.data,
    setData({ auth }: { auth: AuthData }) {
      expect(JSON.parse(JSON.stringify(auth))).toEqual(auth)
      drawn.push(auth)
    },
    ...behavior.methods,
    ...own,
  }
  const live = (hook: 'attached' | 'detached') => behavior.lifetimes[hook].call(page)
  live('attached')
  return { page, drawn, close: () => live('detached') }
}

test('data.auth follows the client from the first moment on, and only data goes to the view', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const { page, drawn } = openPage(authBehavior(auth))
  expect(drawn).toHaveLength(1)
  expect(drawn[0]).toMatchObject({ session: 'in', step: 'offer', openType: 'getPhoneNumber', outcome: null })
  page.phoneTapped()
  await page.onGetPhoneNumber(phone.agreed())
  expect(drawn.at(-1)).toMatchObject({ outcome: { status: 'bound' }, user: { phone: { number: '+8613800138000' } } })
})

test('the page is told the final outcome once, however often it was sent, and draws what comes before', async () => {
  const phone = createFakePhone()
  const auth = await launch(phone)
  const told: PhoneOutcome['status'][] = []
  const { page, drawn } = openPage(authBehavior(auth), {
    onPhoneOutcome: ({ status }: PhoneOutcome) => told.push(status),
  })
  phone.fates.push('lost-before', 'lost-before', 'lost-before', 'lost-before')
  const tap = page.onGetPhoneNumber(phone.agreed())
  await phone.clock.advance(6000)
  expect(drawn.at(-1)).toMatchObject({ step: 'retry', openType: '', busy: false, outcome: { status: 'unavailable' } })
  await Promise.all([page.phoneTapped(), tap])
  expect(drawn.at(-1)).toMatchObject({ step: 'offer', outcome: { status: 'bound' } })
  expect(told).toEqual(['bound'])
})

test('a page that was closed hears nothing any more', async () => {
  const { auth, watching } = watchedAuth(await launch(createFakePhone()))
  const { drawn, close } = openPage(authBehavior(() => auth))
  expect(watching()).toBe(1)
  close()
  expect(watching()).toBe(0)
  await auth.logout()
  await settle()
  expect(drawn).toHaveLength(1)
})
