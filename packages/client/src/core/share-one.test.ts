import { expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { createFakePhone } from '../testing/fake-phone.ts'
import { baseUrl, launch, leaveSession } from '../testing/launch.ts'

/** A process of the app in which copies of the SDK see one object. */
function createProcess(shared: object = {}) {
  const phone = createFakePhone()
  const platform = { ...phone.platform, shared }
  return { phone, platform, open: () => launch(phone, { platform }) }
}

test('two copies in one process have one login, one state and one user', async () => {
  const { phone, open } = createProcess()
  phone.manual = true
  const [first, second] = [await open(), await open()]
  const seen: string[] = []
  second.subscribe(({ session }) => seen.push(session))
  phone.manual = false
  phone.logins[0]?.succeed()
  expect(await first.ready()).toMatchObject({ status: 'ready' })
  expect([seen, second.user()?.id]).toEqual([['in'], 'user-1'])
  expect([phone.count('read'), phone.count('login')]).toEqual([1, 1])
  await first.logout()
  expect(await second.ready()).toMatchObject({ status: 'logged-out' })
})

test('no copy logs in while a tap on the button of another one holds the lease', async () => {
  const { phone, open } = createProcess()
  const [first, second] = [await open(), await open()]
  first.phoneTapped()
  second.login()
  await settle()
  expect(phone.count('login')).toBe(1)
  await first.bindPhone(phone.agreed())
  await settle()
  expect(phone.count('login')).toBe(2)
})

test('each copy sends its token to the backends it was given, and to no other', async () => {
  const { phone, platform } = createProcess()
  const first = await launch(phone, { platform, backends: ['https://shop.example.com'] })
  const second = await launch(phone, { platform })
  const url = 'https://shop.example.com/orders'
  expect((await first.request({ url })).status).toBe('answered')
  expect(() => second.request({ url })).toThrow('"url"')
})

test('two servers of one app share nothing', async () => {
  const { phone, platform } = createProcess()
  await launch(phone, { platform, baseUrl: `${baseUrl}:8443` })
  await launch(phone, { platform })
  expect(phone.sent.map(({ url }) => url)).toEqual([`${baseUrl}:8443/v1/login`, `${baseUrl}/v1/login`])
  expect(phone.storage.size).toBe(2)
})

test('an object that takes nothing new leaves each copy on its own, and everything works', async () => {
  const { phone, open } = createProcess(Object.freeze({}))
  const [first, second] = [await open(), await open()]
  expect(await first.fetchUser()).toMatchObject({ status: 'ready' })
  expect(await second.fetchUser()).toMatchObject({ status: 'ready' })
  expect(phone.server.reuses()).toBe(0)
})

test('what is left there is seen by who knows its name only', async () => {
  const shared = {}
  await createProcess(shared).open()
  expect(Object.keys(shared)).toEqual([])
})

test('copies that meet on the device only never use a refresh token twice', async () => {
  const phone = createFakePhone()
  await leaveSession(phone)
  const [first, second] = [await launch(phone), await launch(phone)]
  for (let turn = 0; turn < 5; turn++) {
    await Promise.all([first, second].map(auth => auth.request({ url: '/v1/me' })))
    phone.server.expireAccess()
    await first.request({ url: '/v1/me' })
    phone.server.expireAccess()
  }
  expect([phone.server.reuses(), phone.count('login')]).toEqual([0, 0])
})
