/*
 * The few calls of Node's crypto that `crypto.ts` makes. This package is compiled without the types of Node
 * (`types: []`), so that nothing else of the platform can slip in.
 */
declare module 'node:crypto' {
  interface Cipher {
    setAutoPadding(on: boolean): this
    update(data: Uint8Array): Uint8Array
    final(): Uint8Array
  }
  interface GcmCipher extends Cipher {
    setAAD(data: Uint8Array): this
    getAuthTag(): Uint8Array
    setAuthTag(tag: Uint8Array): this
  }
  interface GcmOptions {
    readonly authTagLength: number
  }
  interface PssKey {
    readonly key: string
    readonly padding: number
    readonly saltLength: number
  }

  export function createCipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array): Cipher
  export function createCipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array, options: GcmOptions): GcmCipher
  export function createDecipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array): Cipher
  export function createDecipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array, options: GcmOptions): GcmCipher
  export function createHmac(
    algorithm: string,
    key: string,
  ): { update(text: string, encoding: 'utf8'): { digest(encoding: 'hex'): string } }
  export function hash(algorithm: string, text: string, encoding: 'hex'): string
  export function sign(algorithm: string, data: Uint8Array, key: PssKey): Uint8Array
  export function verify(algorithm: string, data: Uint8Array, key: PssKey, signature: Uint8Array): boolean
  export const constants: { readonly RSA_PKCS1_PSS_PADDING: number }
}
