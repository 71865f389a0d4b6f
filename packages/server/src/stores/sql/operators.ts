// Reads better whole: accounts of the console, and what they sign in with.
import { createHash } from 'node:crypto'
import type { AuditDraft } from '../../domain/audit-entry.ts'
import type {
  AcceptInvitation,
  ChangeOperator,
  CredentialChange,
  FirstCredential,
  InvitationRow,
  ListedOperator,
  NewOperatorSession,
  OpenOperatorSession,
  OperatorProof,
  OperatorRow,
  OperatorSessionRow,
  OperatorStore,
  PasskeyRow,
} from '../../ports/operator-store.ts'
import { auditLog } from './audit-log.ts'
import type { Statements, Step } from './statements.ts'

/** Held by whoever makes an account, or takes an admin away. */
const accounts = Buffer.from('accounts of operators')

const operatorColumns = `o.id, o.name, o.role, o.created_at AS "createdAt", o.disabled_at AS "disabledAt",
  o.sealed_totp AS "sealedTotp", o.totp_since AS "totpSince"`
const passkeyColumns = `id, operator_id AS "operatorId", credential, public_key AS "publicKey", counter, label,
  created_at AS "createdAt", used_at AS "usedAt"`
const sessionColumns = `id, operator_id AS "operatorId", way, browser, created_at AS "createdAt", seen_at AS "seenAt",
  idle_until AS "idleUntil", absolute_until AS "absoluteUntil", proved_at AS "provedAt"`
const invitationColumns = `hash, name, role, operator_id AS "operatorId", invited_by AS "invitedBy", until`

