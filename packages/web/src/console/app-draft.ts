import type { OperatorApp, OperatorAppPolicy } from '@weapp-auth/protocol/contract'

/** A mini program as a form holds it: texts, empty where nothing is set. */
export interface AppDraft {
  appId: string
  secret: string
  name: string
  openData: OperatorAppPolicy['openData']
  phoneConflict: OperatorAppPolicy['phoneConflict']
  coolDownHours: string
  phoneBudget: string
  consentVersion: string
  sms: 'off' | 'on'
  pushToken: string
  pushKey: string
  /** Old formats that are served, such as `003b`. */
  legacy: string[]
}

/** What a change of an app may say; `null` goes back to the default. */
export interface AppChange {
  readonly [field: string]: unknown
}

const hour = 3_600_000

/** The form of an app, or an empty one. Secrets are never in it: they only go in. */
export function draftOf(app: OperatorApp | undefined): AppDraft {
  const policy = app?.policy
  return {
    appId: app?.appId ?? '',
    secret: '',
    name: policy?.name ?? '',
    openData: policy?.openData ?? 'off',
    phoneConflict: policy?.phoneConflict ?? 'keep-both',
    coolDownHours: policy ? String(policy.phoneCoolDownMs / hour) : '',
    phoneBudget: policy?.phoneBudget?.toString() ?? '',
    consentVersion: policy?.consentVersion ?? '',
    sms: policy?.sms ?? 'off',
    pushToken: '',
    pushKey: '',
    legacy: [...new Set(policy?.legacy?.doors.map(({ format }) => format))].sort(),
  }
}

/**
 * Only what differs; what was emptied is `null`. Old formats keep the paths and the header that `app` has.
 *
 * @example
 * changesOf(draftOf(app), { ...draftOf(app), phoneBudget: '500' }, app) // { phoneBudget: 500 }
 */
export function changesOf(before: AppDraft, after: AppDraft, app?: OperatorApp): AppChange {
  const changes: Record<string, unknown> = {}
  for (const field of ['name', 'openData', 'phoneConflict', 'consentVersion', 'sms'] as const)
    if (after[field] !== before[field]) changes[field] = after[field].trim() || null
  const budget = after.phoneBudget.trim()
  if (budget !== before.phoneBudget) changes.phoneBudget = budget === '' ? null : Number(budget)
  const hours = after.coolDownHours.trim()
  if (hours !== before.coolDownHours) changes.phoneCoolDownMs = hours === '' ? null : Number(hours) * hour
  if (after.secret.trim()) changes.secret = after.secret.trim()
  const token = after.pushToken.trim()
  const encodingAesKey = after.pushKey.trim()
  if (token) changes.push = { token, ...(encodingAesKey && { encodingAesKey }) }
  if ([...after.legacy].sort().join() !== before.legacy.join()) changes.legacy = legacyOf(after.legacy, app)
  return changes
}

function legacyOf(chosen: readonly string[], app: OperatorApp | undefined): object | null {
  if (chosen.length === 0) return null
  const formats = [...chosen].sort()
  const known = app?.policy?.legacy
  if (!known) return { formats }
  const kept = known.doors.filter(({ format }) => chosen.includes(format))
  const paths = Object.fromEntries(
    kept.map(({ format }) => {
      const own = kept.filter(door => door.format === format)
      return [format, Object.fromEntries(own.map(({ step, path }) => [step, path]))]
    }),
  )
  // Pages of 002 and 003a prove themselves with the openid: with them it is never given away.
  const mayExpose = !chosen.includes('002') && !chosen.includes('003a')
  return { formats, paths, tokenHeader: known.tokenHeader, exposeOpenId: known.exposeOpenId && mayExpose }
}
