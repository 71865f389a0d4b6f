import { parseStrictJson } from '@weapp-auth/protocol/wechat'
import { ProblemError } from '../domain/problem-error.ts'
import type { HttpRequest } from './http-message.ts'
import { readBytes } from './read-bytes.ts'

/** Bytes of a body that is still read. */
const bodyLimit = 16 * 1024
const jsonType = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i
// With ignoreBOM a byte order mark stays in the text, where the parser refuses it (RFC 8259, section 8.1).
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a request body as one JSON value: content type JSON in UTF-8, at most 16 KB, no duplicate keys (two parsers
 * must never see two different requests).
 *
 * @throws ProblemError media_type_unsupported, request_too_large or request_malformed.
 */
export async function readJsonBody(request: HttpRequest): Promise<unknown> {
  if (!jsonType.test(request.headers.get('content-type') ?? '')) throw new ProblemError('media_type_unsupported')
  const text = await readTextBody(request)
  try {
    return parseStrictJson(text)
  } catch {
    // The parser's own message quotes the text.
    throw new ProblemError('request_malformed')
  }
}

/**
 * Reads a request body as UTF-8 of at most 16 KB, or of another limit in bytes.
 *
 * @throws ProblemError media_type_unsupported, request_too_large or request_malformed.
 */
export async function readTextBody(request: HttpRequest, limit = bodyLimit): Promise<string> {
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity')
    throw new ProblemError('media_type_unsupported', { detail: 'Content-Encoding is not supported' })
  const bytes = await readBytes(request, limit, () => new ProblemError('request_too_large'))
  try {
    return utf8.decode(bytes)
  } catch {
    throw new ProblemError('request_malformed')
  }
}
