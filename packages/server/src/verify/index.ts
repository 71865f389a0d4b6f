/**
 * For your own backends in Node: who calls, by the access token of the request. It needs no store, no keys and no
 * server in the process.
 *
 * @module
 */
export type { Authenticated, Refusal, RequestHeaders } from './authenticate.ts'
export type { IntrospectOptions } from './live-check.ts'
export { requireUser, userOf } from './require-user.ts'
export {
  createTokenVerifier,
  type RevocationSource,
  type TokenFlaw,
  type TokenUser,
  type TokenVerifier,
  type TokenVerifierOptions,
  type Verified,
} from './token-verifier.ts'
export { VerifierFault, type VerifierFaultCode } from './verifier-fault.ts'
