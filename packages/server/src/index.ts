/**
 * The auth service as a library: `createServer` and what it is made of. Stores have entry points of their own,
 * such as `@weapp-auth/server/memory` and `@weapp-auth/server/sqlite`.
 *
 * @module
 */
export { type AdministerOptions, type Administration, administer, type KeyChange } from './administer.ts'
export { type ConsoleOptions, isConsoleOrigin } from './console.ts'
export { type AppAccess, type AppDefinition, readAppDefinition } from './domain/app-definition.ts'
export type { App, AppPolicy, OpenDataPolicy, PhoneConflict } from './domain/app-policy.ts'
export type { AuditActor, AuditAnchor, AuditDetails, AuditDraft, AuditEntry } from './domain/audit-entry.ts'
export { type Backend, type BackendPolicy, readBackends } from './domain/backends.ts'
export { type ComponentPolicy, readComponents } from './domain/component-policy.ts'
export { devices } from './domain/device.ts'
export type { Erasable, Erased } from './domain/erasable.ts'
export {
  type ImportedField,
  type ImportedFields,
  type ImportedRead,
  type ImportedUser,
  importedFields,
  readImportedUser,
} from './domain/imported-user.ts'
export {
  type Legacy,
  type LegacyDoor,
  type LegacyFormat,
  type LegacyPolicy,
  type LegacyStep,
  legacyFormats,
  readLegacy,
} from './domain/legacy-policy.ts'
export type { SmsLimits } from './domain/limits.ts'
export { type Operator, type OperatorPolicy, readOperators } from './domain/operators.ts'
export { ProblemError } from './domain/problem-error.ts'
export type { Push, PushPolicy } from './domain/push-policy.ts'
export { type RequestRates, readRequestRates } from './domain/request-rates.ts'
export type { SmsPolicy } from './domain/sms-policy.ts'
export type { Arrival } from './http/client-address.ts'
export type { AnswerStream, HttpAnswer, HttpHeaders, HttpRequest, WholeAnswer } from './http/http-message.ts'
export type { MetricsSource } from './http/routes/get-metrics.ts'
export type { ServerLoad } from './http/shed-load.ts'
export { inspectKeys, type KeyInspection } from './inspect-keys.ts'
export {
  generateKeyring,
  type Keyring,
  KeyringInvalid,
  type RootKey,
  type RootKeyState,
  readKeyring,
  type SigningKey,
  type SigningKeyState,
  writeKeyring,
} from './keys/keyring.ts'
export {
  type KeyKind,
  type ListedKey,
  listKeys,
  type RetireOutcome,
  type RotateInput,
  type RotateOutcome,
  type RotationWait,
  retireKey,
  rotateKeyring,
} from './keys/rotate-keyring.ts'
export { type InvitationLink, invitationLink } from './open-console.ts'
export type { AccessTokenStore } from './ports/access-token-store.ts'
export type { AuditReader, AuditStore } from './ports/audit-store.ts'
export type { AvatarOptions, AvatarStorage } from './ports/avatar-storage.ts'
export type { Clock } from './ports/clock.ts'
export type { EventLoop } from './ports/event-loop.ts'
export type { Limiter, Rate, Taken } from './ports/limiter.ts'
export type { Observe, ServerEvent } from './ports/observer.ts'
export type { NewPasskey, Passkeys, RelyingParty } from './ports/passkeys.ts'
export type { Random } from './ports/random.ts'
export type { SealedRows } from './ports/reseal-store.ts'
export type { SealedSample } from './ports/sealed-sample.ts'
export type { SmsMessage, SmsOutcome, SmsProvider } from './ports/sms-provider.ts'
export { StorageFault, type Store } from './ports/store.ts'
export type { Timer } from './ports/timer.ts'
export type { WechatPlatform } from './ports/wechat-platform.ts'
export { createServer, type Server, type ServerOptions } from './server.ts'
export type { ImportedOutcome, ImportUsers, ImportUsersQuery } from './usecases/import-users.ts'
export type { TraceKeeping } from './usecases/keep-traces.ts'
export type {
  AddAppOutcome,
  AppChanges,
  ChangeAppOutcome,
  ListedApp,
  ManageApps,
  RemoveAppOutcome,
} from './usecases/manage-apps.ts'
export type { ManageUsers, UserMerge } from './usecases/manage-users.ts'
export type { Reseal, ResealProgress } from './usecases/reseal.ts'
export type { AffectedErased, AffectedQuery, AffectedUser, TellAffected } from './usecases/tell-affected.ts'
export { type AuditFlaw, type AuditVerdict, entriesOf, verifyAudit } from './usecases/verify-audit.ts'
export type { TestPush } from './usecases/watch-pushes.ts'
