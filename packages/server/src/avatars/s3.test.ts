import { describe, expect, it } from 'vitest'
import { avatarStorageContract } from '../../test/avatar-storage-contract.ts'
import { createS3Avatars, type S3AvatarsOptions } from './s3.ts'

const options = {
  bucket: 'https://s3.example.com/my-bucket',
  region: 'ap-guangzhou',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

/** A bucket by hand: refuses what is not signed for this region and service. */
function bucket() {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; type: string | null }>()
  const requests: Request[] = []
  const answer = async (request: Request): Promise<Response> => {
    requests.push(request)
    const scope = /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/ap-guangzhou\/s3\/aws4_request, /
    if (!scope.test(request.headers.get('authorization') ?? '')) return new Response('<Error/>', { status: 403 })
    const { pathname } = new URL(request.url)
    const file = files.get(pathname)
    if (request.method === 'PUT') {
      const bytes = new Uint8Array(await request.arrayBuffer())
      files.set(pathname, { bytes, type: request.headers.get('content-type') })
    }
    if (request.method === 'DELETE') files.delete(pathname)
    if (request.method === 'GET') return file ? new Response(file.bytes) : new Response('<Error/>', { status: 404 })
    return new Response(null, { status: request.method === 'DELETE' ? 204 : 200 })
  }
  return { files, requests, answer }
}

avatarStorageContract('avatars in a bucket', () => createS3Avatars({ ...options, fetch: bucket().answer }))

describe('a bucket', () => {
  const key = 'k'.repeat(32)

  it('gets the file under its prefix, with its type, signed, and never the secret', async () => {
    const { files, requests, answer } = bucket()
    const storage = createS3Avatars({ ...options, prefix: 'faces/', fetch: answer })
    await storage.put(key, Uint8Array.of(1, 2), 'image/webp')
    expect([...files]).toEqual([[`/my-bucket/faces/${key}`, { bytes: Uint8Array.of(1, 2), type: 'image/webp' }]])
    const [request] = requests
    expect(JSON.stringify([request?.url, ...(request?.headers ?? [])])).not.toContain(options.secretAccessKey)
  })

  it('that refuses or is out of reach is an error that quotes nothing', async () => {
    const refusing = createS3Avatars({ ...options, fetch: async () => new Response('secret', { status: 403 }) })
    const calls = [
      () => refusing.put(key, Uint8Array.of(1), 'image/gif'),
      () => refusing.get(key),
      () => refusing.delete(key),
    ]
    for (const call of calls) await expect(call()).rejects.toThrow(/^the storage answered 403$/)
    const away = createS3Avatars({
      ...options,
      fetch: async () => {
        throw new TypeError('fetch failed')
      },
    })
    await expect(away.get(key)).rejects.toThrow('fetch failed')
  })

  it.each([
    ['"bucket" must be an http or https URL', { bucket: 'my-bucket' }],
    ['"region" must be text that is not empty', { region: '' }],
    ['"secretAccessKey" must be text that is not empty', { secretAccessKey: '' }],
    ['"prefix" must be of letters, digits and . _ / -', { prefix: '?' }],
  ] satisfies [string, Partial<S3AvatarsOptions>][])('is configured: %s', (message, wrong) => {
    expect(() => createS3Avatars({ ...options, ...wrong })).toThrow(message)
  })
})
