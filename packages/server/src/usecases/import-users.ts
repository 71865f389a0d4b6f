import type { Ids } from '../domain/ids.ts'
import type { ImportedUser } from '../domain/imported-user.ts'
import type { UserKey, Vault } from '../keys/vault.ts'
import type { AccountRow } from '../ports/account-store.ts'
import type { Clock } from '../ports/clock.ts'
import { StorageFault, type Store } from '../ports/store.ts'
import type { Audit } from './audit.ts'
import { phonePlace } from './open-phone.ts'
import { nicknamePlace } from './open-user.ts'
import { tidyNickname } from './read-nickname.ts'

export interface ImportUsersTools {
  readonly store: Store
  readonly vault: Vault
  readonly audit: Audit
  readonly clock: Clock
  readonly newId: Ids
}

export interface ImportUsersQuery {
  readonly appId: string
  /** Every mini program of the server, in which a number may have another owner; of `reject` only. */
  readonly appIds: readonly string[]
  /** What becomes of a number that another user has: both keep it, or the first owner does. */
  readonly phoneConflict: 'keep-both' | 'reject'
  readonly users: readonly ImportedUser[]
}

export interface ImportedOutcome {
  readonly userId: string
  /** `joined`: an openid of somebody who was known by the unionid. `known`: it was there; what was missing was added. */
  readonly status: 'created' | 'joined' | 'known'
  /**
   * `kept`: the user had a number here, which is newer. `taken`: another user has it. `withdrawn`: the user withdrew the
   * consent to it here. `null`: the file names none.
   */
  readonly phone: 'bound' | 'kept' | 'taken' | 'withdrawn' | null
}

/** As many outcomes as users, in their order. Repeated, it finds everybody there and changes nothing. */
export type ImportUsers = (query: ImportUsersQuery) => Promise<readonly ImportedOutcome[]>

/** First logins of the same people meanwhile. */
const races = 3
/** Commits are made together; more at once would only hold the database longer. */
const atOnce = 64

/**
 * Takes users over from another system: their identities, a number that was proved there, a nickname. Nothing that the
 * server knows already is replaced. Sessions, session_keys and consents are not taken over. A line in the audit log
 * for each call tells how many.
 */
export function createImportUsers({ store, vault, audit, clock, newId }: ImportUsersTools): ImportUsers {
  return async function importUsers({ users, ...query }) {
    const outcomes: ImportedOutcome[] = []
    for (const together of wavesOf(users))
      outcomes.push(...(await Promise.all(together.map(user => importUser(query, user)))))
    const created = outcomes.filter(({ status }) => status === 'created').length
    const phones = outcomes.filter(({ phone }) => phone === 'bound').length
    const details = { users: outcomes.length, created, phones }
    await audit.append({ actor: 'operator', act: 'users-imported', appId: query.appId, subject: null, details })
    return outcomes
  }

  async function importUser(query: Omit<ImportUsersQuery, 'users'>, user: ImportedUser): Promise<ImportedOutcome> {
    const { account, key, status } = await keepIdentity(query.appId, user)
    const phone = await keepPhone(query, user, { account, key })
    await keepNickname(user, { account, key })
    return { userId: account.user.id, status, phone }
  }

  async function keepIdentity(appId: string, { openId, unionId, createdAt }: ImportedUser) {
    for (let race = 0; race < races; race += 1) {
      const known = await store.findIdentity(appId, openId)
      const linked = known || unionId === null ? null : await store.findUserByUnionId(unionId)
      const account = known ?? (linked && (await store.findAccount(linked.id)))
      const person = account ? { account, key: () => vault.openUserKey(account.user) } : newUser(createdAt)
      const { id, wrappedKey } = person.account.user
      const create = account ? null : { wrappedKey }
      const now = person.account.user.createdAt
      const outcome = await store.recordIdentity({ now, appId, openId, unionId, user: { id, create } })
      if (outcome === 'recorded')
        return { ...person, status: known ? ('known' as const) : account ? ('joined' as const) : ('created' as const) }
    }
    throw new StorageFault('busy')
  }

  function newUser(createdAt: number | null): Person {
    const id = newId()
    const { key, wrapped } = vault.createUserKey(id)
    const user = { id, wrappedKey: wrapped, createdAt: createdAt ?? clock.now() }
    return { account: { user, phone: null, profile: { sealedNickname: null, avatarKey: null } }, key: () => key }
  }

  async function keepPhone(
    { appId, appIds, phoneConflict }: Omit<ImportUsersQuery, 'users'>,
    { phone }: ImportedUser,
    { account, key }: Person,
  ): Promise<ImportedOutcome['phone']> {
    if (!phone) return null
    if (account.phone) return 'kept'
    const { number, ...proof } = phone
    const id = newId()
    const indexes = () => appIds.flatMap(one => vault.blindIndexes(one, number))
    const outcome = await store.recordPhone({
      now: clock.now(),
      // Whoever has ever withdrawn it here has said no later than the other system heard yes.
      askedAt: 0,
      appId,
      userId: account.user.id,
      phone: {
        ...proof,
        id,
        sealedNumber: key().seal(number, phonePlace(id)),
        blindIndex: vault.blindIndex(appId, number),
      },
      sameAs: null,
      conflict: phoneConflict === 'reject' ? { rule: 'reject', indexes: indexes() } : { rule: 'keep-both' },
      claims: [],
    })
    if (outcome.status === 'taken' || outcome.status === 'withdrawn') return outcome.status
    return outcome.status === 'bound' ? 'bound' : 'kept'
  }

  async function keepNickname({ nickname }: ImportedUser, { account, key }: Person): Promise<void> {
    const name = account.profile.sealedNickname ? null : nickname && tidyNickname(nickname)
    if (!name) return
    const userId = account.user.id
    const sealedNickname = key().seal(name, nicknamePlace(userId))
    await store.recordProfile({ now: clock.now(), askedAt: 0, userId, sealedNickname })
  }
}

/** Two lines of one person come one after the other. */
function* wavesOf(users: readonly ImportedUser[]): Generator<readonly ImportedUser[]> {
  let wave: ImportedUser[] = []
  const seen = new Set<string>()
  for (const user of users) {
    const names = [`o ${user.openId}`, ...(user.unionId === null ? [] : [`u ${user.unionId}`])]
    if (wave.length === atOnce || names.some(name => seen.has(name))) {
      yield wave
      wave = []
      seen.clear()
    }
    wave.push(user)
    for (const name of names) seen.add(name)
  }
  if (wave.length > 0) yield wave
}

interface Person {
  readonly account: AccountRow
  readonly key: () => UserKey
}
