import { type Problem, problemCodes } from '@weapp-auth/protocol/contract'
import type { TokenFlaw, TokenUser, Verified } from './token-verifier.ts'

/** The headers of a request, as `Headers` or as Node has them. */
export type RequestHeaders = Headers | { readonly authorization?: string | undefined }

/** The answer to a request without a token that counts (RFC 6750, section 3; RFC 9457). */
export interface Refusal {
  readonly status: 401
  readonly headers: { readonly 'content-type': string; readonly 'www-authenticate': string }
  /** Problem details like those of the server; `detail` is the flaw of the token. */
  readonly body: Omit<Problem, 'requestId'>
}

/** Whose request it is. */
export type Authenticated =
  | { readonly status: 'authenticated'; readonly user: TokenUser }
  | { readonly status: 'refused'; readonly refusal: Refusal }

/** Reads the bearer token of a request and has it verified. */
export function createAuthenticate(verify: (token: string) => Promise<Verified>) {
  return async function authenticate(headers: RequestHeaders): Promise<Authenticated> {
    const given = headers instanceof Headers ? headers.get('authorization') : headers.authorization
    const token = /^bearer +(.*)$/i.exec(given ?? '')?.[1]?.trimEnd()
    if (!token) return { status: 'refused', refusal: refusal('token_missing') }
    const { status, ...outcome } = await verify(token)
    return 'reason' in outcome
      ? { status: 'refused', refusal: refusal('token_invalid', outcome.reason) }
      : { status: 'authenticated', user: outcome }
  }
}

function refusal(code: 'token_missing' | 'token_invalid', flaw?: TokenFlaw): Refusal {
  const { message, fix, retry } = problemCodes[code]
  const challenge = flaw ? ` error="invalid_token", error_description="${flaw}"` : ''
  return {
    status: 401,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'www-authenticate': `Bearer${challenge}` },
    body: {
      type: `urn:weapp-auth:problem:${code}`,
      title: message.en,
      status: 401,
      code,
      message,
      fix,
      retry,
      ...(flaw ? { detail: flaw } : {}),
    },
  }
}
