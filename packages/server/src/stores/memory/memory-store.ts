// Reads better whole: this is the model that every other store is compared with.
import type { AccessTokenStore } from '../../ports/access-token-store.ts'
import type { EraseUser } from '../../ports/account-store.ts'
import {
  type Claim,
  type ClaimOutcome,
  type IdentityRow,
  type LoginRow,
  type PhoneRow,
  type RecordIdentity,
  type RecordLogin,
  type RecordPhone,
  type RotateSession,
  type SessionKeyRow,
  type SessionRow,
  type SpentBefore,
  StorageFault,
  type Store,
  type UserRow,
} from '../../ports/store.ts'
import { createApps } from './apps.ts'
import { createAuditLog } from './audit-log.ts'
import { createBlocks } from './blocks.ts'
import { createBudgets } from './budgets.ts'
import { createConsents } from './consents.ts'
import { createDirectory } from './directory.ts'
import { createExports } from './exports.ts'
import { createGrants } from './grants.ts'
import { createJobs } from './jobs.ts'
import { createMerges } from './merges.ts'
import { createOperators } from './operators.ts'
import { pageOf } from './page-of.ts'
import { createProfiles } from './profiles.ts'
import { createReseals } from './reseals.ts'
import { createSms } from './sms.ts'
import { createTallies } from './tallies.ts'
import { createTraces } from './traces.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

interface Session extends Mutable<SessionRow> {
  readonly loginId: string
  readonly keyId: string | null
  lastAttempt: Uint8Array | null
}

interface SessionKey extends Mutable<SessionKeyRow> {
  readonly identity: string
  readonly fingerprint: Uint8Array
  failures: number
  burnt: boolean
  /** Since when the user has another key; `null` for the key of the latest login. */
  supersededAt: number | null
}

interface Spent {
  readonly attempt: Uint8Array
  readonly until: number
  claimedAt: number
  outcome: null | LoginOutcome | PhoneOutcome | { readonly recognised: 'real' | 'anonymous' }
}

interface PhoneOutcome {
  readonly phoneId: string
  readonly change: PhoneChange
}

interface LoginOutcome {
  readonly loginId: string
  readonly sessionId: string
}

type PhoneChange = Extract<ClaimOutcome, { status: 'done' }>['change']

interface AccessToken {
  token: { readonly sealed: Uint8Array; readonly expiresAt: number; readonly generation: number } | null
  lease: { readonly holder: string; readonly until: number } | null
}

/**
 * A store in the memory of this process, for tests and trials: nothing survives it. Each method runs without a pause
 * between its reads and its writes, and checks before it writes; that makes it one atomic step.
 *
 * @example
 * const store = createMemoryStore()
 * await store.findUser('nobody') // null
 */
