import { hkdfSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { createSubKeys, type SubKeyLabel } from './sub-keys.ts'

const secret = Buffer.alloc(32, 7)
const subKeys = createSubKeys({ id: 1, secret, state: 'active' })

it('derives by HKDF-SHA-256 with fixed labels: known answers that may never change', () => {
  expect(subKeys.of('wrap/user').export().toString('hex')).toBe(
    'c761943729a5fc79620ebbe54f714ab64035f8fc251b0f62018a65f1aa16c50e',
  )
  expect(subKeys.of('mac/refresh').export()).toEqual(
    Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'mac/refresh', 32)),
  )
})

it('gives every use its own key, prepared once', () => {
  const labels: SubKeyLabel[] = ['wrap/user', 'mac/refresh', 'mac/session-key', 'check', 'bidx/phone/a', 'bidx/phone/b']
  expect(new Set(labels.map(label => subKeys.of(label).export().toString('hex'))).size).toBe(labels.length)
  expect(subKeys.of('check')).toBe(subKeys.of('check'))
})
