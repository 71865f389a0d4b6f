import type { OauthProblem, Problem, ProblemCode } from '@weapp-auth/protocol/contract'

/** Our codes in the words of RFC 6749, section 5.2; all others of status 400 are `invalid_request`. */
const errors: Partial<Readonly<Record<ProblemCode, OauthProblem['error']>>> = {
  backend_unauthorized: 'invalid_client',
  grant_invalid: 'invalid_grant',
  grant_unsupported: 'unsupported_grant_type',
}

/** A refusal as OAuth clients read it. */
export function oauthProblem({ code, status, title, detail, requestId }: Problem): OauthProblem {
  const error = errors[code] ?? (status < 500 ? 'invalid_request' : 'server_error')
  return { error, error_description: ascii(detail ?? title), code, requestId }
}

/** The characters that the RFC allows there. */
function ascii(text: string): string {
  return text.replaceAll('"', "'").replace(/[^\x20-\x7e]/g, '?')
}
