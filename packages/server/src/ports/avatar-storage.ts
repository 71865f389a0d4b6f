/**
 * Where the files of avatars are kept. `createDiskAvatars` of `@weapp-auth/server/avatars-disk` and `createS3Avatars`
 * of `@weapp-auth/server/avatars-s3` fit; so does anything that keeps files by name. Keys are 32 characters of
 * `[A-Za-z0-9_-]`, a new one for every file, so nothing is ever written twice. What a method throws is answered as
 * `storage_failed`.
 */
export interface AvatarStorage {
  /** Resolves when the file is kept for good. `type` is its content type, found by its first bytes. */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>
  /** `null` when there is no such file. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | null>
  /** No error when there is no such file. */
  delete(key: string): Promise<void>
}

/** Pictures that users upload. */
export interface AvatarOptions {
  readonly storage: AvatarStorage
  /** Bytes of a picture, 1 KiB to 16 MiB. Default 2 MiB. */
  readonly maxBytes?: number
  /**
   * Where clients find this server or the CDN before it; `/v1/avatars/{key}` is appended. Default: `issuer`.
   */
  readonly publicUrl?: string
}
