import { sign, verify } from 'node:crypto'
import { calculateJwkThumbprint, importJWK } from 'jose'
import { expect, it } from 'vitest'
import { ed25519Pair, publicJwk, thumbprint } from './signing-key.ts'

/** RFC 8037, appendix A: the key, its public half and its thumbprint. */
const secret = Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url')
const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
const { privateKey, publicKey } = ed25519Pair(secret)

it('the published key of RFC 8037 has its published half and thumbprint', async () => {
  expect(publicJwk('name', publicKey)).toEqual({ kty: 'OKP', crv: 'Ed25519', x, kid: 'name', alg: 'EdDSA', use: 'sig' })
  expect(thumbprint(publicKey)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  expect(thumbprint(publicKey)).toBe(await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }))
  expect(await importJWK({ ...publicJwk('name', publicKey) })).toBeDefined()
})

it('both halves belong together', () => {
  const text = Buffer.from('text')
  expect(verify(null, text, publicKey, sign(null, text, privateKey))).toBe(true)
})
