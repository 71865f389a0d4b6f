import type {
  InvitationAnswer,
  JoinAnswer,
  JoinByAuthenticatorRequest,
  JoinByPasskeyRequest,
  OperatorRole,
  ReadInvitationRequest,
} from '@weapp-auth/protocol/contract'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { bytesToUuid, uuidToBytes } from '../domain/uuid-bytes.ts'
import { digest } from '../keys/digest.ts'
import { type OperatorSecrets, operatorHash } from '../keys/operator-secrets.ts'
import type { Clock } from '../ports/clock.ts'
import type { FirstCredential, InvitationRow, OperatorStore } from '../ports/operator-store.ts'
import { newRecoveryCodes } from './operator-credentials.ts'
import { operatorLine } from './operator-line.ts'
import type { OperatorProofs } from './operator-proofs.ts'
import type { OperatorSessions } from './operator-sessions.ts'
import type { SetUpAuthenticator } from './set-up-authenticator.ts'

export interface JoinOperatorsTools {
  readonly store: OperatorStore
  readonly secrets: OperatorSecrets
  readonly proofs: OperatorProofs
  readonly sessions: OperatorSessions
  readonly setUpAuthenticator: SetUpAuthenticator
  readonly clock: Clock
  readonly newId: Ids
}

/** Joining by invitation. Each throws ProblemError invitation_invalid. */
export interface JoinOperators {
  read(input: ReadInvitationRequest): Promise<InvitationAnswer>
  /** Throws ProblemError sign_in_invalid, operator_taken. */
  byPasskey(
    input: JoinByPasskeyRequest,
    browser: string,
  ): Promise<{ readonly answer: JoinAnswer; readonly token: string }>
  byAuthenticator(
    input: JoinByAuthenticatorRequest,
    browser: string,
  ): Promise<{ readonly answer: JoinAnswer; readonly token: string }>
}

/** An invitation, as it is handed over; it is kept as a hash only. */
interface Invitation {
  readonly token: string
  readonly until: number
}

interface Invite {
  readonly name: string | null
  readonly role: OperatorRole
  readonly operatorId?: string
  /** Who invites, for the audit log. */
  readonly by: string
  readonly reason?: string
}

/** Makes an invitation; `null`: another account has the name. */
export type InviteOperator = (input: Invite) => Promise<Invitation | null>

export function createInviteOperator({
  store,
  secrets,
  clock,
}: Pick<JoinOperatorsTools, 'store' | 'clock'> & {
  readonly secrets: Pick<OperatorSecrets, 'newToken'>
}): InviteOperator {
  return async function inviteOperator({ name, role, operatorId, by, reason }) {
    const [now, token] = [clock.now(), secrets.newToken()]
    const until = now + limits.invitation
    const facts = { name, role, ...(operatorId !== undefined && { operator: operatorId }), ...(reason && { reason }) }
    const audit = operatorLine('operator-invited', now, by, facts)
    const row = {
      hash: operatorHash('invitation', token),
      name,
      role,
      operatorId: operatorId ?? null,
      invitedBy: by,
      until,
    }
    return (await store.addInvitation({ ...row, audit })) === 'added' ? { token, until } : null
  }
}

export function createJoinOperators(tools: JoinOperatorsTools): JoinOperators {
  const { store, secrets, proofs, sessions, setUpAuthenticator, clock, newId } = tools

  async function find({ invitation, name }: ReadInvitationRequest) {
    const row = await store.findInvitation(operatorHash('invitation', invitation), clock.now())
    if (!row || (row.name !== null && name !== undefined && name !== row.name))
      throw new ProblemError('invitation_invalid')
    return { row, name: row.name ?? name ?? null, id: row.operatorId ?? idOf(invitation) }
  }

  /** For whom what was asked for with an invitation may be used: for them by that invitation. */
  const purposeOf = (id: string, name: string) => `joining ${id} ${name}`

  async function join(
    { row, id, name }: { readonly row: InvitationRow; readonly id: string; readonly name: string },
    credential: FirstCredential,
    browser: string,
  ) {
    const now = clock.now()
    const { codes, hashes } = newRecoveryCodes(secrets)
    const { session, token } = sessions.begin({ operatorId: id, way: credential.kind, browser })
    const audit = operatorLine('operator-joined', now, name, { operator: id, role: row.role, way: credential.kind })
    const account = { operator: { id, name }, credential, recoveryHashes: hashes, session, audit }
    const outcome = await store.acceptInvitation({ hash: row.hash, now, ...account })
    if (outcome === 'gone') throw new ProblemError('invitation_invalid')
    if (outcome === 'taken') throw new ProblemError('operator_taken')
    const operator = await store.findOperator(id)
    if (!operator) throw new ProblemError('invitation_invalid')
    return { answer: { ...sessions.tell({ operator, session: session.row }), recoveryCodes: codes }, token }
  }

  async function named(input: ReadInvitationRequest) {
    const { name, ...found } = await find(input)
    if (name === null) throw new ProblemError('request_invalid', { field: 'name', detail: '"name" must be there' })
    return { ...found, name, purpose: purposeOf(found.id, name) }
  }

  return {
    async read(input) {
      const { row, name, id } = await find(input)
      const about = { name, role: row.role, until: isoTime(row.until) }
      if (name === null) return { ...about, ways: null }
      const purpose = purposeOf(id, name)
      const operator = { id: uuidToBytes(id), name }
      const passkey = await proofs.creationOptions({ purpose, operator, known: [] })
      return { ...about, ways: { passkey, authenticator: setUpAuthenticator.begin(purpose, name) } }
    },
    async byPasskey({ label, credential, ...input }, browser) {
      const found = await named(input)
      const made = await proofs.created(credential, found.purpose)
      const about = { id: newId(), operatorId: found.id, label, createdAt: clock.now(), usedAt: null }
      return join(found, { kind: 'passkey', row: { ...made, ...about } }, browser)
    },
    async byAuthenticator({ setup, key, code, ...input }, browser) {
      const found = await named(input)
      const set = setUpAuthenticator.finish(found.purpose, { setup, key, code })
      return join(found, { kind: 'authenticator', ...set }, browser)
    },
  }
}

/** A new operator's id comes of the token, which is random: it must be known before there is an account. */
function idOf(token: string): string {
  const bytes = Buffer.from(digest('operator-id', token).subarray(0, 16))
  // Version 8, variant 10 (RFC 9562, section 5.8).
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytesToUuid(bytes)
}
