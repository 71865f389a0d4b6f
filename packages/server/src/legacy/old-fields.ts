import { decodeBase64 } from '@weapp-auth/protocol/wechat'
import { ProblemError } from '../domain/problem-error.ts'
import type { HttpRequest } from '../http/http-message.ts'
import { readJsonBody, readTextBody } from '../http/read-json-body.ts'

/** The fields of a request, whatever form they came in. */
export interface OldFields {
  /** The text of a field; `sessionID`, `sessionId` and `session_id` are one name. Anything but text counts as missing. */
  text(name: string): string | undefined
}

const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

/**
 * Reads the query of a GET, else a body in JSON or form encoding. What nobody asks for is ignored; old pages send along
 * what they like.
 *
 * @throws ProblemError as `readJsonBody` does, or request_invalid for a body that is no object, and for two values
 * under one name.
 */
export async function readOldFields(request: HttpRequest): Promise<OldFields> {
  const fields = new Map<string, unknown>()
  for (const [name, value] of await entriesOf(request)) {
    const plain = plainName(name)
    if (fields.has(plain) && fields.get(plain) !== value)
      throw new ProblemError('request_invalid', { detail: 'a field comes twice' })
    fields.set(plain, value)
  }
  return {
    text(name) {
      const value = fields.get(plainName(name))
      return typeof value === 'string' && value !== '' ? value : undefined
    },
  }
}

async function entriesOf(request: HttpRequest): Promise<readonly (readonly [string, unknown])[]> {
  if (request.method === 'GET' || request.method === 'HEAD') return [...new URL(request.url).searchParams]
  if (formType.test(request.headers.get('content-type') ?? ''))
    return [...new URLSearchParams(await readTextBody(request))]
  const body = await readJsonBody(request)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ProblemError('request_invalid', { detail: 'the body must be one JSON object' })
  return Object.entries(body)
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '')
}

/** A login code. Throws ProblemError request_invalid. */
export function readCode(fields: OldFields, name: string): string {
  const code = fields.text(name)
  // WeChat's codes have no other characters, so nothing can be smuggled into its URL.
  if (code !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(code)) return code
  const detail = `"${name}" must be 1 to 128 characters of A-Z a-z 0-9 _ -`
  throw new ProblemError('request_invalid', { field: name, detail })
}

/**
 * What the phone button gave. Without it the person declined in a spelling that the page does not know, so the refusal
 * is the one that asks for another tap: ProblemError phone_data_invalid.
 */
export function readCiphertext(fields: OldFields): { readonly encryptedData: string; readonly iv: string } {
  return { encryptedData: base64Of(fields, 'encryptedData'), iv: base64Of(fields, 'iv') }
}

/** A handle of ours, or `login_unusable` as for one that has ended: either way the page has to log in. */
export function readHandle(fields: OldFields, name: string): string {
  const handle = fields.text(name)
  if (handle === undefined) throw new ProblemError('login_unusable', { field: name })
  return handle
}

/**
 * Base64 has no spaces, so a space in it was a plus sign before a form was decoded (binarywang/WxJava issue 359). It is
 * put back only where that makes good Base64; what is wrong with a ciphertext otherwise is told to nobody.
 */
function base64Of(fields: OldFields, name: string): string {
  const text = fields.text(name)
  if (text === undefined || text.length > 4096) throw new ProblemError('phone_data_invalid', { field: name })
  const repaired = text.replaceAll(' ', '+')
  return decodeBase64(repaired) ? repaired : text
}
