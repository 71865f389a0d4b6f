import type { Device } from '@weapp-auth/protocol/contract'
import { limits, listedRows } from '../domain/limits.ts'
import { maskNickname } from '../domain/mask-nickname.ts'
import { isoTime } from '../domain/phone-answer.ts'
import type { Vault } from '../keys/vault.ts'
import type { AppUserRow, AppUsersQuery } from '../ports/directory-store.ts'
import type { Store } from '../ports/store.ts'
import type { Audit } from './audit.ts'
import { openPhone } from './open-phone.ts'
import { nicknamePlace } from './open-user.ts'

export interface TellAffectedTools {
  readonly store: Store
  readonly vault: Vault
  readonly audit: Audit
}

/** Whom an incident may have reached. Times are milliseconds since 1970. */
export interface AffectedQuery {
  readonly appId: string
  readonly from: number
  readonly to: number
  /** Only those who had a session alive between the two times. Default false: everybody whose data was there. */
  readonly active?: boolean
  /** Only those with such a session on this kind of device. */
  readonly device?: Device
  /** Only whose session this is. */
  readonly session?: string
  /** Only who has this number now, in E.164. */
  readonly phone?: string
}

/** Somebody who was affected: what is needed to tell them, with the number and the name masked. */
export interface AffectedUser {
  readonly user: string
  readonly openId: string
  readonly since: string
  readonly phone: { readonly masked: string; readonly countryCode: string; readonly verifiedAt: string } | null
  /** Numbers they had before, which are kept as history. */
  readonly formerPhones: number
  readonly nickname: string | null
  readonly avatar: boolean
  readonly sessions: readonly { readonly device: Device; readonly count: number; readonly latestAt: string }[]
}

/** Somebody whose data was there and has been erased since: nothing is known of them any more. */
export interface AffectedErased {
  readonly user: string
  readonly since: string
  readonly erasedAt: string
}

export type TellAffected = (query: AffectedQuery) => AsyncGenerator<readonly (AffectedUser | AffectedErased)[]>

const pageRows = 5 * listedRows

/**
 * Answers who was affected, a page at a time, so that no number of users fills the memory. It is written down before
 * anything is told. Sessions are known until they are swept, {@link limits.sessionIdle} after their last use.
 */
export function createTellAffected({ store, vault, audit }: TellAffectedTools): TellAffected {
  async function* tellAffected(query: AffectedQuery) {
    const { appId, from, to, active = false, device = null, session, phone } = query
    const narrowed = { session: session !== undefined, phone: phone !== undefined }
    const details = { from: isoTime(from), to: isoTime(to), active, device, ...narrowed }
    await audit.append({ actor: 'operator', act: 'affected-listed', appId, subject: null, details })
    const ids = await namedBy(query)
    if (ids) for (const userId of ids) yield* pages(query, { userId })
    else yield* pages(query, { after: null })
    if (!ids && !active && device === null) yield* erasedSince(query)
  }

  /** Whom the session or the number names; `null` when nobody in particular is asked for. */
  async function namedBy({ appId, session, phone }: AffectedQuery): Promise<readonly string[] | null> {
    if (session !== undefined) return [(await store.findAccountOfSession(session))?.user.id ?? ''].filter(id => id)
    return phone === undefined ? null : store.usersWithPhone(vault.blindIndexes(appId, phone), listedRows)
  }

  async function* pages(query: AffectedQuery, who: AppUsersQuery['who']) {
    const { appId, from, to, active = false, device } = query
    const isWanted = ({ sessions }: AppUserRow) =>
      device === undefined ? !active || sessions.length > 0 : sessions.some(one => one.device === device)
    let next: AppUsersQuery['who'] | null = who
    while (next) {
      const rows: readonly AppUserRow[] = await store.usersOfApp({ appId, from, to, who: next, limit: pageRows })
      const last = rows.at(-1)
      next = last && rows.length === pageRows && 'after' in who ? { after: last.openId } : null
      const told = rows.filter(isWanted).map(tell)
      if (told.length > 0) yield told
    }
  }

  function tell({ user, openId, phone, profile, formerPhones, sessions }: AppUserRow): AffectedUser {
    const key = phone || profile.sealedNickname ? vault.openUserKey(user) : null
    const opened = key && phone && openPhone(key, phone)
    const nickname = key && profile.sealedNickname && key.open(profile.sealedNickname, nicknamePlace(user.id))
    return {
      user: user.id,
      openId,
      since: isoTime(user.createdAt),
      phone: opened && { masked: opened.masked, countryCode: opened.countryCode, verifiedAt: opened.verifiedAt },
      formerPhones,
      nickname: nickname && maskNickname(nickname),
      avatar: profile.avatarKey !== null,
      sessions: sessions.map(({ device, count, latestAt }) => ({ device, count, latestAt: isoTime(latestAt) })),
    }
  }

  /** The audit log knows them: an erased user has no mini program any more. One that no app is named for may be of any. */
  async function* erasedSince({ appId, from, to }: AffectedQuery) {
    const seen = new Set<string>()
    for await (const { act, subject, appId: ofApp } of linesSince(from)) {
      const isErasure = act === 'user-erased' || act === 'account-cancelled'
      if (!isErasure || subject === null || seen.has(subject) || (ofApp !== null && ofApp !== appId)) continue
      seen.add(subject)
      const found = await store.findDirectoryUser(subject)
      if (!found || found.goneAt === null || found.goneAt < from || found.createdAt > to) continue
      yield [{ user: subject, since: isoTime(found.createdAt), erasedAt: isoTime(found.goneAt) }]
    }
  }

  async function* linesSince(from: number) {
    let before: number | null = null
    for (;;) {
      const lines = await store.auditBefore({ before, subject: null, limit: listedRows })
      for (const line of lines) {
        if (line.at < from) return
        before = line.seq
        yield line
      }
      if (lines.length < listedRows) return
    }
  }

  return tellAffected
}
