import type {
  AddPasskeyRequest,
  AuthenticatorSetupAnswer,
  OwnCredentialsAnswer,
  PasskeyOptionsAnswer,
  RecoveryCodesAnswer,
  SetAuthenticatorRequest,
} from '@weapp-auth/protocol/contract'
import type { Ids } from '../domain/ids.ts'
import { recoveryCodes } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError } from '../domain/problem-error.ts'
import { uuidToBytes } from '../domain/uuid-bytes.ts'
import { type OperatorSecrets, operatorHash } from '../keys/operator-secrets.ts'
import type { Clock } from '../ports/clock.ts'
import type { CredentialChange, OperatorRow, OperatorStore, PasskeyRow } from '../ports/operator-store.ts'
import { operatorLine } from './operator-line.ts'
import type { OperatorProofs } from './operator-proofs.ts'
import type { SetUpAuthenticator } from './set-up-authenticator.ts'

export interface OperatorCredentialsTools {
  readonly store: OperatorStore
  readonly secrets: OperatorSecrets
  readonly proofs: OperatorProofs
  readonly setUpAuthenticator: SetUpAuthenticator
  readonly clock: Clock
  readonly newId: Ids
}

/** What the operator who is signed in has to sign in with. */
export interface OperatorCredentials {
  read(operator: OperatorRow): Promise<OwnCredentialsAnswer>
  passkeyOptions(operator: OperatorRow): Promise<PasskeyOptionsAnswer>
  /** Throws ProblemError sign_in_invalid, operator_taken. */
  addPasskey(operator: OperatorRow, shown: AddPasskeyRequest): Promise<OwnCredentialsAnswer>
  /** Throws ProblemError operator_unknown, operator_needed. */
  removePasskey(operator: OperatorRow, id: string): Promise<void>
  setup(operator: OperatorRow): AuthenticatorSetupAnswer
  setAuthenticator(operator: OperatorRow, shown: SetAuthenticatorRequest): Promise<OwnCredentialsAnswer>
  removeAuthenticator(operator: OperatorRow): Promise<void>
  /** The former ones are good no more. */
  makeRecoveryCodes(operator: OperatorRow): Promise<RecoveryCodesAnswer>
}

const refusals = { unknown: 'operator_unknown', taken: 'operator_taken', last: 'operator_needed' } as const

/** New codes, and what is kept of them. */
export function newRecoveryCodes(secrets: OperatorSecrets) {
  const codes = Array.from({ length: recoveryCodes }, () => secrets.newRecoveryCode())
  return { codes, hashes: codes.map(code => operatorHash('recovery', code)) }
}

export function createOperatorCredentials(tools: OperatorCredentialsTools): OperatorCredentials {
  const { store, secrets, proofs, setUpAuthenticator, clock, newId } = tools
  const purposeOf = ({ id }: OperatorRow) => `operator ${id}`

  async function change({ id, name }: OperatorRow, what: CredentialChange): Promise<void> {
    const outcome = await store.changeCredentials(
      id,
      what,
      operatorLine(what.kind, clock.now(), name, { operator: id }),
    )
    if (outcome !== 'changed') throw new ProblemError(refusals[outcome])
  }

  async function read({ id }: OperatorRow): Promise<OwnCredentialsAnswer> {
    const listed = (await store.listOperators(clock.now())).find(one => one.id === id)
    const since = listed?.totpSince ?? null
    return {
      passkeys: (await store.passkeysOf(id)).map(passkeyAnswer),
      authenticator: since === null ? null : isoTime(since),
      recoveryCodesLeft: listed?.recoveryCodes ?? 0,
    }
  }

  return {
    read,
    async passkeyOptions(operator) {
      const known = (await store.passkeysOf(operator.id)).map(({ credential }) => credential)
      const { name } = operator
      const user = { id: uuidToBytes(operator.id), name }
      const publicKey = await proofs.creationOptions({ purpose: purposeOf(operator), operator: user, known })
      if (!publicKey) throw new ProblemError('route_unknown')
      return { publicKey }
    },
    async addPasskey(operator, { label, credential }) {
      const made = await proofs.created(credential, purposeOf(operator))
      const about = { id: newId(), operatorId: operator.id, label, createdAt: clock.now(), usedAt: null }
      await change(operator, { kind: 'passkey-added', row: { ...made, ...about } })
      return read(operator)
    },
    removePasskey: (operator, passkeyId) => change(operator, { kind: 'passkey-removed', passkeyId }),
    setup: operator => ({ authenticator: setUpAuthenticator.begin(purposeOf(operator), operator.name) }),
    async setAuthenticator(operator, shown) {
      const set = setUpAuthenticator.finish(purposeOf(operator), shown)
      await change(operator, { kind: 'authenticator-set', ...set, now: clock.now() })
      return read(operator)
    },
    removeAuthenticator: operator => change(operator, { kind: 'authenticator-removed' }),
    async makeRecoveryCodes(operator) {
      const { codes, hashes } = newRecoveryCodes(secrets)
      await change(operator, { kind: 'recovery-codes-made', hashes })
      return { recoveryCodes: codes }
    },
  }
}

function passkeyAnswer({ id, label, createdAt, usedAt }: PasskeyRow) {
  return { id, label, createdAt: isoTime(createdAt), usedAt: usedAt === null ? null : isoTime(usedAt) }
}
