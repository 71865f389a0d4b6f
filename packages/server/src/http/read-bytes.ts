import { ProblemError } from '../domain/problem-error.ts'
import type { HttpRequest } from './http-message.ts'

/**
 * Reads a body of at most `limit` bytes. One that declares more is not read, one that turns out longer not to its end.
 *
 * @throws what `tooLarge` makes; ProblemError request_malformed when the body ends early.
 */
export function readBytes(
  request: HttpRequest,
  limit: number,
  tooLarge: () => ProblemError,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > limit) return Promise.reject(tooLarge())
  // With a declared length the HTTP parser stops there by itself, and the host has a faster way than the stream.
  return declared === null ? readStream(request.body ?? [], limit, tooLarge) : readWhole(request, limit, tooLarge)
}

async function readWhole(request: HttpRequest, limit: number, tooLarge: () => ProblemError) {
  const bytes = new Uint8Array(await request.arrayBuffer().catch(cutOff))
  if (bytes.length > limit) throw tooLarge()
  return bytes
}

async function readStream(body: NonNullable<HttpRequest['body']>, limit: number, tooLarge: () => ProblemError) {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of body) {
      length += chunk.length
      if (length > limit) break
      chunks.push(chunk)
    }
  } catch {
    cutOff()
  }
  if (length > limit) throw tooLarge()
  return join(chunks, length)
}

function cutOff(): never {
  throw new ProblemError('request_malformed', { detail: 'the body ended early' })
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
