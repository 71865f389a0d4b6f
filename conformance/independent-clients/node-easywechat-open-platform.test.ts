import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpenPlatform } from 'node-easywechat'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { books, lin, openWechat, tea, type Wechat } from './open-wechat.ts'
import { encodingAesKey, token } from './push-settings.ts'

/** A company that runs the mini programs of shops: a third-party platform (第三方平台). */
const component = { appId: 'wx00000000000000d1', name: 'Shop Keeper' }

let wechat: Wechat
let folder: string
beforeEach(async () => {
  wechat = await openWechat()
  folder = mkdtempSync(join(tmpdir(), 'node-easywechat-'))
  wechat.control.components.put(component)
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await wechat.close()
})

/** The mini program in the hands of the platform; the platform keeps its own tokens. */
function createMiniApp(componentToken = wechat.control.components.token(component.appId), app = tea) {
  const { control, origin } = wechat
  const platform = new OpenPlatform({
    app_id: component.appId,
    secret: 'unused',
    token,
    aes_key: encodingAesKey,
    http: { baseURL: origin },
    file_cache: { path: folder, dirMode: 0o700, fileMode: 0o600, ext: '.cache' },
  })
  platform.setComponentAccessToken({
    getToken: async () => componentToken,
    toQuery: async () => ({ component_access_token: componentToken }),
  })
  return platform.getMiniAppWithAccessToken(app.appId, control.components.authorizerToken(component.appId, app.appId))
}

async function phoneByCode(code: string) {
  return (await createMiniApp().getClient().postJson('/wxa/business/getuserphonenumber', { code })).toObject()
}

test('node-easywechat: a third-party platform logs in the users of an app that authorised it', async () => {
  wechat.control.components.authorize(component.appId, tea.appId)
  expect(
    await createMiniApp()
      .getUtils()
      .code2Session(await wechat.loginCode()),
  ).toEqual({
    openid: wechat.openId(),
    session_key: expect.stringMatching(/^[A-Za-z0-9+/]{22}==$/),
    unionid: wechat.control.people.unionId('lin', tea.appId),
  })
})

test('node-easywechat: it is refused before the app authorised it, and after the app took that back', async () => {
  const logIn = async () =>
    createMiniApp()
      .getUtils()
      .code2Session(await wechat.loginCode())
  await expect(logIn()).rejects.toThrow('"errcode":61003')
  wechat.control.components.authorize(component.appId, tea.appId)
  expect(await logIn()).toHaveProperty('openid')
  wechat.control.components.revoke(component.appId, tea.appId)
  await expect(logIn()).rejects.toThrow('"errcode":61003')
})

test('node-easywechat: a used code, the code of another app and a wrong platform token are refused', async () => {
  wechat.control.components.authorize(component.appId, tea.appId)
  const code = await wechat.loginCode()
  await createMiniApp().getUtils().code2Session(code)
  await expect(createMiniApp().getUtils().code2Session(code)).rejects.toThrow('"errcode":40163')
  const foreign = await wechat.loginCode(lin, books)
  await expect(createMiniApp().getUtils().code2Session(foreign)).rejects.toThrow('"errcode":40029')
  const wrong = createMiniApp('nonsense')
    .getUtils()
    .code2Session(await wechat.loginCode())
  await expect(wrong).rejects.toThrow('"errcode":40014')
})

test('node-easywechat: asks for a phone number with the token of the app, if the app granted that', async () => {
  wechat.control.components.authorize(component.appId, tea.appId)
  expect(await phoneByCode((await wechat.tap()).code)).toMatchObject({ phone_info: { purePhoneNumber: '13800138000' } })
  wechat.control.components.authorize(component.appId, tea.appId, [1])
  expect(await phoneByCode((await wechat.tap()).code)).toMatchObject({ errcode: 61007 })
  wechat.control.components.revoke(component.appId, tea.appId)
  expect(await phoneByCode((await wechat.tap()).code)).toMatchObject({ errcode: 61003 })
})
