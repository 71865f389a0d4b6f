import type { ConsentRow, ConsentStore, WithdrawConsent } from '../../ports/consent-store.ts'

export interface ConsentsTools {
  isLive(userId: string): boolean
  /** True when there was something to remove. */
  removePhones(userId: string): boolean
  /** The same. */
  removeProfile(userId: string, now: number): boolean
}

interface Line extends ConsentRow {
  readonly attempt: Uint8Array
}

export interface Consents {
  readonly store: ConsentStore
  /** Adds a withdrawal when the last line gave the consent, at `until` or before. */
  withdrawGiven(input: WithdrawConsent, until: number): boolean
}

/** The history of consents. */
export function createConsents({ isLive, removePhones, removeProfile }: ConsentsTools): Consents {
  /** The newest first. */
  const lines = new Map<string, readonly Line[]>()
  const linesOf = (userId: string) => lines.get(userId) ?? []

  function add(userId: string, line: Line): ConsentRow {
    lines.set(userId, [line, ...linesOf(userId)])
    return rowOf(line)
  }

  const store: ConsentStore = {
    async recordConsent({ now, userId, ...input }) {
      if (!isLive(userId)) return null
      const same = linesOf(userId).find(({ attempt }) => Buffer.from(attempt).equals(input.attempt))
      return same ? rowOf(same) : add(userId, { ...input, status: 'given', at: now })
    },
    async withdrawConsent({ now, userId, appId, scope, attempt }) {
      if (!isLive(userId)) return null
      const phones = scope !== 'profile' && removePhones(userId)
      const profile = scope !== 'phone' && removeProfile(userId, now)
      const last = linesOf(userId).find(line => line.appId === appId && line.scope === scope)
      if (last?.status === 'withdrawn' && !phones && !profile) return rowOf(last)
      const { version, textHash } = last ?? { version: null, textHash: null }
      return add(userId, { appId, scope, status: 'withdrawn', version, textHash, attempt, at: now })
    },
    async consentsOf(userId) {
      return linesOf(userId).map(rowOf)
    },
  }

  return {
    store,
    withdrawGiven({ now, userId, appId, scope, attempt }, until) {
      const last = linesOf(userId).find(line => line.appId === appId && line.scope === scope)
      if (last?.status !== 'given' || last.at > until) return false
      add(userId, { ...rowOf(last), status: 'withdrawn', attempt, at: now })
      return true
    },
  }
}

function rowOf({ attempt: _, ...row }: Line): ConsentRow {
  return row
}
