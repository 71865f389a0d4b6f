import type { OperatorApp, OperatorAppPolicy } from '@weapp-auth/protocol/contract'

/** A mini program as a form holds it: texts, empty where nothing is set. */
export interface AppDraft {
  appId: string
  secret: string
  name: string
  openData: OperatorAppPolicy['openData']
  phoneConflict: OperatorAppPolicy['phoneConflict']
  phoneBudget: string
  consentVersion: string
  sms: 'off' | 'on'
  pushToken: string
  pushKey: string
}

/** What a change of an app may say; `null` goes back to the default. */
export interface AppChange {
  readonly [field: string]: unknown
}

/** The form of an app, or an empty one. Secrets are never in it: they only go in. */
export function draftOf(app: OperatorApp | undefined): AppDraft {
  const policy = app?.policy
  return {
    appId: app?.appId ?? '',
    secret: '',
    name: policy?.name ?? '',
    openData: policy?.openData ?? 'off',
    phoneConflict: policy?.phoneConflict ?? 'keep-both',
    phoneBudget: policy?.phoneBudget?.toString() ?? '',
    consentVersion: policy?.consentVersion ?? '',
    sms: policy?.sms ?? 'off',
    pushToken: '',
    pushKey: '',
  }
}

/**
 * Only what differs; what was emptied is `null`.
 *
 * @example
 * changesOf(draftOf(app), { ...draftOf(app), phoneBudget: '500' }) // { phoneBudget: 500 }
 */
export function changesOf(before: AppDraft, after: AppDraft): AppChange {
  const changes: Record<string, unknown> = {}
  for (const field of ['name', 'openData', 'phoneConflict', 'consentVersion', 'sms'] as const)
    if (after[field] !== before[field]) changes[field] = after[field].trim() || null
  const budget = after.phoneBudget.trim()
  if (budget !== before.phoneBudget) changes.phoneBudget = budget === '' ? null : Number(budget)
  if (after.secret.trim()) changes.secret = after.secret.trim()
  const token = after.pushToken.trim()
  const encodingAesKey = after.pushKey.trim()
  if (token) changes.push = { token, ...(encodingAesKey && { encodingAesKey }) }
  return changes
}
