import { afterEach, expect, test } from 'vitest'
import { app, kwan, lin, minutes } from '../stage.ts'
import { naive000 } from './naive-000.ts'
import { type OldWorld, openOldWorld } from './old-page.ts'

/*
 * 000 posts a ciphertext and nothing else. Its server has to guess whose it is; ours gives the page a handle with the
 * first answer, which pages that run send along in a header.
 */
let world: OldWorld
afterEach(() => world.stage.close())

/** Lin opens the page, then Kwan does, then Lin taps. */
async function linTapsAfterKwanCame() {
  const page = await world.launch(lin)
  await world.launch(kwan)
  await page.tap()
  return { phone: page.shows('phone'), message: page.shows('message') }
}

test('the naive server opens with the key of whoever came last, and Lin gets nothing', async () => {
  world = await openOldWorld('000', { naive: naive000 })
  expect(await linTapsAfterKwanCame()).toMatchObject({ phone: '' })
})

test('ours knows whose it is', async () => {
  world = await openOldWorld('000')
  expect(await linTapsAfterKwanCame()).toEqual({ phone: '13800138000', message: '解密成功' })
})

/** WeChat replaces the key behind the page's back: the page itself throws the payload away and logs in again. */
async function tapsAfterTheKeyWasReplaced() {
  const page = await world.launch(lin)
  world.stage.advance(minutes(30))
  world.stage.emulator.control.rotateKey(lin.id, app.appId)
  const sent = world.answers.length
  await page.tap()
  const first = {
    message: page.shows('message'),
    sent: world.answers.slice(sent).filter(text => text.includes('phone')).length,
  }
  await page.tap()
  return { first, second: page.shows('phone') }
}

test.each([
  ['the naive server', { naive: naive000 }],
  ['ours', {}],
])('a payload that the page throws away reaches no server, %s included; the second tap works', async (_, options) => {
  world = await openOldWorld('000', options)
  expect(await tapsAfterTheKeyWasReplaced()).toEqual({
    first: { message: 'session_key 已经失效，需要重新执行登录流程', sent: 0 },
    second: '13800138000',
  })
})

test('a page that sends no handle is told so, and its ciphertext is not tried on anybody', async () => {
  world = await openOldWorld('000')
  const page = await world.launch(lin)
  Object.assign(page.program.app as object, { globalData: {} })
  await page.tap()
  expect(page.shows('message')).toBe('登录已失效，请重新进入小程序后再试。')
  expect(world.stage.events.filter(({ type }) => type === 'open-data-refused')).toEqual([])
})
