import { describe, expect, test } from 'vitest'
import { BOOKS, createWorld, LIN, TEA, WANG } from '../../test/world.ts'
import { webStorage } from './web-storage.ts'

describe('storage', () => {
  test('keeps what JSON can hold, and dates', async () => {
    const { wx } = createWorld().phone()
    const date = new Date(1000)
    for (const data of ['text', 7, true, null, { a: [1, { b: '中' }] }, date]) {
      await wx.setStorage({ key: 'k', data })
      expect((await wx.getStorage({ key: 'k' })).data).toEqual(data)
      wx.setStorageSync('s', data)
      expect(wx.getStorageSync('s')).toEqual(data)
    }
  })

  test('hands out copies', () => {
    const { wx } = createWorld().phone()
    const data = { list: [1] }
    wx.setStorageSync('k', data)
    data.list.push(2)
    expect(wx.getStorageSync('k')).toEqual({ list: [1] })
  })

  test('nothing is an empty text in one style and a failure in the other', async () => {
    const { wx } = createWorld().phone()
    expect(wx.getStorageSync('k')).toBe('')
    await expect(wx.getStorage({ key: 'k' })).rejects.toEqual({ errMsg: 'getStorage:fail data not found' })
  })

  test('what was written encrypted is only read encrypted', async () => {
    const { wx } = createWorld().phone()
    await wx.setStorage({ key: 'k', data: 'secret', encrypt: true })
    expect(wx.getStorageSync('k')).toBe('')
    expect((await wx.getStorage({ key: 'k', encrypt: true })).data).toBe('secret')
    await wx.removeStorage({ key: 'k' })
    await expect(wx.getStorage({ key: 'k', encrypt: true })).rejects.toHaveProperty('errMsg')
  })

  test('base libraries before 2.21.3 know no encrypt and ignore it', async () => {
    const { wx } = createWorld().phone(undefined, undefined, { device: { sdkVersion: '2.21.2' } })
    await wx.setStorage({ key: 'k', data: 1, encrypt: true })
    expect(wx.getStorageSync('k')).toBe(1)
  })

  test('tells its keys and sizes, and can be emptied', async () => {
    const { wx } = createWorld().phone()
    wx.setStorageSync('a', 'x'.repeat(1500))
    await wx.setStorage({ key: 'b', data: 1, encrypt: true })
    expect(wx.getStorageInfoSync()).toEqual({ keys: ['a', 'b'], currentSize: 2, limitSize: 10_240 })
    wx.removeStorageSync('a')
    expect((await wx.getStorageInfo()).keys).toEqual(['b'])
    wx.clearStorageSync()
    await wx.clearStorage()
    expect(wx.getStorageInfoSync().keys).toEqual([])
  })

  test('one entry holds 1 MB, all together 10 MB', async () => {
    const { wx } = createWorld().phone()
    const half = 'x'.repeat(1_000_000)
    expect(() => wx.setStorageSync('k', `${half}${half}`)).toThrow(/^setStorageSync:fail entry size limit reached$/)
    await expect(wx.setStorage({ key: 'k', data: 'x'.repeat(800_000), encrypt: true })).rejects.toHaveProperty('errMsg')
    for (let at = 0; at < 10; at += 1) wx.setStorageSync(`k${at}`, half)
    expect(() => wx.setStorageSync('k10', half)).toThrow('exceed storage max size 10Mb')
    wx.setStorageSync('k9', half)
  })

  test('refuses what it cannot write and keys that are no text', async () => {
    const { wx } = createWorld().phone()
    const circle: { self?: object } = {}
    circle.self = circle
    for (const data of [circle, () => 1, 1n])
      expect(() => wx.setStorageSync('k', data)).toThrow('can not be serialized')
    await expect(wx.setStorage({ data: 1 } as never)).rejects.toEqual({
      errMsg: 'setStorage:fail parameter error: parameter.key should be String instead of Undefined;',
      errno: 1001,
    })
    expect(() => wx.getStorageSync(null as never)).toThrow('should be String instead of Null')
  })

  test('is still there at the next launch, and apart for each person and app', () => {
    const { phone } = createWorld()
    phone(LIN.id, TEA).wx.setStorageSync('k', 'lin')
    expect(phone(LIN.id, TEA).wx.getStorageSync('k')).toBe('lin')
    expect(phone(WANG.id, TEA).wx.getStorageSync('k')).toBe('')
    expect(phone(LIN.id, BOOKS).wx.getStorageSync('k')).toBe('')
  })
})

test('in a browser the storage of the page is used, under a prefix', () => {
  const inside = new Map<string, string>([['foreign', 'x']])
  const browser = {
    get length() {
      return inside.size
    },
    key: (index: number) => [...inside.keys()][index] ?? null,
    getItem: (key: string) => inside.get(key) ?? null,
    setItem: (key: string, value: string) => void inside.set(key, value),
    removeItem: (key: string) => void inside.delete(key),
  }
  const { wx } = createWorld().phone(undefined, undefined, { storage: webStorage(browser, 'tea/lin/') })
  wx.setStorageSync('k', 'v')
  expect(wx.getStorageSync('k')).toBe('v')
  expect(wx.getStorageInfoSync().keys).toEqual(['k'])
  wx.clearStorageSync()
  expect([...inside.keys()]).toEqual(['foreign'])
})
