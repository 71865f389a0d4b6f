import { expect, it } from 'vitest'
import { createBackendSecrets } from './backend-secrets.ts'

const knows = createBackendSecrets([
  { id: 'orders', secret: 'first-only-for-the-test' },
  { id: 'owner', secret: 'second-only-for-the-test' },
])

it('a secret is right for its own backend only', () => {
  expect(knows('orders', 'first-only-for-the-test')).toBe(true)
  expect(knows('owner', 'second-only-for-the-test')).toBe(true)
  expect(knows('owner', 'first-only-for-the-test')).toBe(false)
  expect(knows('orders', '')).toBe(false)
})

it('an unknown backend has no secret, not even the empty one', () => {
  for (const secret of ['', 'first-only-for-the-test', 'backend']) expect(knows('nobody', secret)).toBe(false)
})
