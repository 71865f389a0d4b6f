import type { AccessTokenStore } from '../../ports/access-token-store.ts'
import type { CommitReport } from '../../ports/commit-report.ts'
import type { Store } from '../../ports/store.ts'
import { accessTokens } from './access-tokens.ts'
import { accounts } from './accounts.ts'
import { apps } from './apps.ts'
import { auditLog } from './audit-log.ts'
import { budgets } from './budgets.ts'
import { claims } from './claims.ts'
import { consents } from './consents.ts'
import type { SqliteDatabase } from './driver.ts'
import { createGroupCommit } from './group-commit.ts'
import { jobs } from './jobs.ts'
import { logins } from './logins.ts'
import { merges } from './merges.ts'
import { openDatabase, tryWriting } from './open-database.ts'
import { phones } from './phones.ts'
import { profiles } from './profiles.ts'
import { reseals } from './reseals.ts'
import { rootKeys } from './root-keys.ts'
import { sessionKeys } from './session-keys.ts'
import { sessions } from './sessions.ts'
import { sms } from './sms.ts'
import { statements } from './statements.ts'
import { sweeper } from './sweeper.ts'
import { toStorageFault } from './to-storage-fault.ts'
import { users } from './users.ts'

export interface SqliteStoreOptions {
  /** A `Database` of `better-sqlite3`, just opened. The store sets it up, owns it from now on, and closes it. */
  readonly database: SqliteDatabase
  /** How long to wait for a lock that another program holds, 0 to 60 000 ms. Default 2000. The process waits with it. */
  readonly busyTimeoutMs?: number
  /** Pages kept in memory, 1 to 4096 MiB. Default 64. */
  readonly cacheMb?: number
  /**
   * Works beside the process that serves this file, for operators' steps such as `administer`: keeps nobody off, and
   * changes no schema that is in use. Default false.
   */
  readonly beside?: boolean
  /** Is told how long each commit waited and took. Default: nobody. */
  readonly observe?: (report: CommitReport) => void
}

/**
 * A store in one SQLite file: durable (WAL, synchronous FULL), for one process. The file is created with its schema, or
 * brought up to date; `<name>-instance` beside it keeps a second process off.
 *
 * @throws TypeError `"cacheMb" must be …`; {@link StoreUnusable} when the file cannot be used; the database is
 * closed then.
 *
 * @example
 * import Database from 'better-sqlite3'
 * const store = createSqliteStore({ database: new Database('weapp-auth.sqlite') })
 * await store.close()
 */
