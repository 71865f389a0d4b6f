import type { Device } from '@weapp-auth/protocol/contract'
import type { AccountRow } from './account-store.ts'

/** A user in the list of all of them, live or gone. */
export interface DirectoryUser {
  readonly id: string
  readonly createdAt: number
  /** When they were erased or merged; `null` for live users. */
  readonly goneAt: number | null
  /** Who they are now, if they were merged. */
  readonly mergedInto: string | null
}

/** Who is asked for: users of one mini program who were there by `to`, and what they did from `from` on. */
export interface AppUsersQuery {
  readonly appId: string
  readonly from: number
  readonly to: number
  /** One user, or all: those behind this openid; `null`: from the first. */
  readonly who: { readonly userId: string } | { readonly after: string | null }
  readonly limit: number
}

/** A user of one mini program. */
export interface AppUserRow extends AccountRow {
  /** Where the next page begins; of several openids of a merged user the first. */
  readonly openId: string
  /** How many numbers they had before. */
  readonly formerPhones: number
  /** Sessions in this mini program that were alive at some time between `from` and `to`, as far as they were not swept. */
  readonly sessions: readonly AppSessions[]
}

/** Sessions of one user on one kind of device. */
export interface AppSessions {
  readonly device: Device
  readonly count: number
  /** When the latest of them began. */
  readonly latestAt: number
}

/** Users as operators look for them. Every question is answered from an index, and none is longer than its limit. */
export interface DirectoryStore {
  /** The newest first, those who are gone among them: the ids behind `before`, which need not exist; `null`: from the newest. */
  listUsers(before: string | null, limit: number): Promise<readonly DirectoryUser[]>
  /** `null` for an id that nobody ever had. */
  findDirectoryUser(userId: string): Promise<DirectoryUser | null>
  /** Ids of users whose current number has one of these blind indexes, each once, by id. */
  usersWithPhone(blindIndexes: readonly Uint8Array[], limit: number): Promise<readonly string[]>
  /** Each user once, by openid; a user who was erased or merged is not there. */
  usersOfApp(query: AppUsersQuery): Promise<readonly AppUserRow[]>
}
