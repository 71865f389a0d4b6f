import { expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'

test('a fifth call within a second is told, and refused when that is asked for', async () => {
  const world = createWorld()
  const { wx } = world.phone(LIN.id, TEA, { frequency: 'refuse' })
  await Promise.all([wx.login(), wx.checkSession(), wx.getSetting(), wx.getUserInfo()])
  await expect(wx.login()).rejects.toEqual({ errMsg: 'login:fail meet server frequency limit', errno: 1003 })
  expect(world.noted('called-too-often')).toMatchObject({ ok: false, facts: { api: 'login' } })
  world.control.clock.advance(1000)
  expect((await wx.login()).errMsg).toBe('login:ok')
  const lenient = world.phone().wx
  for (let at = 0; at < 6; at += 1) await lenient.login()
})

test('more than two calls for each page view are told when the mini program is left', async () => {
  const world = createWorld()
  const runtime = world.phone()
  runtime.pageViewed()
  await runtime.wx.login()
  await runtime.wx.getSetting()
  runtime.hide()
  expect(world.noted('called-more-than-viewed')).toBeUndefined()
  runtime.show()
  await runtime.wx.checkSession()
  runtime.hide()
  expect(world.noted('called-more-than-viewed')).toMatchObject({ facts: { calls: 3, views: 1 } })
})
