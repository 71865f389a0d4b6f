import type {
  Consent,
  ConsentAnswer,
  ConsentRequest,
  ConsentScope,
  ConsentsAnswer,
} from '@weapp-auth/protocol/contract'
import { consentLines, listedRows } from '../domain/limits.ts'
import { isoTime } from '../domain/phone-answer.ts'
import { ProblemError, RateLimited } from '../domain/problem-error.ts'
import { digest } from '../keys/digest.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConsentRow } from '../ports/consent-store.ts'
import type { Limiter } from '../ports/limiter.ts'
import type { Observe } from '../ports/observer.ts'
import type { Page } from '../ports/page.ts'
import type { Random } from '../ports/random.ts'
import type { Store } from '../ports/store.ts'
import type { Audit } from './audit.ts'
import type { AvatarFiles } from './avatar-files.ts'
import { nextOf } from './read-pages.ts'
import type { Session } from './session.ts'

export interface KeepConsentsTools {
  readonly store: Store
  readonly avatarFiles: AvatarFiles
  readonly audit: Audit
  readonly limiter: Limiter
  readonly clock: Clock
  readonly random: Random
  readonly tell: Observe
}

interface ConsentCaller {
  readonly session: Session
  readonly requestId: string
}

/** What the user agrees to, and takes back. Both throw RateLimited. */
export interface KeepConsents {
  give(input: ConsentRequest & ConsentCaller): Promise<ConsentAnswer>
  /**
   * Takes a consent back, also one that was never given here, and erases what it allowed: the phone numbers with their
   * history, nickname and avatar, or for `privacy` both. Doing it twice is the same as once.
   */
  withdraw(input: ConsentCaller & { readonly scope: ConsentScope }): Promise<ConsentAnswer>
  /** The newest first; `after` is `next` of the page before, and a page has 100 lines unless told otherwise. */
  list(session: Session, page: Page): Promise<ConsentsAnswer>
}

/** Where a page of the history ends. */
export function consentKey({ attempt }: ConsentRow): string {
  return Buffer.from(attempt).toString('hex')
}

/** A line of the history as its user reads it. */
export function consentAnswer({ at, attempt: _, ...row }: ConsentRow): Consent {
  return { ...row, at: isoTime(at) }
}

export function createKeepConsents({
  store,
  avatarFiles,
  audit,
  limiter,
  clock,
  random,
  tell,
}: KeepConsentsTools): KeepConsents {
  async function count(kind: ConsentRow['status'], userId: string): Promise<void> {
    const taken = await limiter.take(`consent ${kind} ${userId}`, consentLines, clock.now())
    if (taken.status === 'refused') throw new RateLimited('consents', consentLines, taken.retryAfterMs)
  }

  function written(row: ConsentRow | null, now: number, caller: ConsentCaller): ConsentAnswer {
    if (!row) throw new ProblemError('token_invalid')
    const { appId, scope, status, version, at } = row
    const { requestId, session } = caller
    const { userId } = session
    tell({ type: 'consent-recorded', requestId, appId, userId, scope, status, version, repeated: at !== now })
    return { consent: consentAnswer(row) }
  }

  return {
    async give({ scope, version, textHash = null, nonce, ...caller }) {
      const { appId, userId } = caller.session
      await count('given', userId)
      const attempt = digest('consent', nonce)
      const now = clock.now()
      const row = await store.recordConsent({ now, userId, appId, scope, version, textHash, attempt })
      return written(row, now, caller)
    },
    async withdraw({ scope, ...caller }) {
      const { appId, userId } = caller.session
      await count('withdrawn', userId)
      const before = scope === 'phone' ? null : await store.findAccount(userId)
      const attempt = random.bytes(32)
      const now = clock.now()
      const row = await store.withdrawConsent({ now, userId, appId, scope, attempt })
      // An older line: it was withdrawn before, and nothing was there to erase.
      if (row?.at === now)
        await audit.append({ actor: 'user', act: 'consent-withdrawn', appId, subject: userId, details: { scope } })
      await avatarFiles.remove(before?.profile.avatarKey ?? null)
      return written(row, now, caller)
    },
    async list({ userId }, { after = null, limit = listedRows }) {
      const rows = await store.consentsOf(userId, { after, limit })
      return { consents: rows.map(consentAnswer), next: nextOf(rows, limit, consentKey) }
    },
  }
}
