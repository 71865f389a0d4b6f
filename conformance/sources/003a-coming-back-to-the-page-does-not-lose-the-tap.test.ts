import { afterEach, expect, test } from 'vitest'
import { app, lin, minutes } from '../stage.ts'
import { naive003a } from './naive-003a.ts'
import { firstOpenid, type OldWorld, openOldWorld } from './old-page.ts'

/*
 * 003a logs in at every onShow, and its server keeps one key for each openid: the one that the sheet has encrypted with
 * may be gone when its answer comes.
 */
let world: OldWorld
afterEach(() => world.stage.close())

/** While the sheet is open the person looks at a message and comes back: onShow logs in again. */
async function looksAwayWhileTheSheetIsOpen() {
  const page = await world.launch(lin)
  world.stage.advance(minutes(6))
  await page.tap(async () => {
    await page.leaveAndReturn()
    return { decision: 'allow' }
  })
  await world.wait(2000)
  return { route: page.program.page.route, phone: page.shows('phone'), toast: world.toasts.at(-1) }
}

test('the naive server has replaced the key', async () => {
  world = await openOldWorld('003a', { naive: naive003a })
  expect(await looksAwayWhileTheSheetIsOpen()).toMatchObject({ route: 'pages/login/index', phone: undefined })
})

test('ours still has it', async () => {
  world = await openOldWorld('003a')
  expect(await looksAwayWhileTheSheetIsOpen()).toMatchObject({ route: 'pages/mine/index', phone: '13800138000' })
})

test('ten minutes on the page need no second tap', async () => {
  world = await openOldWorld('003a')
  const page = await world.launch(lin)
  world.stage.advance(minutes(10))
  await page.tap()
  await world.wait(2000)
  expect(page.shows('phone')).toBe('13800138000')
})

test('the next start goes straight in', async () => {
  world = await openOldWorld('003a')
  const page = await world.launch(lin)
  await page.tap()
  const again = await world.launch(lin)
  expect(again.program.page.route).toBe('pages/mine/index')
  expect(again.shows('phone')).toBe('13800138000')
})

/** Somebody who saw a request of Lin's and knows her openid sends both again. */
async function somebodyElseAsks() {
  await world.launch(lin)
  const { encryptedData, iv } = await world.stage.emulator.wx(lin.id, app.appId).tapPhoneButton()
  return world.post('/getWXUserPhone', { openid: firstOpenid(world), encryptedData, iv })
}

test('the naive server opens the ciphertext of a stranger for whoever names the openid', async () => {
  world = await openOldWorld('003a', { naive: naive003a })
  expect(await somebodyElseAsks()).toMatchObject({ purePhoneNumber: '13800138000' })
})

test('ours takes no openid for a proof', async () => {
  world = await openOldWorld('003a')
  expect(await somebodyElseAsks()).toMatchObject({ error: 'login_unusable' })
})
