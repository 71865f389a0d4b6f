import type { AvatarFiles } from '../../usecases/avatar-files.ts'
import { type Call, FileReply } from '../route.ts'

/**
 * A key names one file for ever, so it may be kept for ever. Whatever a browser took the bytes for, it runs nothing:
 * the type is fixed, sniffing is off, and the sandbox has no scripts and loads nothing.
 */
const headers = {
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'cross-origin',
}

export function getAvatar({ read }: AvatarFiles) {
  return async ({ params: { key = '' } }: Call<undefined>): Promise<FileReply> => {
    const { bytes, type } = await read(key)
    return new FileReply(bytes, { ...headers, 'content-type': type })
  }
}