export function createMemoryStore(): Store & AccessTokenStore {
  const users = new Map<string, UserRow>()
  const identities = new Map<string, Mutable<IdentityRow>>()
  const unionIds = new Map<string, string>()
  const sessions = new Map<string, Session>()
  const logins = new Map<string, LoginRow>()
  const sessionKeys = new Map<string, SessionKey>()
  const keysByIdentity = new Map<string, SessionKey[]>()
  const spent = new Map<string, Spent>()
  const phones = new Map<string, Mutable<PhoneRow>>()
  const appOfPhone = new Map<string, string>()
  /** The newest first. */
  const phonesByUser = new Map<string, Mutable<PhoneRow>[]>()
  const rootKeys = new Map<string, Uint8Array>()
  const accessTokens = new Map<string, AccessToken>()
  /** Of everybody who ever was. */
  const createdAt = new Map<string, number>()
  const erasures = new Map<string, { readonly attempt: Uint8Array; readonly at: number }>()
  let closed = false

  /** Whose login this is; `null` when what the caller read before is no longer so. */
  function userOf({ appId, openId, unionId, user }: RecordIdentity): string | null {
    const identity = identities.get(key(appId, openId))
    if (identity) return user.create === null && identity.userId === user.id ? user.id : null
    // A new identity makes a new user, or joins the one whom its unionid names.
    const linked = unionId === null ? undefined : unionIds.get(unionId)
    return linked === (user.create ? undefined : user.id) ? user.id : null
  }

  /** The other user who has the unionid that this identity just got. */
  function keepIdentity({ now, appId, openId, unionId, user }: RecordIdentity, userId: string): string | undefined {
    if (user.create) {
      refuseTaken(users, userId)
      users.set(userId, { id: userId, wrappedKey: user.create.wrappedKey, createdAt: now })
      createdAt.set(userId, now)
    }
    const identity = identities.get(key(appId, openId)) ?? { appId, openId, unionId: null, userId }
    const isNew = unionId !== null && identity.unionId === null
    identity.unionId ??= unionId
    identities.set(key(appId, openId), identity)
    if (!isNew) return undefined
    const owner = unionIds.get(unionId)
    if (owner === undefined) unionIds.set(unionId, userId)
    return owner === userId ? undefined : owner
  }

  function keepSessionKey({ appId, openId, sessionKey, now }: RecordLogin): string | null {
    if (!sessionKey) return null
    const identity = key(appId, openId)
    const known = keysByIdentity.get(identity) ?? []
    const same = known.find(one => sameBytes(one.fingerprint, sessionKey.fingerprint))
    const { id, sealed, fingerprint } = sessionKey
    const fresh = { id, sealed, fingerprint, identity, burnt: false, issuedAt: now, supersededAt: null }
    // A key that was erased with its session is kept again as a new row, with the failures counted so far.
    const kept = same && (same.burnt || same.sealed) ? same : { ...fresh, failures: same?.failures ?? 0 }
    for (const one of known) one.supersededAt ??= now
    kept.supersededAt = null
    sessionKeys.set(kept.id, kept)
    keysByIdentity.set(identity, [kept, ...known.filter(one => one !== kept)])
    return kept.id
  }

  function end(session: Session, now: number): void {
    session.endedAt = now
    const sessionKey = sessionKeys.get(session.keyId ?? '')
    const shared = [...sessions.values()].some(one => one.keyId === session.keyId && one.endedAt === null)
    if (sessionKey && !shared) sessionKey.sealed = null
  }

  function currentPhone(userId: string): Mutable<PhoneRow> | null {
    return phonesByUser.get(userId)?.find(({ replacedAt }) => replacedAt === null) ?? null
  }

  /** The current rows of others with this number, as far as the rule asks for them. */
  function otherOwners({ conflict, userId }: RecordPhone): readonly Mutable<PhoneRow>[] {
    if (conflict.rule === 'keep-both') return []
    const others = [...phones.values()].filter(one => one.replacedAt === null && one.userId !== userId)
    return others.filter(one => conflict.indexes.some(index => sameBytes(one.blindIndex, index)))
  }

  function settle({ claims, spends, now }: RecordPhone, phoneId: string, change: PhoneChange): void {
    if (spends) spent.set(spentKey(spends), { ...spends, claimedAt: now, outcome: { phoneId, change } })
    for (const claim of claims) {
      const row = spent.get(spentKey(claim))
      if (row) row.outcome ??= { phoneId, change }
    }
  }

  function spentBefore(claim: Pick<Claim, 'kind' | 'appId' | 'hash' | 'attempt'>): SpentBefore | null {
    const row = spent.get(spentKey(claim))
    if (!row) return null
    if (!sameBytes(row.attempt, claim.attempt)) return { status: 'spent' }
    if (row.outcome && 'phoneId' in row.outcome) return { status: 'done', ...row.outcome }
    if (row.outcome && 'recognised' in row.outcome) return { status: 'recognised', ...row.outcome }
    return { status: row.outcome ? 'spent' : 'pending' }
  }

  function takeClaim(claim: Claim, now: number, staleAfterMs: number): ClaimOutcome {
    const before = spentBefore(claim)
    const since = spent.get(spentKey(claim))?.claimedAt ?? now
    if (before && (before.status !== 'pending' || now - since < staleAfterMs)) return before
    spent.set(spentKey(claim), { attempt: claim.attempt, until: claim.until, claimedAt: now, outcome: null })
    return { status: 'claimed' }
  }

  function accessToken(appId: string): AccessToken {
    const row = accessTokens.get(appId) ?? { token: null, lease: null }
    accessTokens.set(appId, row)
    return row
  }

  function removePhones(userId: string): boolean {
    sms.removeOf(userId, Number.POSITIVE_INFINITY)
    for (const { id } of phonesByUser.get(userId) ?? []) phones.delete(id)
    return phonesByUser.delete(userId)
  }

  function removeSessions(userId: string): void {
    for (const { id, loginId } of [...sessions.values()].filter(session => session.userId === userId)) {
      sessions.delete(id)
      logins.delete(loginId)
    }
  }

  function removeIdentities(userId: string): void {
    for (const [name, identity] of [...identities].filter(([, one]) => one.userId === userId)) {
      identities.delete(name)
      for (const { id } of keysByIdentity.get(key(identity.appId, identity.openId)) ?? []) sessionKeys.delete(id)
      keysByIdentity.delete(key(identity.appId, identity.openId))
    }
    for (const [unionId, owner] of [...unionIds]) if (owner === userId) unionIds.delete(unionId)
  }

  function eraseUser({ now, userId, attempt, audit }: EraseUser): number | null {
    if (!users.delete(userId)) {
      const earlier = erasures.get(userId)
      return earlier && sameBytes(earlier.attempt, attempt) ? earlier.at : null
    }
    erasures.set(userId, { attempt, at: now })
    merges.closeMergesOf(userId, now)
    removeSessions(userId)
    removeIdentities(userId)
    removePhones(userId)
    profiles.remove(userId, now)
    traces.forget(userId)
    if (audit) auditLog.append(audit)
    return now
  }

  /** The newest first. */
  function sessionsOf(userId: string): readonly SessionRow[] {
    const own = [...sessions.values()].filter(one => one.userId === userId).map(sessionRow)
    return own.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  }

  function accountOf(user: UserRow) {
    const phone = currentPhone(user.id)
    return { user, phone: phone && { ...phone }, profile: profiles.of(user.id) }
  }

  const isLiveUser = (userId: string) => users.has(userId)
  const profiles = createProfiles({
    isLive: isLiveUser,
    isWithdrawnSince: (userId, at) => consents.isWithdrawnSince(userId, 'profile', at),
    settle({ claim, recognised }) {
      const row = spent.get(spentKey({ ...claim, kind: 'open-data' }))
      if (row) row.outcome ??= { recognised }
    },
  })
  const consents = createConsents({
    isLive: isLiveUser,
    removePhones,
    removeProfile: profiles.remove,
    closeMergesOf: (userId, now) => merges.closeMergesOf(userId, now),
  })
  const budgets = createBudgets()
  const sms = createSms({ budgets, isClaimed: claim => spent.has(spentKey(claim)), claim: takeClaim })

  const tallies = createTallies()
  const traces = createTraces({ isLive: isLiveUser })
  const auditLog = createAuditLog()
  const apps = createApps({ append: auditLog.append })
  const blocks = createBlocks({
    isLive: userId => users.has(userId),
    endSessionsOf(userId, now) {
      const open = [...sessions.values()].filter(one => one.userId === userId && one.endedAt === null)
      for (const session of open) end(session, now)
      return open.map(({ id }) => id).sort()
    },
    append: auditLog.append,
  })
  const operators = createOperators({ append: auditLog.append })
  const exports = createExports({ append: auditLog.append })
  const grants = createGrants({ append: auditLog.append })
  const merges = createMerges({
    users,
    identities,
    unionIds,
    phones,
    sortPhones(userId) {
      // The map keeps the order in which they came.
      phonesByUser.set(userId, [...phones.values()].filter(phone => phone.userId === userId).reverse())
    },
    sessions,
    end(sessionId, now) {
      const session = sessions.get(sessionId)
      if (session) end(session, now)
    },
    eraseKeysOf({ appId, openId }) {
      for (const one of keysByIdentity.get(key(appId, openId)) ?? []) one.sealed = null
    },
    reassign({ appId, openId }, userId) {
      const identity = identities.get(key(appId, openId))
      if (identity) identity.userId = userId
      for (const session of sessions.values()) {
        if (session.appId !== appId || session.openId !== openId) continue
        session.userId = userId
        const login = logins.get(session.loginId)
        if (login) logins.set(login.id, { ...login, userId })
      }
    },
    profiles,
    consents,
    forgetTraces: traces.forget,
    append: auditLog.append,
  })
  const jobs = createJobs({
    append: auditLog.append,
    profileOf: userId => (users.has(userId) ? profiles.of(userId) : null),
    loggedInAfter: (userId, at) => [...sessions.values()].some(one => one.userId === userId && one.createdAt > at),
    erase: eraseUser,
    removePhones(userId, until) {
      sms.removeOf(userId, until)
      const own = phonesByUser.get(userId) ?? []
      const gone = own.filter(({ verifiedAt }) => verifiedAt <= until)
      for (const { id } of gone) phones.delete(id)
      phonesByUser.set(
        userId,
        own.filter(phone => !gone.includes(phone)),
      )
      return gone.length
    },
    clearProfile: profiles.clear,
    withdrawGiven: consents.withdrawGiven,
    closeMergesOf: merges.closeMergesOf,
  })

  const store: Store & AccessTokenStore = {
    isShared: false,
    ...profiles.store,
    ...consents.store,
    ...budgets.store,
    ...sms.store,
    ...apps.store,
    ...grants.store,
    ...createReseals({
      users,
      kept: merges.kept,
      phones,
      appOfPhone,
      apps: apps.list,
      grants: grants.list,
      jobs: jobs.list,
    }),
    ...auditLog.store,
    ...jobs.store,
    ...merges.store,
    ...createDirectory({
      createdAt,
      phones,
      identities,
      sessions,
      accountOf(userId) {
        const user = users.get(userId)
        return user ? accountOf(user) : null
      },
      goneOf(userId) {
        const erased = erasures.get(userId)
        return erased ? { goneAt: erased.at, mergedInto: null } : merges.goneOf(userId)
      },
    }),
    ...tallies.store,
    ...traces.store,
    ...operators.store,
    ...blocks.store,
    ...exports.store,

    async findAccount(userId) {
      const user = users.get(userId)
      return user ? accountOf(user) : null
    },
    async findAccountOfSession(sessionId) {
      const session = sessions.get(sessionId)
      const user = session && users.get(session.userId)
      return session && user ? { ...accountOf(user), session: sessionRow(session) } : null
    },
    async identitiesOf(userId) {
      return [...identities.values()].filter(one => one.userId === userId).map(one => ({ ...one }))
    },
    sessionsOf: async (userId, page) =>
      pageOf(
        [...sessionsOf(userId)].sort((a, b) => (a.id < b.id ? 1 : -1)),
        ({ id }) => id,
        page,
      ),
    async liveSessionsOf(userId, now, limit) {
      const live = ({ endedAt, idleUntil, absoluteUntil }: SessionRow) =>
        endedAt === null && now < idleUntil && now < absoluteUntil
      return sessionsOf(userId).filter(live).slice(0, limit)
    },
    async linkUnionId({ appId, openId, userId, unionId }) {
      const identity = identities.get(key(appId, openId))
      if (identity?.userId !== userId || identity.unionId !== null) return null
      identity.unionId = unionId
      const owner = unionIds.get(unionId) ?? userId
      unionIds.set(unionId, owner)
      return owner === userId ? null : owner
    },
    eraseUser: async input => eraseUser(input),

    async findIdentity(appId, openId) {
      const identity = identities.get(key(appId, openId))
      const user = identity && users.get(identity.userId)
      return identity && user ? { ...accountOf(user), identity: { ...identity } } : null
    },
    async findUserByUnionId(unionId) {
      return users.get(unionIds.get(unionId) ?? '') ?? null
    },
    async findUser(userId) {
      return users.get(userId) ?? null
    },

    async recordLogin(input) {
      const { now, appId, openId, session, loginId, claim } = input
      const before = spent.get(spentKey(claim))
      if (before?.outcome && 'loginId' in before.outcome) {
        return { status: 'code-spent', sameAttempt: sameBytes(before.attempt, claim.attempt), ...before.outcome }
      }
      const userId = userOf(input)
      if (userId === null) return { status: 'user-exists' }
      if (blocks.isBlocked(userId)) return { status: 'blocked' }
      refuseTaken(sessions, session.id)
      refuseTaken(logins, loginId)
      const unionIdOf = keepIdentity(input, userId)
      sessions.set(session.id, {
        ...session,
        userId,
        appId,
        openId,
        loginId,
        keyId: keepSessionKey(input),
        counter: 0,
        lastAttempt: null,
        createdAt: now,
        endedAt: null,
      })
      logins.set(loginId, { id: loginId, sessionId: session.id, userId, appId, at: now })
      const { attempt, until } = claim
      spent.set(spentKey(claim), { attempt, until, claimedAt: now, outcome: { loginId, sessionId: session.id } })
      return { status: 'recorded', ...(unionIdOf === undefined ? {} : { unionIdOf }) }
    },
    async recordIdentity(input) {
      const userId = userOf(input)
      if (userId === null) return 'user-exists'
      keepIdentity(input, userId)
      return 'recorded'
    },
    async findLogin(loginId) {
      return logins.get(loginId) ?? null
    },
    async findClaimedLogin(claim) {
      const row = spent.get(spentKey({ ...claim, kind: 'login-code' }))
      const login = row?.outcome && 'loginId' in row.outcome ? logins.get(row.outcome.loginId) : undefined
      return row && login ? { attempt: row.attempt, login } : null
    },

    async sessionKeysOf(loginId, previousSince) {
      const login = logins.get(loginId)
      const own = sessionKeys.get(sessions.get(login?.sessionId ?? '')?.keyId ?? '')
      if (!login || !own) return []
      const { userId, appId } = login
      const known = keysByIdentity.get(own.identity) ?? []
      const at = known.indexOf(own)
      const former = known.slice(at + 1, at + 2).filter(one => (one.supersededAt ?? 0) >= previousSince)
      return [own, ...former, ...known.slice(0, at > 0 ? 1 : 0)].map(({ id, sealed, issuedAt }) => ({
        id,
        userId,
        appId,
        sealed,
        issuedAt,
      }))
    },
    async countKeyFailure(loginId, keyId, limit) {
      const row = sessionKeys.get(keyId)
      const own = sessionKeys.get(sessions.get(logins.get(loginId)?.sessionId ?? '')?.keyId ?? '')
      if (!row?.sealed || row.identity !== own?.identity) return { burnt: false }
      row.failures += 1
      if (row.failures < limit) return { burnt: false }
      row.burnt = true
      row.sealed = null
      return { burnt: true }
    },

    claim: async (claim, now, staleAfterMs) => takeClaim(claim, now, staleAfterMs),
    findSpent: async claim => spentBefore(claim),
    async release(claim) {
      const row = spent.get(spentKey(claim))
      if (row && !row.outcome && sameBytes(row.attempt, claim.attempt)) spent.delete(spentKey(claim))
    },

    async recordPhone(input) {
      const { now, userId, phone, sameAs, conflict } = input
      if (!users.has(userId)) return { status: 'user-gone' }
      const found = input.spends && spentBefore(input.spends)
      if (found) return { status: 'spent-before', found }
      if (consents.isWithdrawnSince(userId, 'phone', input.askedAt)) return { status: 'withdrawn' }
      const current = currentPhone(userId)
      if (current && (current.id === sameAs || sameBytes(current.blindIndex, phone.blindIndex))) {
        if (phone.verifiedAt > current.verifiedAt) {
          current.verifiedAt = phone.verifiedAt
          current.source = phone.source
        }
        settle(input, current.id, 'unchanged')
        return { status: 'unchanged', phone: { ...current } }
      }
      const owners = otherOwners(input)
      if (conflict.rule === 'reject' && owners.length > 0) return { status: 'taken' }
      if (conflict.rule === 'transfer' && owners.some(one => one.verifiedAt > conflict.provedBefore))
        return { status: 'cooling' }
      refuseTaken(phones, phone.id)
      if (current) current.replacedAt = now
      for (const owner of owners) Object.assign(owner, { replacedAt: now, replacedReason: 'transferred' })
      const row: PhoneRow = { ...phone, userId, replacedAt: null, replacedReason: null }
      phones.set(phone.id, row)
      appOfPhone.set(phone.id, input.appId)
      phonesByUser.set(userId, [row, ...(phonesByUser.get(userId) ?? [])])
      const status = current ? 'replaced' : 'bound'
      settle(input, phone.id, status)
      const from = owners.length > 0 ? { from: owners.map(owner => owner.userId) } : {}
      return { status, phone: { ...row }, ...from }
    },
    async currentPhone(userId) {
      const phone = currentPhone(userId)
      return phone && { ...phone }
    },
    async findPhone(phoneId) {
      const phone = phones.get(phoneId)
      return phone ? { ...phone } : null
    },
    async phonesOf(userId, page) {
      return pageOf(phonesByUser.get(userId) ?? [], ({ id }) => id, page).map(phone => ({ ...phone }))
    },

    async findSession(sessionId) {
      const session = sessions.get(sessionId)
      return session ? sessionRow(session) : null
    },
    async rotateSession({ sessionId, counter, attempt, now, idleUntil }: RotateSession) {
      const session = sessions.get(sessionId)
      if (!session || !isLive(session, now)) return { status: 'ended' }
      if (counter === session.counter) {
        session.counter += 1
        session.lastAttempt = attempt
        session.idleUntil = idleUntil
        return { status: 'rotated', session: sessionRow(session) }
      }
      const isRetry = counter === session.counter - 1 && session.lastAttempt && sameBytes(session.lastAttempt, attempt)
      if (isRetry) return { status: 'same-attempt', session: sessionRow(session) }
      end(session, now)
      return { status: 'reused', session: sessionRow(session) }
    },
    async endSessionsOf({ userId, now, which }) {
      const meant = ({ id }: Session) => ('only' in which ? id === which.only : id !== which.except)
      const ended = [...sessions.values()].filter(one => one.userId === userId && one.endedAt === null && meant(one))
      for (const session of ended) end(session, now)
      return ended.map(({ id }) => id).sort()
    },
    async endSession(sessionId, now) {
      const session = sessions.get(sessionId)
      if (!session || session.endedAt !== null) return false
      end(session, now)
      return true
    },

    async registerKey({ id, check }) {
      const known = rootKeys.get(id)
      if (known) return sameBytes(known, check) ? 'same' : 'different'
      rootKeys.set(id, check)
      return 'new'
    },
    rootKeyIds: async () => [...rootKeys.keys()].sort(),

    async readAccessToken(appId) {
      return accessTokens.get(appId)?.token ?? null
    },
    async writeAccessToken(appId, token) {
      const row = accessToken(appId)
      if (row.token && row.token.generation >= token.generation) return false
      row.token = token
      return true
    },
    async leaseAccessToken(appId, holder, now, until) {
      const row = accessToken(appId)
      if (row.lease && row.lease.holder !== holder && row.lease.until > now) return false
      row.lease = { holder, until }
      return true
    },

    async sweep(now) {
      const before = spent.size + sessions.size + sessionKeys.size
      for (const [at, row] of spent) if (row.until <= now) spent.delete(at)
      for (const { id, loginId, idleUntil } of [...sessions.values()]) {
        if (idleUntil > now) continue
        sessions.delete(id)
        logins.delete(loginId)
      }
      const used = new Set([...sessions.values()].map(session => session.keyId))
      for (const { id, identity } of [...sessionKeys.values()]) {
        if (used.has(id)) continue
        sessionKeys.delete(id)
        keysByIdentity.set(identity, keysByIdentity.get(identity)?.filter(one => one.id !== id) ?? [])
      }
      const sweeping = [budgets, sms, jobs, merges, tallies, traces, operators, exports]
      const counted = sweeping.reduce((sum, part) => sum + part.sweep(now), 0)
      return before - (spent.size + sessions.size + sessionKeys.size) + counted
    },
    async check() {
      if (closed) throw new StorageFault('failed', new Error('the store is closed'))
    },
    async close() {
      closed = true
    },
  }
  return store
}

function key(...parts: readonly string[]): string {
  return JSON.stringify(parts)
}

function spentKey({ kind, appId, hash }: Pick<Claim, 'kind' | 'appId' | 'hash'>): string {
  return key(kind, appId, Buffer.from(hash).toString('hex'))
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b)
}

function refuseTaken(rows: ReadonlyMap<string, unknown>, id: string): void {
  if (rows.has(id)) throw new StorageFault('failed', new Error(`the id ${id} is taken`))
}

function isLive({ endedAt, idleUntil, absoluteUntil }: SessionRow, now: number): boolean {
  return endedAt === null && now < idleUntil && now < absoluteUntil
}

function sessionRow({ loginId: _, keyId: __, lastAttempt: ___, ...row }: Session): SessionRow {
  return row
}
