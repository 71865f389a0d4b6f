import { expect, it } from 'vitest'
import type { Claim } from '../ports/store.ts'
import { createUnfinished } from './unfinished.ts'

const phone = { number: '+8613800138000', nationalNumber: '13800138000', countryCode: '86', at: 0 }

function claimOf(code: number, attempt = 1): Claim {
  const hash = Buffer.alloc(32)
  hash.writeUInt32BE(code)
  return { kind: 'phone-code', appId: 'wx1', hash, attempt: Buffer.from([attempt]), until: 0 }
}

it('gives a leftover to its own attempt only, until it is dropped', () => {
  const unfinished = createUnfinished({ now: () => 0 })
  unfinished.keep(claimOf(1), phone)
  unfinished.keep(claimOf(2), null)
  expect(unfinished.find(claimOf(1))).toMatchObject({ phone })
  expect(unfinished.find(claimOf(2))).toMatchObject({ phone: null })
  expect(unfinished.find(claimOf(1, 2))).toBeUndefined()
  unfinished.drop(claimOf(1))
  expect(unfinished.find(claimOf(1))).toBeUndefined()
})

it('keeps the latest thousand, however many break', () => {
  const unfinished = createUnfinished({ now: () => 0 })
  for (let code = 0; code < 1200; code += 1) unfinished.keep(claimOf(code), phone)
  expect(unfinished.find(claimOf(199))).toBeUndefined()
  expect(unfinished.find(claimOf(200))).toMatchObject({ phone })
})

it('forgets after ten minutes', () => {
  let now = 0
  const unfinished = createUnfinished({ now: () => now })
  unfinished.keep(claimOf(1), phone)
  now += 599_999
  expect(unfinished.find(claimOf(1))).toMatchObject({ phone })
  now += 1
  expect(unfinished.find(claimOf(1))).toBeUndefined()
})
