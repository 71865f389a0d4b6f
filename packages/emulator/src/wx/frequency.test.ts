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
})

test('without being asked for it is told only', async () => {
  const world = createWorld()
  const { wx } = world.phone()
  for (let call = 0; call < 4; call += 1) await wx.login()
  expect(world.noted('called-too-often')).toBeUndefined()
  expect((await wx.login()).code).toMatch(/^0[0-9A-Za-z]{31}$/)
  expect(world.noted('called-too-often')?.text.en).toContain('frequency')
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
