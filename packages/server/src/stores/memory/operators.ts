// Reads better whole: the twin of stores/sql/operators.ts; what it answers is done when it returns.
import type { AuditDraft } from '../../domain/audit-entry.ts'
import type {
  CredentialChange,
  InvitationRow,
  NewOperatorSession,
  OperatorProof,
  OperatorRow,
  OperatorSessionRow,
  OperatorStore,
  PasskeyRow,
} from '../../ports/operator-store.ts'
import { hex } from './hex.ts'

interface Account extends OperatorRow {
  readonly totpStep: number
}

/** People of the console. */
export function createOperators({ append }: { readonly append: (draft: AuditDraft) => void }) {
  const accounts = new Map<string, Account>()
  const passkeys = new Map<string, PasskeyRow>()
  const recovery = new Map<string, Set<string>>()
  const sessions = new Map<string, { readonly tokenHash: string; readonly row: OperatorSessionRow }>()
  const invitations = new Map<string, InvitationRow>()

  const byName = (name: string) => [...accounts.values()].find(one => one.name === name) ?? null
  const passkeysOf = (id: string) =>
    [...passkeys.values()].filter(one => one.operatorId === id).sort((a, b) => (a.id < b.id ? -1 : 1))
  const byCredential = (credential: Uint8Array) =>
    [...passkeys.values()].find(one => hex(one.credential) === hex(credential)) ?? null
  const sessionsOf = (id: string) => [...sessions.values()].filter(({ row }) => row.operatorId === id)

  function change(id: string, fields: Partial<Account>): void {
    const account = accounts.get(id)
    if (account) accounts.set(id, { ...account, ...fields })
  }

  function rowOf({ totpStep: _, ...row }: Account): OperatorRow {
    return row
  }

  function invited(hash: Uint8Array, now: number): InvitationRow | null {
    const row = invitations.get(hex(hash))
    if (!row || row.until <= now) return null
    if (row.operatorId !== null) return accounts.get(row.operatorId)?.disabledAt === null ? row : null
    return row.name === null && accounts.size > 0 ? null : row
  }

  function uninvite(name: string): void {
    for (const [hash, row] of invitations) if (row.name === name) invitations.delete(hash)
  }

  function write({ row, tokenHash }: NewOperatorSession): void {
    sessions.set(row.id, { tokenHash: hex(tokenHash), row })
  }

  function endAll(id: string): number {
    const own = sessionsOf(id)
    for (const { row } of own) sessions.delete(row.id)
    return own.length
  }

  function useUp(id: string, proof: OperatorProof, now: number): boolean {
    const account = accounts.get(id)
    if (account?.disabledAt !== null) return false
    if (proof.way === 'recovery') return recovery.get(id)?.delete(hex(proof.hash)) ?? false
    if (proof.way === 'authenticator') {
      if (account.sealedTotp === null || account.totpStep >= proof.step) return false
      change(id, { totpStep: proof.step })
      return true
    }
    const passkey = passkeys.get(proof.passkeyId)
    if (passkey?.operatorId !== id) return false
    passkeys.set(passkey.id, { ...passkey, counter: proof.counter, usedAt: now })
    return true
  }

  function changeOne(account: Account, input: CredentialChange): 'changed' | 'unknown' | 'taken' | 'last' {
    const { id } = account
    const own = passkeysOf(id)
    switch (input.kind) {
      case 'passkey-added':
        if (byCredential(input.row.credential)) return 'taken'
        passkeys.set(input.row.id, input.row)
        return 'changed'
      case 'authenticator-set':
        change(id, { sealedTotp: input.sealed, totpSince: input.now, totpStep: input.step })
        return 'changed'
      case 'recovery-codes-made':
        recovery.set(id, new Set(input.hashes.map(hex)))
        return 'changed'
      case 'authenticator-removed':
        if (account.sealedTotp === null) return 'unknown'
        if (own.length === 0) return 'last'
        change(id, { sealedTotp: null, totpSince: null, totpStep: 0 })
        return 'changed'
      case 'passkey-removed':
        if (!own.some(one => one.id === input.passkeyId)) return 'unknown'
        if (own.length === 1 && account.sealedTotp === null) return 'last'
        passkeys.delete(input.passkeyId)
        return 'changed'
    }
  }

  const store: OperatorStore = {
    async listOperators(now) {
      const rows = [...accounts.values()].map(account => {
        const own = sessionsOf(account.id).map(({ row }) => row)
        return {
          ...rowOf(account),
          passkeys: passkeysOf(account.id).length,
          recoveryCodes: recovery.get(account.id)?.size ?? 0,
          sessions: own.filter(({ idleUntil }) => idleUntil > now).length,
          seenAt: own.length === 0 ? null : Math.max(...own.map(({ seenAt }) => seenAt)),
        }
      })
      return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    async findOperator(id) {
      const account = accounts.get(id)
      return account ? rowOf(account) : null
    },
    async findOperatorByName(name) {
      const account = byName(name)
      return account && rowOf(account)
    },

    async addInvitation({ audit, ...row }) {
      const owner = row.name === null ? null : byName(row.name)
      if (owner && owner.id !== row.operatorId) return 'taken'
      if (row.name !== null) uninvite(row.name)
      invitations.set(hex(row.hash), row)
      append(audit)
      return 'added'
    },
    findInvitation: async (hash, now) => invited(hash, now),
    async listInvitations(now) {
      const rows = [...invitations.values()].filter(({ until }) => until > now)
      return rows.sort((a, b) => a.until - b.until || (hex(a.hash) < hex(b.hash) ? -1 : 1))
    },
    async acceptInvitation({ hash, now, operator, credential, recoveryHashes, session, audit }) {
      const row = invited(hash, now)
      if (!row || (row.name ?? operator.name) !== operator.name) return 'gone'
      const { id, name } = operator
      const owner = byName(name)
      if (owner && owner.id !== row.operatorId) return 'taken'
      if (credential.kind === 'passkey' && byCredential(credential.row.credential)) return 'taken'
      uninvite(name)
      invitations.delete(hex(hash))
      const none = { sealedTotp: null, totpSince: null, totpStep: 0 }
      if (owner) {
        for (const one of passkeysOf(id)) passkeys.delete(one.id)
        endAll(id)
        change(id, none)
      } else {
        accounts.set(id, { id, name, role: row.role, createdAt: now, disabledAt: null, ...none })
      }
      if (credential.kind === 'passkey') passkeys.set(credential.row.id, credential.row)
      else change(id, { sealedTotp: credential.sealed, totpSince: now, totpStep: credential.step })
      recovery.set(id, new Set(recoveryHashes.map(hex)))
      write(session)
      append(audit)
      return 'accepted'
    },

    passkeysOf: async id => passkeysOf(id),
    findPasskey: async credential => byCredential(credential),
    async changeCredentials(id, input, audit) {
      const account = accounts.get(id)
      const outcome = account ? changeOne(account, input) : 'unknown'
      if (outcome === 'changed') append(audit)
      return outcome
    },

    async openOperatorSession({ row, tokenHash, proof, former, audit }) {
      if (!useUp(row.operatorId, proof, row.createdAt)) return false
      for (const one of sessionsOf(row.operatorId))
        if (former && one.tokenHash === hex(former)) sessions.delete(one.row.id)
      write({ row, tokenHash })
      append(audit)
      return true
    },
    async proveOperatorSession({ sessionId, operatorId, now, proof, audit }) {
      const session = sessions.get(sessionId)
      if (session?.row.operatorId !== operatorId || session.row.idleUntil <= now) return false
      if (!useUp(operatorId, proof, now)) return false
      sessions.set(sessionId, { ...session, row: { ...session.row, provedAt: now, way: proof.way } })
      append(audit)
      return true
    },
    async findOperatorSession(tokenHash) {
      const session = [...sessions.values()].find(one => one.tokenHash === hex(tokenHash))?.row
      const operator = session && accounts.get(session.operatorId)
      return operator ? { session, operator: rowOf(operator) } : null
    },
    async touchOperatorSession(sessionId, seenAt, idleUntil) {
      const session = sessions.get(sessionId)
      if (session && session.row.idleUntil > seenAt)
        sessions.set(sessionId, { ...session, row: { ...session.row, seenAt, idleUntil } })
    },
    async operatorSessionsOf(id, now) {
      const own = sessionsOf(id).map(({ row }) => row)
      return own.filter(({ idleUntil }) => idleUntil > now).sort((a, b) => (a.id < b.id ? 1 : -1))
    },
    async endOperatorSessions(id, only, audit) {
      const meant =
        only === null ? endAll(id) : Number(sessions.get(only)?.row.operatorId === id && sessions.delete(only))
      if (meant > 0) append(audit)
      return meant
    },

    async changeOperator({ id, now, role, disabled, audit }) {
      const account = accounts.get(id)
      if (!account) return 'unknown'
      const isAdmin = (one: OperatorRow) => one.role === 'admin' && one.disabledAt === null
      const disabledAt = disabled === undefined ? account.disabledAt : disabled ? (account.disabledAt ?? now) : null
      const next = { ...account, role: role ?? account.role, disabledAt }
      const others = [...accounts.values()].some(one => one.id !== id && isAdmin(one))
      if (isAdmin(account) && !isAdmin(next) && !others) return 'last'
      accounts.set(id, next)
      if (disabled) {
        endAll(id)
        uninvite(account.name)
      }
      append(audit)
      return 'changed'
    },
  }

  return {
    store,
    /** Answers how many went. */
    sweep(now: number): number {
      const past = [...invitations].filter(([, { until }]) => until <= now)
      for (const [hash] of past) invitations.delete(hash)
      const idle = [...sessions.values()].filter(({ row }) => row.idleUntil <= now)
      for (const { row } of idle) sessions.delete(row.id)
      return past.length + idle.length
    },
  }
}
