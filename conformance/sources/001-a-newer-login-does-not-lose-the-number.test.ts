import { encryptOpenData } from '@weapp-auth/protocol/wechat'
import { afterEach, expect, test } from 'vitest'
import { app, lin, minutes } from '../stage.ts'
import { naive001 } from './naive-001.ts'
import { type OldWorld, openOldWorld } from './old-page.ts'

/*
 * 001 keeps what it takes for the session_key of its launch in globalData. Any later wx.login replaces the real one,
 * and whoever reads globalData can make phone numbers.
 */
let world: OldWorld
afterEach(() => world.stage.close())

/** The same person opens the mini program on another phone before tapping on this one. */
async function tapsHereAfterALoginThere() {
  const here = await world.launch(lin)
  world.stage.advance(minutes(6))
  await world.launch(lin, { storage: new Map() })
  await here.tap()
  return here.shows('userInfo')
}

test('the naive server decodes with the key that the page still has, and fails', async () => {
  world = await openOldWorld('001', { naive: naive001 })
  expect(await tapsHereAfterALoginThere()).toMatchObject({ user_phone: undefined })
})

test('ours opens with the key in use', async () => {
  world = await openOldWorld('001')
  expect(await tapsHereAfterALoginThere()).toEqual({ user_phone: '13800138000' })
})

/** The page shows its sheet while another login of the app comes in and replaces what globalData holds. */
async function tapsAndAnotherLoginComesBeforeTheAnswer() {
  const page = await world.launch(lin)
  world.stage.advance(minutes(6))
  const { login, globalData } = page.program.app as {
    login(): Promise<object>
    globalData: object
  }
  await page.tap(async () => {
    Object.assign(globalData, await login())
    return { decision: 'allow' }
  })
  return page.shows('userInfo')
}

test('a login while the sheet is open defeats the naive server', async () => {
  world = await openOldWorld('001', { naive: naive001 })
  expect(await tapsAndAnotherLoginComesBeforeTheAnswer()).toMatchObject({ user_phone: undefined })
})

test('ours still has the key before', async () => {
  world = await openOldWorld('001')
  expect(await tapsAndAnotherLoginComesBeforeTheAnswer()).toEqual({ user_phone: '13800138000' })
})

/** Reads what the page holds as session_key and tries to make a number with it. */
async function forge() {
  const page = await world.launch(lin)
  const { session_key } = (page.program.app as { globalData: { session_key: string } }).globalData
  const iv = 'AAAAAAAAAAAAAAAAAAAAAA=='
  const watermark = { timestamp: Math.floor(world.stage.emulator.control.clock.now() / 1000), appid: app.appId }
  const number = { phoneNumber: '13000000000', purePhoneNumber: '13000000000', countryCode: '86', watermark }
  // Our handle is no key; then any other will do.
  const key = session_key.length === 24 ? session_key : iv
  const encrypted_data = encryptOpenData({ sessionKey: key, iv, plaintext: JSON.stringify(number) })
  return world.post('/v1.0/pub/decode', { encrypted_data, iv, session_key })
}

test('with the session_key that the naive server gave away, any number is made in one request', async () => {
  world = await openOldWorld('001', { naive: naive001 })
  expect(await forge()).toMatchObject({ purePhoneNumber: '13000000000' })
})

test('with our handle, none', async () => {
  world = await openOldWorld('001')
  expect(await forge()).toMatchObject({ error: 'phone_data_invalid', data: {} })
  expect(world.stage.events.some(({ type }) => type === 'phone-recorded')).toBe(false)
})
