import { exportedRows } from '../domain/limits.ts'
import { maskNickname } from '../domain/mask-nickname.ts'
import { isoTime } from '../domain/phone-answer.ts'
import type { Vault } from '../keys/vault.ts'
import type { AccountRow } from '../ports/account-store.ts'
import type { EventLoop } from '../ports/event-loop.ts'
import type { ExportRow } from '../ports/export-store.ts'
import type { Store } from '../ports/store.ts'
import { openPhone } from './open-phone.ts'
import { nicknamePlace } from './open-user.ts'

export interface ReadExportedTools {
  readonly store: Store
  readonly vault: Vault
  readonly loop: Pick<EventLoop, 'afterTurn'>
}

export type ExportCells = readonly (string | null)[]

/** The rows of an export, a page of the store at a time; its headings come first. */
export type ReadExported = (what: ExportRow) => AsyncGenerator<readonly ExportCells[], void>

const headings = {
  users: ['id', 'created_at', 'phone', 'country_code', 'phone_source', 'phone_verified_at', 'nickname'],
  audit: ['seq', 'at', 'actor', 'act', 'app_id', 'subject', 'details', 'hash'],
  consents: ['user_id', 'app_id', 'scope', 'status', 'version', 'text_hash', 'at'],
} as const satisfies Readonly<Record<ExportRow['kind'], readonly string[]>>

export function createReadExported({ store, vault, loop }: ReadExportedTools): ReadExported {
  /** Page behind page, each from where the last ended; none is empty. Whoever waits meanwhile has their turn after each. */
  async function* pages<Row, Place>(
    read: (after: Place | null, limit: number) => Promise<readonly Row[]>,
    placeOf: (row: Row) => Place,
  ): AsyncGenerator<readonly Row[], void> {
    let after: Place | null = null
    do {
      const page: readonly Row[] = await read(after, exportedRows)
      const last = page.at(-1)
      if (last === undefined) return
      yield page
      await new Promise<void>(resolve => loop.afterTurn(resolve))
      after = page.length < exportedRows ? null : placeOf(last)
    } while (after !== null)
  }

  function userCells({ user, phone: row, profile }: AccountRow, { numbers }: ExportRow): ExportCells {
    const { sealedNickname } = profile
    const key = row || sealedNickname ? vault.openUserKey(user) : null
    const phone = row && key && openPhone(key, row)
    const nickname = (sealedNickname && key?.open(sealedNickname, nicknamePlace(user.id))) ?? null
    const shown = numbers === 'full' ? phone?.number : phone?.masked
    const named = nickname && numbers === 'masked' ? maskNickname(nickname) : nickname
    const known = phone ? [phone.countryCode, phone.source, phone.verifiedAt] : [null, null, null]
    return [user.id, isoTime(user.createdAt), shown ?? null, ...known, named]
  }

  async function* everybody(): AsyncGenerator<readonly AccountRow[], void> {
    for await (const page of pages(
      (before: string | null, limit) => store.listUsers(before, limit),
      ({ id }) => id,
    )) {
      const live = page.filter(({ goneAt }) => goneAt === null)
      const accounts = await Promise.all(live.map(({ id }) => store.findAccount(id)))
      yield accounts.filter(account => account !== null)
    }
  }

  const ofApp = (appId: string) =>
    pages(
      (after: string | null, limit) =>
        // Nobody is asked about their sessions.
        store.usersOfApp({ appId, from: farFuture, to: farFuture, who: { after }, limit }),
      ({ openId }) => openId,
    )

  const reads = {
    async *users(what) {
      for await (const page of what.appId === null ? everybody() : ofApp(what.appId))
        yield page.filter(({ user }) => isIn(what, user.createdAt)).map(account => userCells(account, what))
    },
    async *audit(what) {
      const { seq: last } = await store.auditHead()
      const lines = pages(
        (after: number | null, limit) => store.auditAfter(after ?? 0, limit),
        ({ seq }) => seq,
      )
      for await (const page of lines) {
        const wanted = page.filter(line => line.seq <= last && isOf(what, line.appId) && isIn(what, line.at))
        yield wanted.map(({ seq, at, actor, act, appId, subject, details, hash }) => [
          String(seq),
          isoTime(at),
          actor,
          act,
          appId,
          subject,
          details,
          hash,
        ])
        // What is written while it is read, such as the line of this download, is for the next one.
        if (page.some(({ seq }) => seq >= last)) return
      }
    },
    async *consents(what) {
      const lines = pages(
        (after: number | null, limit) => store.consentLinesAfter(after ?? 0, limit),
        ({ row }) => row,
      )
      for await (const page of lines) {
        const wanted = page.filter(({ appId, at }) => isOf(what, appId) && isIn(what, at))
        yield wanted.map(({ userId, appId, scope, status, version, textHash, at }) => [
          userId,
          appId,
          scope,
          status,
          version,
          textHash,
          isoTime(at),
        ])
      }
    },
  } satisfies Readonly<Record<ExportRow['kind'], ReadExported>>

  return async function* readExported(what) {
    yield [headings[what.kind]]
    for await (const rows of reads[what.kind](what)) if (rows.length > 0) yield rows
  }
}

/** 9999, the last year of ISO 8601 with four digits. */
const farFuture = Date.UTC(9999, 0)

function isOf({ appId }: ExportRow, own: string | null): boolean {
  return appId === null || appId === own
}

function isIn({ from, to }: ExportRow, at: number): boolean {
  return (from === null || at >= from) && (to === null || at < to)
}
