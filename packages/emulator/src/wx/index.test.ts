import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('runs where there is neither Node nor a page: only the web API that it names', async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('./index.ts', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'emulator',
    platform: 'neutral',
  })
  const world = { Request, Response, Headers, URL, AbortController, TextEncoder, setTimeout, clearTimeout, crypto }
  const context = createContext({ ...world })
  runInContext(`${outputFiles[0]?.text}\nglobalThis.emulator = emulator`, context)
  const script = `(async () => {
    const asked = []
    const fetch = async request => {
      asked.push(new URL(request.url).pathname)
      const privacy = { required: false }
      return Response.json({ code: 'c', sheet: { phones: [] }, openedAt: 1, errMsg: 'getPhoneNumber:ok', privacy })
    }
    const cloud = emulator.createHttpCloud({ baseUrl: 'http://phone.test', fetch })
    const runtime = emulator.createWxRuntime({ app: { appId: 'wx1', name: 'Tea' }, personId: 'lin', cloud, network: fetch })
    runtime.show()
    runtime.wx.setStorageSync('k', 1)
    const { code } = await runtime.wx.login()
    const { errMsg } = await runtime.tapPhoneButton()
    const { randomValues } = await runtime.wx.getRandomValues({ length: 4 })
    const status = await new Promise(resolve =>
      runtime.wx.request({ url: 'https://tea.test/', success: res => resolve(res.statusCode) }))
    return JSON.stringify([code, errMsg, randomValues.byteLength, status, asked])
  })()`
  const told = JSON.parse(String(await runInContext(script, context))) as unknown
  expect(told).toEqual([
    'c',
    'getPhoneNumber:ok',
    4,
    200,
    [
      '/_emulator/wx/login',
      '/_emulator/wx/consents',
      '/_emulator/wx/phone-sheet/open',
      '/_emulator/wx/phone-sheet/close',
      '/',
      '/_emulator/wx/note',
    ],
  ])
})
