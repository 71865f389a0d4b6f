// Reads better whole: what operators do with users, each act with its line in the audit log.
import type {
  BlockUserAnswer,
  EndSessionsAnswer,
  EndSessionsRequest,
  ErasureAnswer,
  ListedUser,
  ListUsersAnswer,
  MaskedPhone,
  MergeConflict,
  OperatorEraseRequest,
  OperatorExportAnswer,
  OperatorMergeAnswer,
  OperatorMergePreviewAnswer,
  OperatorMergeRequest,
  OperatorMergeUndoRequest,
  OperatorUserAnswer,
  RevealAnswer,
  SearchUsersAnswer,
  UserBlock,
} from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import type { AuditDetails } from '../domain/audit-entry.ts'
import { listedRows, listedSessions, mostSessions, reveals } from '../domain/limits.ts'
import { maskNickname } from '../domain/mask-nickname.ts'
import type { Operator } from '../domain/operators.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError, RateLimited } from '../domain/problem-error.ts'
import { digest } from '../keys/digest.ts'
import type { Vault } from '../keys/vault.ts'
import type { AccountRow } from '../ports/account-store.ts'
import type { BlockRow } from '../ports/block-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { DirectoryUser } from '../ports/directory-store.ts'
import type { Limiter } from '../ports/limiter.ts'
import type { Observe } from '../ports/observer.ts'
import type { PhoneRow, Store } from '../ports/store.ts'
import type { Audit } from './audit.ts'
import type { AvatarFiles } from './avatar-files.ts'
import type { ExportUser } from './export-me.ts'
import { consentAnswer } from './keep-consents.ts'
import { sessionAnswer } from './list-sessions.ts'
import { mergeAnswer } from './merge-me.ts'
import type { Merging } from './merge-users.ts'
import { openPhone } from './open-phone.ts'
import { nicknamePlace, type OpenUser } from './open-user.ts'

export interface OperateUsersTools {
  readonly apps: Apps
  readonly store: Store
  readonly vault: Vault
  readonly openUser: OpenUser
  readonly exportUser: ExportUser
  readonly avatarFiles: AvatarFiles
  readonly merging: Merging
  readonly audit: Audit
  readonly limiter: Limiter
  readonly clock: Clock
  readonly tell: Observe
}

/** Who does it, to whom. */
interface Act {
  readonly operator: Operator
  readonly userId: string
  readonly requestId: string
}

/** Users, for operators. Unless it is said otherwise an unknown or erased user is `user_unknown`. */
export interface OperateUsers {
  list(query: { readonly after?: string; readonly limit?: number }): Promise<ListUsersAnswer>
  /** Finds also who is gone. A search by phone number is written down, without the number. */
  search(input: { readonly operator: Operator; readonly q: string }): Promise<SearchUsersAnswer>
  /** Also of who is gone, as far as there is anything. */
  read(userId: string): Promise<OperatorUserAnswer>
  /** Numbers and names in plain. Throws RateLimited beyond 30 an hour, exports included. */
  reveal(act: Act & { readonly reason: string }): Promise<RevealAnswer>
  export(act: Act & { readonly reason: string }): Promise<OperatorExportAnswer>
  /** A repeat with the same nonce gets the same answer. */
  erase(act: Act & OperatorEraseRequest): Promise<ErasureAnswer>
  /** Throws ProblemError session_unknown for one that is not there. */
  endSessions(act: Act & EndSessionsRequest): Promise<EndSessionsAnswer>
  /** Ends all sessions in the same step. Of one who is blocked already the first reason stays. */
  block(act: Act & { readonly reason: string }): Promise<BlockUserAnswer>
  unblock(act: Act & { readonly reason: string }): Promise<BlockUserAnswer>
  previewMerge(input: { readonly userId: string; readonly from: string }): Promise<OperatorMergePreviewAnswer>
  /** The user of the path stays. Throws ProblemError merge_self, account_blocked: a block is not to be lost in a merge. */
  merge(act: Act & OperatorMergeRequest): Promise<OperatorMergeAnswer>
  /** Throws ProblemError merge_unknown, merge_undo_late, merge_undo_conflict. */
  undoMerge(act: Act & OperatorMergeUndoRequest): Promise<OperatorMergeAnswer>
}

const userId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const mainland = /^1\d{10}$/
const e164 = /^\+[1-9]\d{6,14}$/
const unknown = () => new ProblemError('user_unknown')