/** People of the console. */
export function operators(sql: Statements) {
  const { appendAudit } = auditLog(sql)
  const list = sql.all<[now: number], ListedOperator>(`
    SELECT ${operatorColumns},
      (SELECT count(*) FROM operator_passkey p WHERE p.operator_id = o.id) AS passkeys,
      (SELECT count(*) FROM operator_recovery r WHERE r.operator_id = o.id) AS "recoveryCodes",
      (SELECT count(*) FROM operator_session s WHERE s.operator_id = o.id AND s.idle_until > ?) AS sessions,
      (SELECT max(s.seen_at) FROM operator_session s WHERE s.operator_id = o.id) AS "seenAt"
    FROM operator o ORDER BY o.name`)
  const find = sql.one<[id: string], OperatorRow>(`SELECT ${operatorColumns} FROM operator o WHERE o.id = ?`)
  const findByName = sql.one<[name: string], OperatorRow>(`SELECT ${operatorColumns} FROM operator o WHERE o.name = ?`)
  const hold = sql.hold<[id: string], OperatorRow>(`SELECT ${operatorColumns} FROM operator o WHERE o.id = ?`)
  const anyone = sql.one<[], { id: string }>('SELECT id FROM operator LIMIT 1')
  const add = sql.add<[id: string, name: string, role: string, now: number]>(
    'INSERT INTO operator (id, name, role, created_at, totp_step) VALUES (?, ?, ?, ?, 0)',
  )
  const setRole = sql.run<[role: string, id: string]>('UPDATE operator SET role = ? WHERE id = ?')
  const setDisabled = sql.run<[at: number | null, id: string]>('UPDATE operator SET disabled_at = ? WHERE id = ?')
  const otherAdmin = sql.one<[id: string], { id: string }>(
    `SELECT id FROM operator WHERE role = 'admin' AND disabled_at IS NULL AND id <> ? LIMIT 1`,
  )

  const invite = sql.add<
    [hash: Uint8Array, name: string | null, role: string, operatorId: string | null, by: string, until: number]
  >('INSERT INTO operator_invitation (hash, name, role, operator_id, invited_by, until) VALUES (?, ?, ?, ?, ?, ?)')
  const invitation = sql.one<[hash: Uint8Array, now: number], InvitationRow>(
    `SELECT ${invitationColumns} FROM operator_invitation WHERE hash = ? AND until > ?`,
  )
  const invitations = sql.all<[now: number], InvitationRow>(
    `SELECT ${invitationColumns} FROM operator_invitation WHERE until > ? ORDER BY until, hash`,
  )
  const spend = sql.run<[hash: Uint8Array, now: number]>('DELETE FROM operator_invitation WHERE hash = ? AND until > ?')
  const uninviteName = sql.run<[name: string]>('DELETE FROM operator_invitation WHERE name = ?')

  const passkeys = sql.all<[operatorId: string], PasskeyRow>(
    `SELECT ${passkeyColumns} FROM operator_passkey WHERE operator_id = ? ORDER BY id`,
  )
  const passkey = sql.one<[hash: Uint8Array], PasskeyRow>(
    `SELECT ${passkeyColumns} FROM operator_passkey WHERE credential_hash = ?`,
  )
  const addKey = sql.add<
    [id: string, operatorId: string, Uint8Array, Uint8Array, Uint8Array, counter: number, label: string, at: number]
  >(`INSERT INTO operator_passkey
      (id, operator_id, credential, credential_hash, public_key, counter, label, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const useKey = sql.run<[counter: number, now: number, id: string, operatorId: string]>(
    'UPDATE operator_passkey SET counter = ?, used_at = ? WHERE id = ? AND operator_id = ?',
  )
  const removeKey = sql.run<[id: string, operatorId: string]>(
    'DELETE FROM operator_passkey WHERE id = ? AND operator_id = ?',
  )
  const removeKeys = sql.run<[operatorId: string]>('DELETE FROM operator_passkey WHERE operator_id = ?')

  const setTotp = sql.run<[sealed: Uint8Array | null, since: number | null, step: number, id: string]>(
    'UPDATE operator SET sealed_totp = ?, totp_since = ?, totp_step = ? WHERE id = ?',
  )
  const useStep = sql.run<[step: number, id: string, step: number]>(
    'UPDATE operator SET totp_step = ? WHERE id = ? AND totp_step < ? AND sealed_totp IS NOT NULL',
  )
  const addRecovery = sql.add<[operatorId: string, hash: Uint8Array]>(
    'INSERT INTO operator_recovery (operator_id, hash) VALUES (?, ?)',
  )
  const useRecovery = sql.run<[operatorId: string, hash: Uint8Array]>(
    'DELETE FROM operator_recovery WHERE operator_id = ? AND hash = ?',
  )
  const removeRecovery = sql.run<[operatorId: string]>('DELETE FROM operator_recovery WHERE operator_id = ?')

  const addSession = sql.add<
    [
      string,
      Uint8Array,
      string,
      string,
      string,
      created: number,
      seen: number,
      idle: number,
      end: number,
      proof: number,
    ]
  >(`INSERT INTO operator_session
      (id, token_hash, operator_id, way, browser, created_at, seen_at, idle_until, absolute_until, proved_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const session = sql.one<[tokenHash: Uint8Array], OperatorSessionRow>(
    `SELECT ${sessionColumns} FROM operator_session WHERE token_hash = ?`,
  )
  const sessions = sql.all<[operatorId: string, now: number], OperatorSessionRow>(
    `SELECT ${sessionColumns} FROM operator_session WHERE operator_id = ? AND idle_until > ? ORDER BY id DESC`,
  )
  const touch = sql.run<[seen: number, idle: number, id: string, now: number]>(
    'UPDATE operator_session SET seen_at = ?, idle_until = ? WHERE id = ? AND idle_until > ?',
  )
  const prove = sql.run<[at: number, way: string, id: string, operatorId: string, now: number]>(
    'UPDATE operator_session SET proved_at = ?, way = ? WHERE id = ? AND operator_id = ? AND idle_until > ?',
  )
  const endByToken = sql.run<[tokenHash: Uint8Array]>('DELETE FROM operator_session WHERE token_hash = ?')
  const endOne = sql.run<[operatorId: string, id: string]>(
    'DELETE FROM operator_session WHERE operator_id = ? AND id = ?',
  )
  const endAll = sql.run<[operatorId: string]>('DELETE FROM operator_session WHERE operator_id = ?')

  function* addPasskey(row: PasskeyRow): Step<boolean> {
    const { id, operatorId, credential, publicKey, counter, label, createdAt } = row
    return yield* addKey(id, operatorId, credential, hashOf(credential), publicKey, counter, label, createdAt)
  }

  function* addFirst(operatorId: string, credential: FirstCredential, now: number): Step<void> {
    if (credential.kind === 'passkey') yield* addPasskey(credential.row)
    else yield* setTotp(credential.sealed, now, credential.step, operatorId)
  }

  function* writeSession({ row, tokenHash }: NewOperatorSession): Step<void> {
    const { id, operatorId, way, browser, createdAt, seenAt, idleUntil, absoluteUntil, provedAt } = row
    yield* addSession(id, tokenHash, operatorId, way, browser, createdAt, seenAt, idleUntil, absoluteUntil, provedAt)
  }

  function* replaceRecovery(operatorId: string, hashes: readonly Uint8Array[]): Step<void> {
    yield* removeRecovery(operatorId)
    for (const hash of hashes) yield* addRecovery(operatorId, hash)
  }

  /** Each is one statement, whose count of rows decides. */
  function* useUp(operatorId: string, proof: OperatorProof, now: number): Step<boolean> {
    if (proof.way === 'passkey') return (yield* useKey(proof.counter, now, proof.passkeyId, operatorId)) > 0
    if (proof.way === 'authenticator') return (yield* useStep(proof.step, operatorId, proof.step)) > 0
    return (yield* useRecovery(operatorId, proof.hash)) > 0
  }

  function* isEnabled(operatorId: string): Step<boolean> {
    return (yield* hold(operatorId))?.disabledAt === null
  }

  /** For whom the invitation is, if it is good. */
  function* invited(hash: Uint8Array, now: number): Step<InvitationRow | null> {
    const row = yield* invitation(hash, now)
    if (!row) return null
    if (row.operatorId !== null) return (yield* find(row.operatorId))?.disabledAt === null ? row : null
    return row.name === null && (yield* anyone()) ? null : row
  }

  return {
    listOperators: (now: number): Step<readonly ListedOperator[]> => list(now),
    *findOperator(id: string): Step<OperatorRow | null> {
      return (yield* find(id)) ?? null
    },
    *findOperatorByName(name: string): Step<OperatorRow | null> {
      return (yield* findByName(name)) ?? null
    },

    *addInvitation(row: Parameters<OperatorStore['addInvitation']>[0]): Step<'added' | 'taken'> {
      const { hash, name, role, operatorId, invitedBy, until, audit } = row
      yield* sql.holdName(accounts)
      const owner = name === null ? undefined : yield* findByName(name)
      if (owner && owner.id !== operatorId) return 'taken'
      if (name !== null) yield* uninviteName(name)
      yield* invite(hash, name, role, operatorId, invitedBy, until)
      yield* appendAudit(audit)
      return 'added'
    },
    findInvitation: invited,
    listInvitations: (now: number): Step<readonly InvitationRow[]> => invitations(now),
    *acceptInvitation(input: AcceptInvitation): Step<'accepted' | 'gone' | 'taken'> {
      const { hash, now, operator, credential, recoveryHashes, audit } = input
      yield* sql.holdName(accounts)
      const row = yield* invited(hash, now)
      if (!row || (row.name ?? operator.name) !== operator.name) return 'gone'
      const owner = yield* findByName(operator.name)
      if (owner && owner.id !== row.operatorId) return 'taken'
      if (credential.kind === 'passkey' && (yield* passkey(hashOf(credential.row.credential)))) return 'taken'
      if ((yield* spend(hash, now)) === 0) return 'gone'
      const { id } = operator
      if (owner) {
        yield* hold(id)
        yield* removeKeys(id)
        yield* setTotp(null, null, 0, id)
        yield* endAll(id)
      } else {
        yield* add(id, operator.name, row.role, now)
      }
      yield* uninviteName(operator.name)
      yield* addFirst(id, credential, now)
      yield* replaceRecovery(id, recoveryHashes)
      yield* writeSession(input.session)
      yield* appendAudit(audit)
      return 'accepted'
    },

    passkeysOf: (operatorId: string): Step<readonly PasskeyRow[]> => passkeys(operatorId),
    *findPasskey(credential: Uint8Array): Step<PasskeyRow | null> {
      return (yield* passkey(hashOf(credential))) ?? null
    },
    *changeCredentials(
      operatorId: string,
      change: CredentialChange,
      audit: AuditDraft,
    ): Step<'changed' | 'unknown' | 'taken' | 'last'> {
      const operator = yield* hold(operatorId)
      if (!operator) return 'unknown'
      const outcome = yield* changeOne(operator, change)
      if (outcome === 'changed') yield* appendAudit(audit)
      return outcome
    },

    *openOperatorSession({ row, tokenHash, proof, former, audit }: OpenOperatorSession): Step<boolean> {
      if (!(yield* isEnabled(row.operatorId))) return false
      if (!(yield* useUp(row.operatorId, proof, row.createdAt))) return false
      if (former) yield* endByToken(former)
      yield* writeSession({ row, tokenHash })
      yield* appendAudit(audit)
      return true
    },
    *proveOperatorSession(input: Parameters<OperatorStore['proveOperatorSession']>[0]): Step<boolean> {
      const { sessionId, operatorId, now, proof, audit } = input
      if (!(yield* isEnabled(operatorId))) return false
      if (!(yield* useUp(operatorId, proof, now))) return false
      if ((yield* prove(now, proof.way, sessionId, operatorId, now)) === 0) return false
      yield* appendAudit(audit)
      return true
    },
    *findOperatorSession(tokenHash: Uint8Array) {
      const row = yield* session(tokenHash)
      const operator = row && (yield* find(row.operatorId))
      return operator ? { session: row, operator } : null
    },
    *touchOperatorSession(sessionId: string, seenAt: number, idleUntil: number): Step<void> {
      yield* touch(seenAt, idleUntil, sessionId, seenAt)
    },
    operatorSessionsOf: (operatorId: string, now: number): Step<readonly OperatorSessionRow[]> =>
      sessions(operatorId, now),
    *endOperatorSessions(operatorId: string, only: string | null, audit: AuditDraft): Step<number> {
      const ended = only === null ? yield* endAll(operatorId) : yield* endOne(operatorId, only)
      if (ended > 0) yield* appendAudit(audit)
      return ended
    },

    *changeOperator({ id, now, role, disabled, audit }: ChangeOperator): Step<'changed' | 'unknown' | 'last'> {
      yield* sql.holdName(accounts)
      const operator = yield* hold(id)
      if (!operator) return 'unknown'
      const wasAdmin = operator.role === 'admin' && operator.disabledAt === null
      const staysAdmin = (role ?? operator.role) === 'admin' && !(disabled ?? operator.disabledAt !== null)
      if (wasAdmin && !staysAdmin && !(yield* otherAdmin(id))) return 'last'
      if (role) yield* setRole(role, id)
      if (disabled !== undefined && disabled !== (operator.disabledAt !== null))
        yield* setDisabled(disabled ? now : null, id)
      if (disabled) {
        yield* endAll(id)
        yield* uninviteName(operator.name)
      }
      yield* appendAudit(audit)
      return 'changed'
    },
  }

  function* changeOne(
    { id, sealedTotp }: OperatorRow,
    change: CredentialChange,
  ): Step<'changed' | 'unknown' | 'taken' | 'last'> {
    if (change.kind === 'passkey-added') return (yield* addPasskey(change.row)) ? 'changed' : 'taken'
    if (change.kind === 'authenticator-set') yield* setTotp(change.sealed, change.now, change.step, id)
    if (change.kind === 'recovery-codes-made') yield* replaceRecovery(id, change.hashes)
    if (change.kind === 'authenticator-set' || change.kind === 'recovery-codes-made') return 'changed'
    const own = yield* passkeys(id)
    if (change.kind === 'authenticator-removed') {
      if (sealedTotp === null) return 'unknown'
      if (own.length === 0) return 'last'
      yield* setTotp(null, null, 0, id)
      return 'changed'
    }
    if (!own.some(one => one.id === change.passkeyId)) return 'unknown'
    if (own.length === 1 && sealedTotp === null) return 'last'
    yield* removeKey(change.passkeyId, id)
    return 'changed'
  }
}

function hashOf(credential: Uint8Array): Uint8Array {
  return createHash('sha256').update(credential).digest()
}
