import { afterEach, expect, test, vi } from 'vitest'
import type { Auth } from '../index.ts'
import { tellWatcher } from './tell-watcher.ts'

const auth = {} as Auth
afterEach(() => vi.unstubAllGlobals())

test('a simulator that put its listener on wx is handed the auth', () => {
  const onWeappAuth = vi.fn()
  vi.stubGlobal('wx', { onWeappAuth })
  expect(tellWatcher(auth)).toBe(auth)
  expect(onWeappAuth).toHaveBeenCalledWith(auth)
})

test.each([undefined, {}])('nothing happens where nobody listens (%j)', wx => {
  vi.stubGlobal('wx', wx)
  expect(tellWatcher(auth)).toBe(auth)
})
