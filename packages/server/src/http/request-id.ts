import type { HttpRequest } from './http-message.ts'

/** Short enough that no token of ours passes for a request id. */
const wellFormed = /^[A-Za-z0-9_.-]{8,40}$/

/** The caller's `x-request-id` when it is well-formed, else a new one. */
export function requestIdOf(request: HttpRequest, newId: () => string): string {
  const given = request.headers.get('x-request-id')
  return given !== null && wellFormed.test(given) ? given : newId()
}
