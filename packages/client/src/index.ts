/**
 * Login, phone and session of a mini program, without any global: the host app comes in through `platform`.
 *
 * @module
 */
export type {
  Phone,
  PhoneAnswer,
  PhonesAnswer,
  Problem,
  Sentence,
  SessionsAnswer,
  Tokens,
  User,
} from '@weapp-auth/protocol/contract'
export { type FailureReason, identifyFailure } from '@weapp-auth/protocol/identify-failure'
export type { AuthState } from './core/auth-state.ts'
export { type Auth, type AuthCore, type AuthOptions, createAuth } from './core/create-auth.ts'
export { OptionInvalid } from './core/option-invalid.ts'
export type { Failure, LoginFailure, LoginOutcome, PhoneOutcome, UserOutcome } from './core/outcomes.ts'
export type { AuthRequest, AuthUpload, RequestOutcome, RequestTask } from './core/request.ts'
export type {
  Platform,
  PlatformFailure,
  PlatformRequest,
  PlatformResponse,
  PlatformTask,
  PlatformUpload,
} from './platform.ts'
