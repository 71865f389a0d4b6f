import type { ConsentScope } from '@weapp-auth/protocol/contract'
import type { Apps } from '../domain/app-policy.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Store } from '../ports/store.ts'
import type { Session } from './session.ts'

export interface RequireConsentTools {
  readonly apps: Apps
  readonly store: Store
}

export type RequireConsent = (session: Session, scope: Exclude<ConsentScope, 'privacy'>) => Promise<void>

/**
 * Lets a phone or a profile pass when the app names no version of its text, or the user agreed to that version. Of the
 * lines of the scope and of `privacy` in this app the newest counts. Throws ProblemError consent_required.
 */
export function createRequireConsent({ apps, store }: RequireConsentTools): RequireConsent {
  return async function requireConsent({ appId, userId }, scope) {
    const version = apps.get(appId)?.consentVersion ?? null
    if (version === null) return
    const newest = await store.newestConsent(userId, appId, scope)
    if (newest?.status === 'given' && newest.version === version) return
    throw new ProblemError('consent_required', { field: scope, detail: `version ${version}` })
  }
}
