import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { TokenStore } from './token-store.ts'

/** A table of sealed tokens; the stores of `@weapp-auth/server` have this shape. Races as in {@link TokenStore}. */
export interface SealedTokenTable {
  readAccessToken(appId: string): Promise<SealedToken | null>
  writeAccessToken(appId: string, token: SealedToken): Promise<boolean>
  leaseAccessToken(appId: string, holder: string, now: number, until: number): Promise<boolean>
}

export interface SealedToken {
  readonly sealed: Uint8Array
  readonly expiresAt: number
  readonly generation: number
}

/**
 * Shares tokens through a database that never sees one: each is sealed with AES-256-GCM and bound to its app and
 * generation, so a row that was moved or altered does not open. A row that does not open (another key) counts as
 * expired.
 *
 * @param options.key 32 bytes, the same in every process; a function when the key can change while it runs.
 * @throws TypeError when the key has another length.
 * @example
 * const tokens = createSealedTokenStore({ table: store, key })
 * const wechat = createWechat({ apps, tokens })
 */
export function createSealedTokenStore(options: {
  readonly table: SealedTokenTable
  readonly key: Uint8Array | (() => Uint8Array)
}): TokenStore {
  const { table, key } = options
  const present = typeof key === 'function' ? key : () => key
  if (present().length !== 32) throw new TypeError('"key" must be 32 bytes')
  return {
    async read(appId) {
      const row = await table.readAccessToken(appId)
      if (!row) return null
      const { generation, expiresAt } = row
      const accessToken = open(present(), row.sealed, place(appId, generation))
      return accessToken === null
        ? { accessToken: '', expiresAt: 0, generation }
        : { accessToken, expiresAt, generation }
    },
    write(appId, { accessToken, expiresAt, generation }) {
      const sealed = seal(present(), accessToken, place(appId, generation))
      return table.writeAccessToken(appId, { sealed, expiresAt, generation })
    },
    lease: (appId, holder, now, until) => table.leaseAccessToken(appId, holder, now, until),
  }
}

const cipher = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

function place(appId: string, generation: number): Buffer {
  return Buffer.from(`weapp-auth/access-token|${appId}|${generation}`)
}

function seal(key: Uint8Array, text: string, aad: Buffer): Buffer {
  const iv = randomBytes(ivBytes)
  const sealing = createCipheriv(cipher, key, iv, { authTagLength: tagBytes }).setAAD(aad)
  return Buffer.concat([iv, sealing.update(text, 'utf8'), sealing.final(), sealing.getAuthTag()])
}

function open(key: Uint8Array, sealed: Uint8Array, aad: Buffer): string | null {
  if (sealed.length < ivBytes + tagBytes) return null
  // Without authTagLength Node 20 would accept a tag of four bytes.
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes }).setAAD(aad)
  opening.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([opening.update(sealed.subarray(ivBytes, -tagBytes)), opening.final()]).toString('utf8')
  } catch {
    return null
  }
}
