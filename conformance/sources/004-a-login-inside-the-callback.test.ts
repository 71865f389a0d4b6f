import { afterEach, expect, test } from 'vitest'
import { lin, minutes } from '../stage.ts'
import { naive004 } from './naive-004.ts'
import { type OldWorld, openOldWorld } from './old-page.ts'

/*
 * 004 calls wx.login inside the phone callback, which replaces the key that has just encrypted the number, and then
 * asks wx.checkSession, which finds the new key fine.
 */
let world: OldWorld
afterEach(() => world.stage.close())

/** Lin was here yesterday, and taps once today. */
async function tapsOnTheNextDay() {
  await (await world.launch(lin)).tap()
  world.stage.advance(minutes(60 * 24))
  const page = await world.launch(lin)
  await page.tap()
  return { phone: page.shows('phone'), message: page.shows('message') }
}

/** The page of the document throws when it looks into an answer without data; that is its own affair. */
test('the naive server opens with the new key and fails', async () => {
  world = await openOldWorld('004', { naive: naive004 })
  await expect(tapsOnTheNextDay()).rejects.toThrow('the page reported errors')
})

test('ours still has the key before: the first tap works', async () => {
  world = await openOldWorld('004')
  expect(await tapsOnTheNextDay()).toEqual({ phone: '13800138000', message: '绑定成功' })
})

test('ours binds a user who was never here before', async () => {
  world = await openOldWorld('004')
  const page = await world.launch(lin)
  await page.tap()
  expect(page.shows('phone')).toBe('13800138000')
})

async function storageAfterATap() {
  const storage = new Map<string, string>()
  await (await world.launch(lin, { storage })).tap()
  return JSON.stringify([...storage])
}

/** 16 bytes in Base64. */
const sessionKey = /session_key[\\":]+[A-Za-z0-9+/]{22}==/

test('the naive server leaves the session_key in the storage of the phone', async () => {
  world = await openOldWorld('004', { naive: naive004 })
  expect(await storageAfterATap()).toMatch(sessionKey)
})

test('ours leaves a handle there', async () => {
  world = await openOldWorld('004')
  const storage = await storageAfterATap()
  expect(storage).not.toMatch(sessionKey)
  expect(storage).toMatch(/session_key[\\":]+wxa_lh_/)
})
