import { expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA, WANG } from '../../test/world.ts'

/** Books is the plug-in, used inside Tea. */
function createPlugin() {
  const world = createWorld()
  const code = (personId = LIN.id, app = TEA) => world.control.pluginCode(personId, app.appId, BOOKS.appId)
  const exchange = async (text: string, app = BOOKS) =>
    world.post(`/wxa/getpluginopenpid?access_token=${await world.stableToken(app)}`, { code: text })
  return { ...world, code, exchange }
}

test('a code of the plug-in becomes an openpid, once', async () => {
  const { code, exchange } = createPlugin()
  const text = code()
  expect(text).toMatch(/^[0-9a-f]{64}$/)
  expect(await exchange(text)).toEqual({ errcode: 0, errmsg: 'ok', openpid: expect.stringMatching(/^G[\w-]{27}$/) })
  expect(await exchange(text)).toMatchObject({ errcode: 1007 })
})

test('the openpid is another one wherever person, app or plug-in differ', async () => {
  const { code, exchange } = createPlugin()
  const { openpid } = await exchange(code())
  expect((await exchange(code())).openpid).toBe(openpid)
  expect((await exchange(code(WANG.id))).openpid).not.toBe(openpid)
  expect((await exchange(code(LIN.id, BOOKS))).openpid).not.toBe(openpid)
})

test('refuses a login code, a code after five minutes, and the token of the app around the plug-in', async () => {
  const { code, exchange, login, noted, control } = createPlugin()
  expect(await exchange(await login(LIN.id, BOOKS))).toMatchObject({ errcode: 1007 })
  expect(noted('POST /wxa/getpluginopenpid')?.text.en).toBe('this code is not from wx.pluginLogin')
  const text = code()
  expect(await exchange(text, TEA)).toMatchObject({ errcode: 1005 })
  control.clock.advance(300_000)
  expect(await exchange(text)).toMatchObject({ errcode: 1007 })
})

test('the errmsg of its own errcodes is the rid alone, as the platform was seen to write it', async () => {
  const { exchange } = createPlugin()
  expect((await exchange('never')).errmsg).toMatch(/^ rid: [0-9a-f-]{26}$/)
})

test('a code of a plug-in is no login code and no phone code', async () => {
  const { code, session, phoneByCode } = createPlugin()
  expect(await session(code())).toMatchObject({ errcode: 40029 })
  expect(await phoneByCode({ code: code() })).toMatchObject({ errcode: 40029 })
})
