import type { ConsentRow, ConsentStore, WithdrawConsent } from '../../ports/consent-store.ts'
import { hex } from './hex.ts'
import { pageOf } from './page-of.ts'

export interface ConsentsTools {
  isLive(userId: string): boolean
  /** True when there was something to remove. */
  removePhones(userId: string): boolean
  /** The same. */
  removeProfile(userId: string, now: number): boolean
  closeMergesOf(userId: string, now: number): void
}

export interface Line extends ConsentRow {
  /** The order of all lines. */
  readonly order: number
}

export interface Consents {
  /** True when the consent to this or to the whole was withdrawn after `at`. */
  isWithdrawnSince(userId: string, scope: 'phone' | 'profile', at: number): boolean
  readonly store: ConsentStore
  /** Adds a withdrawal when the last line gave the consent, at `until` or before. */
  withdrawGiven(input: WithdrawConsent, until: number): boolean
  /** Moves lines to another user, except those whose attempt that one has too; answers what moved. */
  move(from: string, to: string): readonly Line[]
  giveBack(from: string, to: string, moved: readonly Line[]): void
}

/** The history of consents. */
export function createConsents({ isLive, removePhones, removeProfile, closeMergesOf }: ConsentsTools): Consents {
  /** The newest first. */
  const lines = new Map<string, readonly Line[]>()
  const linesOf = (userId: string) => lines.get(userId) ?? []

  let latest = 0

  function add(userId: string, row: Omit<Line, 'order'>): ConsentRow {
    latest += 1
    const line = { ...row, order: latest }
    lines.set(userId, [line, ...linesOf(userId)])
    return rowOf(line)
  }

  function shift(from: string, to: string, moved: readonly Line[]): void {
    lines.set(
      from,
      linesOf(from).filter(line => !moved.includes(line)),
    )
    lines.set(
      to,
      [...linesOf(to), ...moved].sort((a, b) => b.order - a.order),
    )
  }

  const store: ConsentStore = {
    async recordConsent({ now, userId, ...input }) {
      if (!isLive(userId)) return null
      const same = linesOf(userId).find(({ attempt }) => Buffer.from(attempt).equals(input.attempt))
      return same ? rowOf(same) : add(userId, { ...input, status: 'given', at: now })
    },
    async withdrawConsent({ now, userId, appId, scope, attempt }) {
      if (!isLive(userId)) return null
      closeMergesOf(userId, now)
      const phones = scope !== 'profile' && removePhones(userId)
      const profile = scope !== 'phone' && removeProfile(userId, now)
      const last = linesOf(userId).find(line => line.appId === appId && line.scope === scope)
      if (last?.status === 'withdrawn' && !phones && !profile) return rowOf(last)
      const { version, textHash } = last ?? { version: null, textHash: null }
      return add(userId, { appId, scope, status: 'withdrawn', version, textHash, attempt, at: now })
    },
    async newestConsent(userId, appId, scope) {
      const counts = (line: Line) => line.appId === appId && (line.scope === scope || line.scope === 'privacy')
      const newest = linesOf(userId).find(counts)
      return newest ? rowOf(newest) : null
    },
    async consentsOf(userId, page) {
      return pageOf(linesOf(userId), ({ attempt }) => hex(attempt), page).map(rowOf)
    },
    async consentLinesAfter(row, limit) {
      const all = [...lines].flatMap(([userId, own]) =>
        own.map(({ order, ...line }) => ({ ...line, row: order, userId })),
      )
      const behind = all.filter(line => line.row > row)
      return behind.sort((a, b) => a.row - b.row).slice(0, limit)
    },
  }

  return {
    store,
    isWithdrawnSince: (userId, scope, at) =>
      linesOf(userId).some(
        line => line.status === 'withdrawn' && (line.scope === scope || line.scope === 'privacy') && line.at > at,
      ),
    move(from, to) {
      const known = new Set(linesOf(to).map(({ attempt }) => hex(attempt)))
      const moved = linesOf(from).filter(({ attempt }) => !known.has(hex(attempt)))
      shift(from, to, moved)
      return moved
    },
    giveBack: shift,
    withdrawGiven({ now, userId, appId, scope, attempt }, until) {
      const last = linesOf(userId).find(line => line.appId === appId && line.scope === scope)
      if (last?.status !== 'given' || last.at > until) return false
      add(userId, { ...rowOf(last), status: 'withdrawn', attempt, at: now })
      return true
    },
  }
}

function rowOf({ order: _, ...row }: Line): ConsentRow {
  return row
}
