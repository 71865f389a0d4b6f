import { ProblemError } from '../domain/problem-error.ts'
import type { HttpRequest } from './http-message.ts'
import { readBytes } from './read-bytes.ts'
import type { ReadBody } from './route.ts'

/** What multipart/form-data may add to a file: boundaries, headers, a file name. */
const envelope = 16 * 1024
const multipart = /^multipart\/form-data\s*;/i
const picture = /^image\/[\w.+-]+$/i

/**
 * Reads a picture: the only part `avatar` of a multipart/form-data body, as `wx.uploadFile` sends it, or a body of
 * type `image/*`. Names and types that come with it are not believed, so they are not read.
 *
 * The reader throws ProblemError media_type_unsupported, avatar_too_large, or request_invalid that names the field.
 */
export function avatarOf(maxBytes: number): ReadBody<Uint8Array> {
  const tooLarge = () =>
    new ProblemError('avatar_too_large', { field: 'avatar', detail: `"avatar" must have at most ${maxBytes} bytes` })

  async function readAvatar(request: HttpRequest) {
    const type = request.headers.get('content-type') ?? ''
    if (picture.test(type)) return readBytes(request, maxBytes, tooLarge)
    if (!multipart.test(type))
      throw new ProblemError('media_type_unsupported', { detail: 'send multipart/form-data, or a picture as it is' })
    const bytes = await readBytes(request, maxBytes + envelope, tooLarge)
    const file = fileOf(await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(noForm))
    if (file.size > maxBytes) throw tooLarge()
    return new Uint8Array(await file.arrayBuffer())
  }
  return Object.assign(readAvatar, { takes: { as: 'file', field: 'avatar' } as const })
}

function fileOf(form: FormData): File {
  const [file, ...more] = form.getAll('avatar')
  const other = [...form.keys()].find(name => name !== 'avatar')
  if (other !== undefined)
    throw new ProblemError('request_invalid', { detail: 'the body must have the field "avatar" only' })
  if (!(file instanceof File) || more.length > 0) throw noFile()
  return file
}

function noForm(): never {
  throw noFile()
}

function noFile(): ProblemError {
  return new ProblemError('request_invalid', { field: 'avatar', detail: '"avatar" must be one file' })
}
