import type { ConsentRow, ConsentStore } from '../../ports/consent-store.ts'

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

/** The history of consents. */
export function createConsents({ isLive, removePhones, removeProfile }: ConsentsTools): ConsentStore {
  /** The newest first. */
  const lines = new Map<string, readonly Line[]>()
  const linesOf = (userId: string) => lines.get(userId) ?? []

  function add(userId: string, line: Line): ConsentRow {
    lines.set(userId, [line, ...linesOf(userId)])
    return rowOf(line)
  }

  return {
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
}

function rowOf({ attempt: _, ...row }: Line): ConsentRow {
  return row
}
