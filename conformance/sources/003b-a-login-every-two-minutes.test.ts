import { afterEach, expect, test } from 'vitest'
import { lin, minutes } from '../stage.ts'
import { naive003b } from './naive-003b.ts'
import { type OldWorld, openOldWorld } from './old-page.ts'

/*
 * 003b logs in every two minutes so that its code is fresh, and sends only the newest code. WeChat replaces the key
 * when it is old enough, also while the sheet is open: then the newest code is not the one of the ciphertext.
 */
let world: OldWorld
afterEach(() => world.stage.close())

/** The person thinks in the sheet for as long as it takes until the page has logged in again. */
const slowly = () => async () => {
  await world.wait(minutes(2))
  return { decision: 'allow' } as const
}

/** Lin binds a number, and later another one, thinking long in the sheet. */
async function changesTheNumber() {
  const page = await world.launch(lin)
  await page.tap()
  await world.wait(minutes(4) + 10_000)
  await page.tap(async () => {
    await world.wait(minutes(2))
    return { decision: 'allow', phone: 1 }
  })
  return page.shows('phone')
}

test('the naive server tries the newest key only: the new number is lost', async () => {
  world = await openOldWorld('003b', { naive: naive003b })
  expect(await changesTheNumber()).toBe('13800138000')
  expect(world.toasts.at(-1)).toMatch(/^session_key 失效/)
})

test('ours has the key of the first submission too: one tap, and the former number is history', async () => {
  world = await openOldWorld('003b')
  expect(await changesTheNumber()).toBe('13900139000')
  expect(world.stage.events.filter(({ type }) => type === 'phone-recorded')).toMatchObject([
    { change: 'bound' },
    { change: 'replaced' },
  ])
})

/** Lin is new here, and thinks until the page has replaced the key: no server has ever seen the one of the tap. */
async function thinksTooLongTheFirstTime() {
  const page = await world.launch(lin)
  await world.wait(minutes(4) + 10_000)
  await page.tap(slowly())
  const first = { phone: page.shows('phone'), toast: world.toasts.at(-1) }
  await page.tap()
  return { first, second: page.shows('phone') }
}

test('the naive server fails twice: the second tap brings a code that it has used already', async () => {
  world = await openOldWorld('003b', { naive: naive003b })
  expect(await thinksTooLongTheFirstTime()).toMatchObject({ first: { phone: '' }, second: '' })
  expect(world.toasts.at(-1)).toContain('code been used')
})

test('no server can open the first; ours asks for one more tap, and that one works', async () => {
  world = await openOldWorld('003b')
  expect(await thinksTooLongTheFirstTime()).toEqual({
    first: { phone: '', toast: '没有成功，请再点一次。' },
    second: '13800138000',
  })
})

test('what the page keeps is a handle, a user id of ours and the number', async () => {
  world = await openOldWorld('003b')
  const storage = new Map<string, string>()
  await (await world.launch(lin, { storage })).tap()
  expect(JSON.stringify([...storage])).toMatch(/dev_openId.+wxa_lh_.+dev_userId.+[0-9a-f-]{36}.+dev_phone.+13800138000/)
})
