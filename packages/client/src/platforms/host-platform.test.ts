import { expect, test, vi } from 'vitest'
import * as taro from './taro.ts'
import * as uni from './uni.ts'
import type { WxHost } from './wx-host.ts'

const options = { baseUrl: 'https://a.example.com', appId: 'wx00000000000000a1' }

test('without a host there is a clear error', () => {
  const missing = undefined as unknown as WxHost
  for (const make of [uni.uniPlatform, taro.taroPlatform]) expect(() => make(missing)).toThrow('"host" must be given')
  for (const { createAuth } of [uni, taro]) expect(() => createAuth({ ...options, host: missing })).toThrow('"host"')
})

test('a promise that Taro answers besides calling back leaves no unhandled rejection', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  const failing = ({ fail }: { fail(failure: object): void }) => {
    const failure = { errMsg: 'x:fail network' }
    fail(failure)
    const task = Object.assign(Promise.reject(failure), { abort: () => task })
    return task
  }
  const host = { login: failing, request: failing } as unknown as WxHost
  const platform = taro.taroPlatform(host)
  await expect(platform.login()).rejects.toEqual({ errMsg: 'x:fail network' })
  const request = { url: 'https://a.example.com', method: 'GET', headers: {}, timeoutMs: 1 } as const
  const { done, abort } = platform.request(request)
  await expect(done.catch(abort)).resolves.toBeUndefined()
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})
