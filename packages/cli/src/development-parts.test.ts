import { expect, test } from 'vitest'
import { CliFault } from './cli-fault.ts'
import { loadDevelopment } from './development-parts.ts'

test('what is there is loaded', async () => {
  expect(await loadDevelopment(() => 1)).toBe(1)
})

test.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])('a part that was left out is named, by %s', async code => {
  const missing = Object.assign(new Error("Cannot find package '@weapp-auth/emulator'"), { code })
  const refused = loadDevelopment(() => Promise.reject(missing))
  await expect(refused).rejects.toThrow(CliFault)
  await expect(refused).rejects.toMatchObject({
    code: 69,
    sentence: { en: expect.stringContaining('--omit=optional') },
  })
})

test('any other failure stays as it is', async () => {
  const other = Object.assign(new Error("Cannot find package 'hono'"), { code: 'ERR_MODULE_NOT_FOUND' })
  await expect(loadDevelopment(() => Promise.reject(other))).rejects.toBe(other)
})
