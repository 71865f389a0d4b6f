/**
 * Shared memory of access_token for `@weapp-auth/wechat`, whose `TokenStore` port has this shape.
 * Tokens are sealed before they come here.
 */
export interface AccessTokenStore {
  readAccessToken(
    appId: string,
  ): Promise<{ readonly sealed: Uint8Array; readonly expiresAt: number; readonly generation: number } | null>
  /** Race: written only when `generation` is larger than the stored one; false otherwise. */
  writeAccessToken(
    appId: string,
    token: { readonly sealed: Uint8Array; readonly expiresAt: number; readonly generation: number },
  ): Promise<boolean>
  /** Race: exactly one holder until `until`; a holder may take its own lease again. */
  leaseAccessToken(appId: string, holder: string, now: number, until: number): Promise<boolean>
}