export function createSqliteStore({
  database,
  busyTimeoutMs = 2000,
  cacheMb = 64,
  beside = false,
  observe,
}: SqliteStoreOptions): Store & AccessTokenStore {
  if (typeof database?.prepare !== 'function') throw new TypeError('"database" must be a Database of better-sqlite3')
  checkNumber('busyTimeoutMs', busyTimeoutMs, 0, 60_000)
  checkNumber('cacheMb', cacheMb, 1, 4096)
  openDatabase(database, { busyTimeoutMs, cacheMb, beside })

  const sql = statements(database)
  const asked = { ...users(sql), ...logins(sql), ...sessionKeys(sql), ...claims(sql), ...phones(sql), ...sessions(sql) }
  const account = { ...accounts(sql), ...profiles(sql), ...consents(sql), ...merges(sql) }
  const counted = { ...sms(sql), ...budgets(sql) }
  const later = { ...jobs(sql), ...auditLog(sql) }
  const { registerKey } = rootKeys(sql)
  const served = { ...apps(sql), ...reseals(sql) }
  const { sweepSome } = sweeper(sql)
  const tokens = accessTokens(sql)
  const { step, close } = createGroupCommit({ database, observe })

  return {
    findIdentity: async (appId, openId) => read(() => asked.findIdentity(appId, openId)),
    findUserByUnionId: async unionId => read(() => asked.findUserByUnionId(unionId)),
    findUser: async userId => read(() => asked.findUser(userId)),

    recordLogin: input => step(() => asked.recordLogin(input)),
    findLogin: async loginId => read(() => asked.findLogin(loginId)),
    findClaimedLogin: async claim => read(() => asked.findClaimedLogin(claim)),

    sessionKeysOf: async (loginId, previousSince) => read(() => asked.sessionKeysOf(loginId, previousSince)),
    countKeyFailure: (keyId, limit) => step(() => asked.countKeyFailure(keyId, limit)),

    claim: (claim, now, staleAfterMs) => step(() => asked.claim(claim, now, staleAfterMs)),
    release: claim => step(() => asked.release(claim)),

    recordPhone: input => step(() => asked.recordPhone(input)),
    currentPhone: async userId => read(() => asked.currentPhone(userId)),
    findPhone: async phoneId => read(() => asked.findPhone(phoneId)),
    phonesOf: async userId => read(() => asked.phonesOf(userId)),

    findSession: async sessionId => read(() => asked.findSession(sessionId)),
    rotateSession: input => step(() => asked.rotateSession(input)),
    endSession: (sessionId, now, reason) => step(() => asked.endSession(sessionId, now, reason)),
    endSessionsOf: input => step(() => asked.endSessionsOf(input)),

    findAccount: async userId => read(() => account.findAccount(userId)),
    findAccountOfSession: async sessionId => read(() => account.findAccountOfSession(sessionId)),
    identitiesOf: async userId => read(() => account.identitiesOf(userId)),
    sessionsOf: async userId => read(() => account.sessionsOf(userId)),
    liveSessionsOf: async (userId, now, limit) => read(() => account.liveSessionsOf(userId, now, limit)),
    linkUnionId: input => step(() => account.linkUnionId(input)),
    eraseUser: input => step(() => account.eraseUser(input)),

    recordProfile: input => step(() => account.recordProfile(input)),
    doomAvatar: (avatarKey, now) => step(() => account.doomAvatar(avatarKey, now)),
    doomedAvatars: async (before, limit) => read(() => account.doomedAvatars(before, limit)),
    forgetAvatar: avatarKey => step(() => account.forgetAvatar(avatarKey)),

    recordConsent: input => step(() => account.recordConsent(input)),
    withdrawConsent: input => step(() => account.withdrawConsent(input)),
    newestConsent: async (userId, appId, scope) => read(() => account.newestConsent(userId, appId, scope)),
    consentsOf: async userId => read(() => account.consentsOf(userId)),

    mergeUsers: input => step(() => account.mergeUsers(input)),
    undoMerge: input => step(() => account.undoMerge(input)),
    mergesOf: async survivorId => read(() => account.mergesOf(survivorId)),
    mergedInto: async userId => read(() => account.mergedInto(userId)),

    openSms: input => step(() => counted.openSms(input)),
    findSms: async smsId => read(() => counted.findSms(smsId)),
    markSmsSent: (smsId, now) => step(() => counted.markSmsSent(smsId, now)),
    dropSms: (smsId, budgets) => step(() => counted.dropSms(smsId, budgets)),
    trySmsCode: input => step(() => counted.trySmsCode(input)),
    spendBudgets: (budgets, now) => step(() => counted.spendBudgets(budgets, now)),
    refundBudgets: budgets => step(() => counted.refundBudgets(budgets)),

    addJob: job => step(() => later.addJob(job)),
    takeJob: input => step(() => later.takeJob(input)),
    postponeJob: input => step(() => later.postponeJob(input)),
    settleJob: input => step(() => later.settleJob(input)),
    appendAudit: draft => step(() => later.appendAudit(draft)),
    auditAfter: async (seq, limit) => read(() => later.auditAfter(seq, limit)),
    auditHead: async () => read(() => later.auditHead()),

    registerKey: key => step(() => registerKey(key)),

    appsVersion: async () => read(() => served.appsVersion()),
    listApps: async () => read(() => served.listApps()),
    addApp: input => step(() => served.addApp(input)),
    changeApp: input => step(() => served.changeApp(input)),

    countSealed: async keyId => read(() => served.countSealed(keyId)),
    usersToReseal: async (keyId, after, limit) => read(() => served.usersToReseal(keyId, after, limit)),
    reseal: changes => step(() => served.reseal(changes)),

    readAccessToken: async appId => read(() => tokens.readAccessToken(appId)),
    writeAccessToken: (appId, token) => step(() => tokens.writeAccessToken(appId, token)),
    leaseAccessToken: (appId, holder, now, until) => step(() => tokens.leaseAccessToken(appId, holder, now, until)),

    async sweep(now) {
      let removed = 0
      let some: number
      do {
        some = await step(() => sweepSome(now))
        removed += some
      } while (some > 0)
      return removed
    },
    check: async () => read(() => tryWriting(database)),
    async close() {
      close()
      read(() => database.close())
    },
  }
}

/** Reads see what is committed: a transaction begins and ends without a pause, so none is open here. */
function read<T>(question: () => T): T {
  try {
    return question()
  } catch (error) {
    throw toStorageFault(error)
  }
}

function checkNumber(field: string, value: number, least: number, most: number): void {
  if (!Number.isFinite(value) || value < least || value > most)
    throw new TypeError(`"${field}" must be a number from ${least} to ${most}`)
}