export function createOperateUsers(tools: OperateUsersTools): OperateUsers {
  const { apps, store, vault, openUser, exportUser, avatarFiles, merging, audit, limiter, clock, tell } = tools

  async function accountOf(id: string): Promise<AccountRow> {
    const account = await store.findAccount(id)
    if (!account) throw unknown()
    return account
  }

  async function listed(row: DirectoryUser): Promise<ListedUser> {
    return listedUser(row, row.goneAt === null ? await store.findAccount(row.id) : null)
  }

  function listedUser({ id, createdAt, goneAt, mergedInto }: DirectoryUser, account: AccountRow | null): ListedUser {
    return {
      id,
      status: goneAt === null ? 'live' : mergedInto === null ? 'erased' : 'merged',
      createdAt: isoTime(createdAt),
      goneAt: goneAt === null ? null : isoTime(goneAt),
      mergedInto,
      phone: account?.phone ? (maskedPhones(account, [account.phone])[0] ?? null) : null,
    }
  }

  function maskedPhones({ user }: AccountRow, rows: readonly PhoneRow[]): readonly MaskedPhone[] {
    if (rows.length === 0) return []
    const key = vault.openUserKey(user)
    return rows.map(row => {
      const { number: _, ...masked } = openPhone(key, row)
      return masked
    })
  }

  function maskedProfile({ user, profile: { sealedNickname, avatarKey } }: AccountRow) {
    const nickname = sealedNickname && vault.openUserKey(user).open(sealedNickname, nicknamePlace(user.id))
    return { nickname: nickname && maskNickname(nickname), avatar: avatarKey !== null }
  }

  async function read(id: string): Promise<OperatorUserAnswer> {
    const row = userId.test(id) ? await store.findDirectoryUser(id) : null
    if (!row) throw unknown()
    const [block, account, identities, phones, sessions, consents, merges] = await Promise.all([
      store.findBlock(id),
      store.findAccount(id),
      store.identitiesOf(id),
      store.phonesOf(id),
      store.liveSessionsOf(id, clock.now(), listedSessions),
      store.consentsOf(id),
      store.mergesOf(id),
    ])
    return {
      user: listedUser(row, account),
      blocked: block && blockAnswer(block),
      identities: identities.map(({ appId, openId, unionId }) => ({ appId, openId, unionId })),
      phones: account ? maskedPhones(account, phones) : [],
      profile: account ? maskedProfile(account) : { nickname: null, avatar: false },
      sessions: sessions.map(sessionAnswer),
      consents: consents.map(consentAnswer),
      merges: merges.map(mergeAnswer),
    }
  }

  async function byOpenId(openId: string): Promise<string | null> {
    const found = await Promise.all([...apps.keys()].map(appId => store.findIdentity(appId, openId)))
    return found.find(one => one !== null)?.user.id ?? null
  }

  /** In every app a number has another index. */
  async function byPhone(q: string, operator: Operator): Promise<readonly string[]> {
    const number = mainland.test(q) ? `+86${q}` : q
    const indexes = [...apps.keys()].flatMap(appId => vault.blindIndexes(appId, number))
    const ids = await store.usersWithPhone(indexes, listedRows)
    const details = { by: operator.name, found: ids.length }
    await audit.append({ actor: 'operator', act: 'phone-searched', appId: null, subject: null, details })
    return ids
  }

  async function find(q: string, operator: Operator): Promise<readonly [SearchUsersAnswer['by'], readonly string[]]> {
    if (userId.test(q)) return ['id', [q]]
    if (mainland.test(q) || e164.test(q)) return ['phone', await byPhone(q, operator)]
    const unionId = await store.findUserByUnionId(q)
    if (unionId) return ['union-id', [unionId.id]]
    const openId = await byOpenId(q)
    return openId === null ? [null, []] : ['open-id', [openId]]
  }

  /** Reading in plain is written down before it is answered. */
  async function note(act: string, { operator, userId: subject }: Act, details: AuditDetails): Promise<void> {
    await audit.append({ actor: 'operator', act, appId: null, subject, details: { by: operator.name, ...details } })
  }

  async function countReveal({ name }: Operator): Promise<void> {
    const taken = await limiter.take(`reveal ${name}`, reveals, clock.now())
    if (taken.status === 'refused') throw new RateLimited('reveals', reveals, taken.retryAfterMs)
  }

  const by = ({ operator, requestId }: Act, reason: string) =>
    ({ actor: 'operator', appId: null, requestId, note: { by: operator.name, reason } }) as const

  return {
    async list({ after, limit = listedRows }) {
      const rows = await store.listUsers(after ?? null, limit)
      const next = rows.length < limit ? null : (rows.at(-1)?.id ?? null)
      return { users: await Promise.all(rows.map(listed)), next }
    },

    async search({ q, operator }) {
      const [kind, ids] = await find(q, operator)
      const rows = await Promise.all(ids.map(id => store.findDirectoryUser(id)))
      const users = await Promise.all(rows.filter(row => row !== null).map(listed))
      return { by: users.length === 0 ? null : kind, users }
    },

    read,

    async reveal({ reason, ...act }) {
      const account = await accountOf(act.userId)
      await countReveal(act.operator)
      const phones = await store.phonesOf(act.userId)
      await note('user-revealed', act, { reason })
      const key = vault.openUserKey(account.user)
      return { phones: phones.map(row => openPhone(key, row)), profile: openUser(account, () => key).profile }
    },

    async export({ reason, ...act }) {
      await accountOf(act.userId)
      await countReveal(act.operator)
      await note('user-exported', act, { reason })
      const copy = await exportUser(act.userId)
      if (!copy) throw unknown()
      return copy
    },

    async erase({ reason, nonce, ...act }) {
      const { operator, userId: subject, requestId } = act
      const account = await store.findAccount(subject)
      const now = clock.now()
      const sessions = await store.liveSessionsOf(subject, now, mostSessions)
      const details = { by: operator.name, reason }
      const line = { at: now, actor: 'operator', act: 'user-erased', appId: null, subject, details } as const
      const attempt = digest('operator-erasure', subject, nonce)
      const erasedAt = await store.eraseUser({ now, userId: subject, attempt, audit: line })
      if (erasedAt === null) throw unknown()
      if (account) {
        await avatarFiles.remove(account.profile.avatarKey)
        tell({ type: 'user-erased', requestId, appId: null, userId: subject })
        for (const { id } of sessions) tell({ type: 'session-ended', requestId, sessionId: id, reason: 'erased' })
      }
      return { erasedAt: isoTime(erasedAt) }
    },

    async endSessions({ session, ...act }) {
      await accountOf(act.userId)
      const which = session === undefined ? { except: null } : { only: session }
      const ended = await store.endSessionsOf({ userId: act.userId, now: clock.now(), reason: 'operator', which })
      if (ended.length === 0 && session !== undefined) throw new ProblemError('session_unknown')
      if (ended.length > 0) await note('sessions-ended', act, { sessions: ended.length })
      const { requestId } = act
      for (const sessionId of ended) tell({ type: 'session-ended', requestId, sessionId, reason: 'operator' })
      return { ended: ended.length }
    },

    async block({ reason, ...act }) {
      const { operator, userId: subject, requestId } = act
      const now = clock.now()
      const details = { by: operator.name, reason }
      const line = { at: now, actor: 'operator', act: 'user-blocked', appId: null, subject, details } as const
      const block = { userId: subject, blockedAt: now, blockedBy: operator.name, reason }
      const ended = await store.blockUser({ ...block, audit: line })
      if (ended === null) throw unknown()
      tell({ type: 'user-blocked', requestId, userId: subject })
      for (const sessionId of ended) tell({ type: 'session-ended', requestId, sessionId, reason: 'operator' })
      const kept = await store.findBlock(subject)
      return { blocked: kept && blockAnswer(kept), ended: ended.length }
    },

    async unblock({ reason, ...act }) {
      const { operator, userId: subject, requestId } = act
      await accountOf(subject)
      const details = { by: operator.name, reason }
      const line = { at: clock.now(), actor: 'operator', act: 'user-unblocked', appId: null, subject, details } as const
      if (await store.unblockUser(subject, line)) tell({ type: 'user-unblocked', requestId, userId: subject })
      return { blocked: null, ended: 0 }
    },

    async previewMerge({ userId: into, from }) {
      if (into === from) throw new ProblemError('merge_self')
      const [survivor, merged] = await Promise.all([read(into), read(from)])
      if (survivor.user.status !== 'live' || merged.user.status !== 'live') throw unknown()
      return { survivor, merged, conflicts: conflictsOf(survivor, merged) }
    },

    async merge({ from, nonce, reason, ...act }) {
      if (act.userId === from) throw new ProblemError('merge_self')
      for (const id of [act.userId, from]) if (await store.findBlock(id)) throw new ProblemError('account_blocked')
      const attempt = digest('operator-merge', act.userId, from, nonce)
      const users = { survivorId: act.userId, mergedId: from }
      const outcome = await merging.merge({ ...users, attempt, sessions: null, by: by(act, reason) })
      if (outcome.status === 'merged') return { merge: mergeAnswer(outcome.merge) }
      throw unknown()
    },

    async undoMerge({ mergeId, reason, ...act }) {
      const outcome = await merging.undo({ mergeId, survivorId: act.userId, by: by(act, reason) })
      if (outcome.status === 'unknown') throw new ProblemError('merge_unknown')
      if (outcome.status === 'late') throw new ProblemError('merge_undo_late')
      if (outcome.status === 'conflict') throw new ProblemError('merge_undo_conflict', { detail: outcome.what })
      return { merge: mergeAnswer(outcome.merge) }
    },
  }
}

function blockAnswer({ blockedAt, blockedBy, reason }: BlockRow): UserBlock {
  return { at: isoTime(blockedAt), by: blockedBy, reason }
}

/** What both have and one can have only once: the survivor's stays. */
function conflictsOf(survivor: OperatorUserAnswer, merged: OperatorUserAnswer): readonly MergeConflict[] {
  const has = {
    phone: ({ phones }: OperatorUserAnswer) => phones.some(({ replacedAt }) => replacedAt === null),
    nickname: ({ profile }: OperatorUserAnswer) => profile.nickname !== null,
    avatar: ({ profile }: OperatorUserAnswer) => profile.avatar,
  }
  return (['phone', 'nickname', 'avatar'] as const).filter(what => has[what](survivor) && has[what](merged))
}
