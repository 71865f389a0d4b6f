import type { AccessTokenStore } from '../../ports/access-token-store.ts'
import type { Store } from '../../ports/store.ts'
import { accessTokens } from './access-tokens.ts'
import { accounts } from './accounts.ts'
import { appUsers } from './app-users.ts'
import { apps } from './apps.ts'
import { auditLog } from './audit-log.ts'
import { blocks } from './blocks.ts'
import { budgets } from './budgets.ts'
import { claims } from './claims.ts'
import { consents } from './consents.ts'
import { directory } from './directory.ts'
import { exportRequests } from './exports.ts'
import { grants } from './grants.ts'
import { jobs } from './jobs.ts'
import { logins } from './logins.ts'
import { merges } from './merges.ts'
import { operators } from './operators.ts'
import { phones } from './phones.ts'
import { profiles } from './profiles.ts'
import { reseals } from './reseals.ts'
import { rootKeys } from './root-keys.ts'
import { sessionKeys } from './session-keys.ts'
import { sessions } from './sessions.ts'
import { sms } from './sms.ts'
import type { Statements, StepRunner } from './statements.ts'
import { sweeper } from './sweeper.ts'
import { tallies } from './tallies.ts'
import { traces } from './traces.ts'
import { users } from './users.ts'

/** The store of any database that runs steps: all of it but its beginning and its end. */
export function sqlStore(
  sql: Statements,
  { read, step }: StepRunner,
): Omit<Store & AccessTokenStore, 'isShared' | 'check' | 'close'> {
  const asked = { ...users(sql), ...logins(sql), ...sessionKeys(sql), ...claims(sql), ...phones(sql), ...sessions(sql) }
  const account = { ...accounts(sql), ...profiles(sql), ...consents(sql), ...merges(sql) }
  const counted = { ...sms(sql), ...budgets(sql) }
  const later = { ...jobs(sql), ...auditLog(sql) }
  const { registerKey, rootKeyIds } = rootKeys(sql)
  const served = { ...apps(sql), ...grants(sql), ...reseals(sql) }
  const operated = { ...directory(sql), ...appUsers(sql), ...tallies(sql), ...traces(sql) }
  const people = { ...operators(sql), ...blocks(sql), ...exportRequests(sql) }
  const { sweepSome } = sweeper(sql)
  const tokens = accessTokens(sql)

  return {
    findIdentity: (appId, openId) => read(() => account.findIdentity(appId, openId)),
    findUserByUnionId: unionId => read(() => asked.findUserByUnionId(unionId)),
    findUser: userId => read(() => asked.findUser(userId)),

    recordLogin: input => step(() => asked.recordLogin(input)),
    recordIdentity: input => step(() => asked.recordIdentity(input)),
    findLogin: loginId => read(() => asked.findLogin(loginId)),
    findClaimedLogin: claim => read(() => asked.findClaimedLogin(claim)),

    sessionKeysOf: (loginId, previousSince) => read(() => asked.sessionKeysOf(loginId, previousSince)),
    countKeyFailure: (loginId, keyId, limit) => step(() => asked.countKeyFailure(loginId, keyId, limit)),

    claim: (claim, now, staleAfterMs) => step(() => asked.claim(claim, now, staleAfterMs)),
    findSpent: claim => read(() => asked.findSpent(claim)),
    release: claim => step(() => asked.release(claim)),

    recordPhone: input => step(() => asked.recordPhone(input)),
    currentPhone: userId => read(() => asked.currentPhone(userId)),
    findPhone: phoneId => read(() => asked.findPhone(phoneId)),
    phonesOf: (userId, page) => read(() => asked.phonesOf(userId, page)),

    findSession: sessionId => read(() => asked.findSession(sessionId)),
    rotateSession: input => step(() => asked.rotateSession(input)),
    endSession: (sessionId, now, reason) => step(() => asked.endSession(sessionId, now, reason)),
    endSessionsOf: input => step(() => asked.endSessionsOf(input)),

    findAccount: userId => read(() => account.findAccount(userId)),
    findAccountOfSession: sessionId => read(() => account.findAccountOfSession(sessionId)),
    identitiesOf: userId => read(() => account.identitiesOf(userId)),
    sessionsOf: (userId, page) => read(() => account.sessionsOf(userId, page)),
    liveSessionsOf: (userId, now, limit) => read(() => account.liveSessionsOf(userId, now, limit)),
    linkUnionId: input => step(() => account.linkUnionId(input)),
    eraseUser: input => step(() => account.eraseUser(input)),

    recordProfile: input => step(() => account.recordProfile(input)),
    doomAvatar: (avatarKey, now) => step(() => account.doomAvatar(avatarKey, now)),
    doomedAvatars: (before, limit) => read(() => account.doomedAvatars(before, limit)),
    forgetAvatar: avatarKey => step(() => account.forgetAvatar(avatarKey)),

    recordConsent: input => step(() => account.recordConsent(input)),
    withdrawConsent: input => step(() => account.withdrawConsent(input)),
    newestConsent: (userId, appId, scope) => read(() => account.newestConsent(userId, appId, scope)),
    consentsOf: (userId, page) => read(() => account.consentsOf(userId, page)),
    consentLinesAfter: (row, limit) => read(() => account.consentLinesAfter(row, limit)),

    mergeUsers: input => step(() => account.mergeUsers(input)),
    undoMerge: input => step(() => account.undoMerge(input)),
    findMerge: (survivorId, attempt) => read(() => account.findMerge(survivorId, attempt)),
    mergesOf: (survivorId, page) => read(() => account.mergesOf(survivorId, page)),
    mergedInto: userId => read(() => account.mergedInto(userId)),

    openSms: input => step(() => counted.openSms(input)),
    findSms: smsId => read(() => counted.findSms(smsId)),
    markSmsSent: (smsId, now) => step(() => counted.markSmsSent(smsId, now)),
    dropSms: (smsId, budgets) => step(() => counted.dropSms(smsId, budgets)),
    trySmsCode: input => step(() => counted.trySmsCode(input)),
    spendBudgets: (budgets, now) => step(() => counted.spendBudgets(budgets, now)),
    refundBudgets: budgets => step(() => counted.refundBudgets(budgets)),

    addJob: job => step(() => later.addJob(job)),
    takeJob: input => step(() => later.takeJob(input)),
    postponeJob: input => step(() => later.postponeJob(input)),
    settleJob: input => step(() => later.settleJob(input)),
    listJobs: input => read(() => later.listJobs(input)),
    appendAudit: draft => step(() => later.appendAudit(draft)),
    auditAfter: (seq, limit) => read(() => later.auditAfter(seq, limit)),
    auditBefore: input => read(() => later.auditBefore(input)),
    auditHead: () => read(() => later.auditHead()),

    registerKey: key => step(() => registerKey(key)),
    rootKeyIds: () => read(rootKeyIds),

    appsVersion: () => read(() => served.appsVersion()),
    listApps: () => read(() => served.listApps()),
    addApp: input => step(() => served.addApp(input)),
    changeApp: input => step(() => served.changeApp(input)),

    readGrant: (componentAppId, appId) => read(() => served.readGrant(componentAppId, appId)),
    listGrants: () => read(() => served.listGrants()),
    writeGrant: grant => step(() => served.writeGrant(grant)),
    changeGrant: change => step(() => served.changeGrant(change)),

    countSealed: keyId => read(() => served.countSealed(keyId)),
    usersToReseal: (keyId, after, limit) => read(() => served.usersToReseal(keyId, after, limit)),
    reseal: changes => step(() => served.reseal(changes)),

    listUsers: (before, limit) => read(() => operated.listUsers(before, limit)),
    findDirectoryUser: userId => read(() => operated.findDirectoryUser(userId)),
    usersWithPhone: (blindIndexes, limit) => read(() => operated.usersWithPhone(blindIndexes, limit)),
    usersOfApp: query => read(() => operated.usersOfApp(query)),
    addTallies: tallies => step(() => operated.addTallies(tallies)),
    talliesOf: input => read(() => operated.talliesOf(input)),
    addTraces: traces => step(() => operated.addTraces(traces)),
    tracesOf: (query, page) => read(() => operated.tracesOf(query, page)),

    findBlock: userId => read(() => people.findBlock(userId)),
    blockUser: input => step(() => people.blockUser(input)),
    unblockUser: (userId, audit) => step(() => people.unblockUser(userId, audit)),
    listOperators: now => read(() => people.listOperators(now)),
    findOperator: id => read(() => people.findOperator(id)),
    findOperatorByName: name => read(() => people.findOperatorByName(name)),
    addInvitation: row => step(() => people.addInvitation(row)),
    findInvitation: (hash, now) => read(() => people.findInvitation(hash, now)),
    listInvitations: now => read(() => people.listInvitations(now)),
    acceptInvitation: input => step(() => people.acceptInvitation(input)),
    passkeysOf: operatorId => read(() => people.passkeysOf(operatorId)),
    findPasskey: credential => read(() => people.findPasskey(credential)),
    changeCredentials: (operatorId, change, audit) => step(() => people.changeCredentials(operatorId, change, audit)),
    openOperatorSession: input => step(() => people.openOperatorSession(input)),
    proveOperatorSession: input => step(() => people.proveOperatorSession(input)),
    findOperatorSession: tokenHash => read(() => people.findOperatorSession(tokenHash)),
    touchOperatorSession: (id, seenAt, idleUntil) => step(() => people.touchOperatorSession(id, seenAt, idleUntil)),
    operatorSessionsOf: (operatorId, now) => read(() => people.operatorSessionsOf(operatorId, now)),
    endOperatorSessions: (operatorId, only, audit) => step(() => people.endOperatorSessions(operatorId, only, audit)),
    changeOperator: input => step(() => people.changeOperator(input)),

    addExport: (row, audit) => step(() => people.addExport(row, audit)),
    findExport: id => read(() => people.findExport(id)),
    listExports: (before, limit) => read(() => people.listExports(before, limit)),
    decideExport: input => step(() => people.decideExport(input)),
    takeExport: input => step(() => people.takeExport(input)),

    readAccessToken: appId => read(() => tokens.readAccessToken(appId)),
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
  }
}
