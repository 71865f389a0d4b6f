import { afterEach, expect, test } from 'vitest'
import { app, lin, minutes } from '../stage.ts'
import { naive002 } from './naive-002.ts'
import { firstOpenid, type OldWorld, openOldWorld } from './old-page.ts'

/*
 * 002 keeps an openid on the device and sends it for good. An openid is in logs, in share links and in the hands of
 * other services: it is a name, not a proof.
 */
let world: OldWorld
afterEach(() => world.stage.close())

/** Somebody who knows Lin's openid, and saw a request of hers, sends both from a laptop. */
async function somebodyElseAsks() {
  const page = await world.launch(lin)
  await page.tap()
  const { encryptedData, iv } = await world.stage.emulator.wx(lin.id, app.appId).tapPhoneButton()
  return world.post('/002/phone', { openid: firstOpenid(world), encryptedData, iv })
}

test('the naive server gives the number of Lin to whoever knows her openid', async () => {
  world = await openOldWorld('002', { naive: naive002 })
  expect(await somebodyElseAsks()).toMatchObject({ purePhoneNumber: '13800138000' })
})

test('ours knows nobody by an openid, and gives none away', async () => {
  world = await openOldWorld('002')
  expect(await somebodyElseAsks()).toMatchObject({ error: 'login_unusable', data: {} })
  expect(world.answers.join('\n')).not.toContain(firstOpenid(world))
})

test('a registered user is recognised at the start, on a new phone too', async () => {
  world = await openOldWorld('002')
  await (await world.launch(lin)).tap()
  const next = await world.launch(lin, { storage: new Map() })
  expect(next.shows('phone')).toBe('13800138000')
})

test('what the device keeps is a handle, and works at the next start', async () => {
  world = await openOldWorld('002')
  const storage = new Map<string, string>()
  await world.launch(lin, { storage })
  world.stage.advance(minutes(60))
  const page = await world.launch(lin, { storage })
  await page.tap()
  expect(page.shows('phone')).toBe('13800138000')
  expect(JSON.stringify([...storage])).toContain('wxa_lh_')
})

/** A page that never logs in again, after WeChat has let the key die. */
async function tapsAfterAWeek() {
  const storage = new Map<string, string>()
  await world.launch(lin, { storage })
  world.stage.advance(minutes(60 * 24 * 7))
  const page = await world.launch(lin, { storage })
  await page.tap()
  return { phone: page.shows('phone'), toast: world.toasts.at(-1) }
}

test('a key that died needs a login: the naive server shows an error of its crypto library', async () => {
  world = await openOldWorld('002', { naive: naive002 })
  const { phone, toast } = await tapsAfterAWeek()
  expect(phone).toBe('')
  expect(toast).toMatch(/decrypt|JSON|token/i)
})

test('no server can open it, but ours says what to do', async () => {
  world = await openOldWorld('002')
  expect(await tapsAfterAWeek()).toEqual({ phone: '', toast: '登录已失效，请重新进入小程序后再试。' })
})
