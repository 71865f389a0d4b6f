import { expect, test } from 'vitest'
import { createWorld, LIN, TEA } from '../../test/world.ts'

test('offline nothing leaves the phone, in the words of the platform; listeners hear of it', async () => {
  const network = async () => new Response('{}')
  const offline = async (platform: 'ios' | 'android' | 'devtools') => {
    const runtime = createWorld().phone(LIN.id, TEA, { network, device: { platform } })
    runtime.connect('none')
    return new Promise(resolve => runtime.wx.request({ url: 'https://tea.test/', complete: resolve }))
  }
  expect(await offline('ios')).toEqual({ errMsg: 'request:fail 似乎已断开与互联网的连接。', errno: 600001 })
  expect(await offline('android')).toMatchObject({ errMsg: expect.stringContaining('ERR_INTERNET_DISCONNECTED') })
  expect(await offline('devtools')).toEqual({ errMsg: 'request:fail', errno: 600001 })
})

test('tells its kind, and each change to who listens', async () => {
  const runtime = createWorld().phone()
  const { wx } = runtime
  const told: unknown[] = []
  const listener = (status: unknown) => told.push(status)
  wx.onNetworkStatusChange(listener)
  runtime.connect('wifi')
  runtime.connect('none')
  await expect(wx.login()).rejects.toEqual({ errMsg: 'login:fail network is disconnected', errno: 108 })
  expect(await wx.getNetworkType()).toMatchObject({ networkType: 'none' })
  runtime.connect('4g')
  expect((await wx.login()).errMsg).toBe('login:ok')
  expect(told).toEqual([
    { isConnected: false, networkType: 'none' },
    { isConnected: true, networkType: '4g' },
  ])
  wx.offNetworkStatusChange(listener)
  runtime.connect('none')
  expect(told).toHaveLength(2)
})
