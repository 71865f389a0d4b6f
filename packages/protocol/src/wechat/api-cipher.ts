import { openAesGcm, sealAesGcm } from './crypto.ts'

/**
 * An authenticated cipher of WeChat's secure mode; iv of 12 bytes, tag of 16. Hand in SM4-GCM from a library of your
 * choice where the console is set to it: Node has none.
 */
export interface ApiCipher {
  seal(input: {
    readonly key: Uint8Array
    readonly iv: Uint8Array
    readonly aad: Uint8Array
    readonly plaintext: Uint8Array
  }): { readonly ciphertext: Uint8Array; readonly tag: Uint8Array }
  /** `null` when the tag does not fit; must not throw for that. */
  open(input: {
    readonly key: Uint8Array
    readonly iv: Uint8Array
    readonly aad: Uint8Array
    readonly ciphertext: Uint8Array
    readonly tag: Uint8Array
  }): Uint8Array | null
}

/**
 * `AES256_GCM` of the console; key of 32 bytes.
 *
 * @example
 * aes256Gcm.open({ key, iv, aad, ciphertext, tag }) // Uint8Array or null
 */
export const aes256Gcm: ApiCipher = {
  seal: ({ key, iv, aad, plaintext }) => sealAesGcm(key, iv, aad, plaintext),
  open: ({ key, iv, aad, ciphertext, tag }) => openAesGcm(key, iv, aad, ciphertext, tag),
}
