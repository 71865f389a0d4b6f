import { expect, it } from 'vitest'
import { phoneAddress } from './phone-network.ts'

it.each([
  ['http://127.0.0.1:8787/v1/me?a=1', 'http://localhost:5000/v1/me?a=1'],
  ['http://localhost:3000/v1/login', 'http://localhost:5000/v1/login'],
  ['http://[::1]:8787/healthz', 'http://localhost:5000/healthz'],
  ['https://auth.example.com/v1/me', 'https://auth.example.com/v1/me'],
  ['http://127.0.0.1.example.com/', 'http://127.0.0.1.example.com/'],
])('%s is %s for a page at localhost:5000', (url, address) => {
  expect(phoneAddress(url, 'http://localhost:5000')).toBe(address)
})
