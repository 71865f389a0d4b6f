import type { OperatorRole, SignInWay } from '@weapp-auth/protocol/contract'
import type { AuditDraft } from '../domain/audit-entry.ts'

/** A person who may use the console. */
export interface OperatorRow {
  readonly id: string
  readonly name: string
  readonly role: OperatorRole
  readonly createdAt: number
  readonly disabledAt: number | null
  /** Secret of the authenticator app, sealed with the operator's own sign-in key, which is kept nowhere. */
  readonly sealedTotp: Uint8Array | null
  readonly totpSince: number | null
}

/** An operator in the list of them. */
export interface ListedOperator extends OperatorRow {
  readonly passkeys: number
  readonly recoveryCodes: number
  /** Live ones. */
  readonly sessions: number
  readonly seenAt: number | null
}

export interface PasskeyRow {
  readonly id: string
  readonly operatorId: string
  /** Id that the authenticator gave it. */
  readonly credential: Uint8Array
  readonly publicKey: Uint8Array
  readonly counter: number
  readonly label: string
  readonly createdAt: number
  readonly usedAt: number | null
}

export interface OperatorSessionRow {
  readonly id: string
  readonly operatorId: string
  readonly way: SignInWay
  readonly browser: string
  readonly createdAt: number
  readonly seenAt: number
  /** Never later than `absoluteUntil`. */
  readonly idleUntil: number
  readonly absoluteUntil: number
  /** When its owner last proved who they are. */
  readonly provedAt: number
}

export interface InvitationRow {
  /** Of the token in the link. */
  readonly hash: Uint8Array
  /** `null`: the first operator, who chooses; good only as long as there is none. */
  readonly name: string | null
  readonly role: OperatorRole
  /** Somebody who has an account and lost what they sign in with. */
  readonly operatorId: string | null
  readonly invitedBy: string
  readonly until: number
}

/** What a proof uses up. */
export type OperatorProof =
  /** `counter` as the authenticator told it. */
  | { readonly way: 'passkey'; readonly passkeyId: string; readonly counter: number }
  /** Number of the 30 seconds that the code is of. */
  | { readonly way: 'authenticator'; readonly step: number }
  | { readonly way: 'recovery'; readonly hash: Uint8Array }

export interface NewOperatorSession {
  readonly row: OperatorSessionRow
  readonly tokenHash: Uint8Array
}

export interface OpenOperatorSession extends NewOperatorSession {
  readonly proof: OperatorProof
  /** Token hash of the session that this browser had; it ends. */
  readonly former: Uint8Array | null
  readonly audit: AuditDraft
}

/** The first thing that an operator signs in with. */
export type FirstCredential =
  | { readonly kind: 'passkey'; readonly row: PasskeyRow }
  | { readonly kind: 'authenticator'; readonly sealed: Uint8Array; readonly step: number }

export interface AcceptInvitation {
  readonly hash: Uint8Array
  readonly now: number
  readonly operator: { readonly id: string; readonly name: string }
  readonly credential: FirstCredential
  readonly recoveryHashes: readonly Uint8Array[]
  readonly session: NewOperatorSession
  readonly audit: AuditDraft
}

export type CredentialChange =
  | { readonly kind: 'passkey-added'; readonly row: PasskeyRow }
  | { readonly kind: 'passkey-removed'; readonly passkeyId: string }
  | { readonly kind: 'authenticator-set'; readonly sealed: Uint8Array; readonly step: number; readonly now: number }
  | { readonly kind: 'authenticator-removed' }
  | { readonly kind: 'recovery-codes-made'; readonly hashes: readonly Uint8Array[] }

export interface ChangeOperator {
  readonly id: string
  readonly now: number
  readonly role?: OperatorRole
  readonly disabled?: boolean
  readonly audit: AuditDraft
}

/** People of the console. Tokens and codes come here as hashes only. */
export interface OperatorStore {
  /** By name. */
  listOperators(now: number): Promise<readonly ListedOperator[]>
  findOperator(id: string): Promise<OperatorRow | null>
  findOperatorByName(name: string): Promise<OperatorRow | null>

  /** Of a name, or of an account, only the latest invitation is good. `taken`: another account has the name. */
  addInvitation(row: InvitationRow & { readonly audit: AuditDraft }): Promise<'added' | 'taken'>
  /** One that is good now, and for whom: an account that was disabled meanwhile is not. */
  findInvitation(hash: Uint8Array, now: number): Promise<InvitationRow | null>
  listInvitations(now: number): Promise<readonly InvitationRow[]>
  /**
   * Spends the invitation, makes the account, its first credential, its recovery codes and its session, all in one step.
   * For an account that is there already everything it had to sign in with, and its sessions, go in that step.
   * Race: of any number of callers with one invitation exactly one gets `accepted`; of any number with invitations for
   * the first operator exactly one. `gone`: it is not good, or not any more; `taken`: name or passkey is in use. Nothing
   * was written then.
   */
  acceptInvitation(input: AcceptInvitation): Promise<'accepted' | 'gone' | 'taken'>

  passkeysOf(operatorId: string): Promise<readonly PasskeyRow[]>
  findPasskey(credential: Uint8Array): Promise<PasskeyRow | null>
  /**
   * Race: the last way to sign in (passkey or authenticator) is never removed, whoever removes what at once (`last`).
   * `unknown`: it is not there; `taken`: the passkey is in use.
   */
  changeCredentials(
    operatorId: string,
    change: CredentialChange,
    audit: AuditDraft,
  ): Promise<'changed' | 'unknown' | 'taken' | 'last'>

  /**
   * Uses the proof up and opens the session.
   * Race: of any number of callers with one code exactly one gets true; none once the operator is disabled.
   */
  openOperatorSession(input: OpenOperatorSession): Promise<boolean>
  /** The same for a session that goes on: its proof is then of now. */
  proveOperatorSession(input: {
    readonly sessionId: string
    readonly operatorId: string
    readonly now: number
    readonly proof: OperatorProof
    readonly audit: AuditDraft
  }): Promise<boolean>
  /** The session, live or not, and its operator as they are now. */
  findOperatorSession(
    tokenHash: Uint8Array,
  ): Promise<{ readonly session: OperatorSessionRow; readonly operator: OperatorRow } | null>
  /** Moves `seenAt` and `idleUntil`; a session that has ended stays so. */
  touchOperatorSession(sessionId: string, seenAt: number, idleUntil: number): Promise<void>
  /** Live ones, the newest first. */
  operatorSessionsOf(operatorId: string, now: number): Promise<readonly OperatorSessionRow[]>
  /** Answers how many ended; the audit line is written when one did. `only`: that session, if it is the operator's. */
  endOperatorSessions(operatorId: string, only: string | null, audit: AuditDraft): Promise<number>

  /**
   * Disabling ends all sessions and invitations of the account in the same step.
   * Race: the last admin who is not disabled stays one, whoever changes whom at once (`last`).
   */
  changeOperator(input: ChangeOperator): Promise<'changed' | 'unknown' | 'last'>
}
