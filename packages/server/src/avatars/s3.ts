import { AwsClient } from 'aws4fetch'
import type { AvatarStorage } from '../ports/avatar-storage.ts'

export interface S3AvatarsOptions {
  /** URL of the bucket, such as `https://my-bucket.cos.ap-guangzhou.myqcloud.com` or `https://s3.example.com/my-bucket`. */
  readonly bucket: string
  /** Such as `ap-guangzhou`. */
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Before every key. Default `avatars/`. */
  readonly prefix?: string
  /** How long one call may take, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number
  /** Default: the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** What a storage answered instead of doing what it was asked; its body is not repeated. */
export class S3Refused extends Error {
  override readonly name = 'S3Refused'
  readonly status: number

  constructor(status: number) {
    super(`the storage answered ${status}`)
    this.status = status
  }
}

/**
 * Keeps avatars in a bucket that speaks S3 (AWS, Tencent COS, Aliyun OSS, MinIO): PutObject, GetObject and
 * DeleteObject, signed with version 4. The bucket can stay private: `GET /v1/avatars/{key}` hands the files out.
 *
 * @throws TypeError `"bucket" must be …`.
 *
 * @example
 * const storage = createS3Avatars({
 *   bucket: 'https://my-bucket.cos.ap-guangzhou.myqcloud.com',
 *   region: 'ap-guangzhou',
 *   accessKeyId: 'id',
 *   secretAccessKey: 'secret',
 * })
 */
export function createS3Avatars(options: S3AvatarsOptions): AvatarStorage {
  const { bucket, region, accessKeyId, secretAccessKey, prefix = 'avatars/', timeoutMs = 10_000 } = options
  const { fetch = request => globalThis.fetch(request) } = options
  for (const [name, value] of Object.entries({ region, accessKeyId, secretAccessKey }))
    if (typeof value !== 'string' || value === '') throw new TypeError(`"${name}" must be text that is not empty`)
  if (!URL.canParse(bucket) || !/^https?:$/.test(new URL(bucket).protocol))
    throw new TypeError('"bucket" must be an http or https URL')
  if (!/^[\w./-]*$/.test(prefix)) throw new TypeError('"prefix" must be of letters, digits and . _ / -')
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 })
  const base = `${bucket.replace(/\/$/, '')}/${prefix}`

  async function ask(method: string, key: string, body?: { bytes: Uint8Array<ArrayBuffer>; type: string }) {
    const signed = await client.sign(`${base}${key}`, {
      method,
      ...(body && { body: body.bytes, headers: { 'content-type': body.type } }),
    })
    return fetch(new Request(signed, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' }))
  }

  return {
    async put(key, bytes, type) {
      const answer = await ask('PUT', key, { bytes: new Uint8Array(bytes), type })
      await answer.body?.cancel()
      if (!answer.ok) throw new S3Refused(answer.status)
    },
    async get(key) {
      const answer = await ask('GET', key)
      if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
      await answer.body?.cancel()
      if (answer.status === 404) return null
      throw new S3Refused(answer.status)
    },
    async delete(key) {
      const answer = await ask('DELETE', key)
      await answer.body?.cancel()
      if (!answer.ok && answer.status !== 404) throw new S3Refused(answer.status)
    },
  }
}
