import { type Legacy, type LegacyPolicy, readLegacy } from './legacy-policy.ts'
import { type Push, type PushPolicy, readPushPolicy } from './push-policy.ts'
import { readSmsPolicy, type Sms, type SmsPolicy } from './sms-policy.ts'

/**
 * - `off`: no session_key is stored, phones come by code only;
 * - `enforce`: a ciphertext counts only when WeChat confirms it (checkEncryptedData);
 * - `monitor`: WeChat is asked, a doubt is reported but does not refuse;
 * - `unchecked`: WeChat is not asked. AES-CBC has no integrity of its own: choose this for tests only.
 */
export type OpenDataPolicy = 'off' | 'enforce' | 'monitor' | 'unchecked'

/**
 * What happens when a number is already the current one of another user of the server:
 * - `keep-both`: both have it;
 * - `reject`: the first owner keeps it (`phone_taken`);
 * - `transfer`: it goes to whoever proved it last, and is history with the former owner. Refused (`phone_cooling`) while
 *   the former owner's proof is younger than `phoneCoolDownMs`.
 */
export type PhoneConflict = 'keep-both' | 'reject' | 'transfer'

/** One mini program that the server serves. */
export interface AppPolicy extends SmsPolicy {
  readonly appId: string
  /** For people; not shown to users. */
  readonly name?: string
  /** The encryptedData way. Default `off`. */
  readonly openData?: OpenDataPolicy
  /** Default `keep-both`: a phone is an attribute, not a key to an account. */
  readonly phoneConflict?: PhoneConflict
  /**
   * For `phoneConflict: 'transfer'`: how long after its owner proved it a number stays with them, 1 hour to 366 days in
   * milliseconds. Default 45 days: carriers let a number rest for at least as long before somebody else gets it
   * (47 CFR 52.15), so a younger proof means that it was not recycled.
   */
  readonly phoneCoolDownMs?: number
  /**
   * Phone codes that are exchanged in a day (of Beijing): WeChat charges for each. An event alarms at 80 % and at the
   * end. Default `null`: no ceiling.
   */
  readonly phoneBudget?: number | null
  /**
   * Version of the text that users must have agreed to (`POST /v1/consents`) before a phone or a profile is taken, 1 to
   * 64 characters of `[A-Za-z0-9._-]`. Default `null`: nothing is asked for.
   */
  readonly consentVersion?: string | null
  /** Message push of WeChat, to `/v1/wechat/push/{appId}`: what users take back is erased. Default: none is taken. */
  readonly push?: PushPolicy
  /**
   * App id of the third-party platform that acts for the app, one of the server's `components`; then it has no `push` of
   * its own. Default `null`: the server has the secret of the app.
   */
  readonly component?: string | null
  /** Old wire formats. Default: none. Read docs/sources.md before you switch one on. Needs `openData`. */
  readonly legacy?: LegacyPolicy
}

/** A policy with its defaults filled in. */
export interface App extends Required<Omit<AppPolicy, 'legacy' | 'push' | keyof SmsPolicy>>, Sms {
  readonly push: Push | null
  readonly legacy: Legacy | null
}

/** The mini programs of this server, by app id. The server's own changes in place: ask it each time. */
export type Apps = ReadonlyMap<string, App>

const openDataPolicies: readonly unknown[] = ['off', 'enforce', 'monitor', 'unchecked'] satisfies OpenDataPolicy[]
const phoneConflicts: readonly unknown[] = ['keep-both', 'reject', 'transfer'] satisfies PhoneConflict[]
const hour = 60 * 60_000
const day = 24 * hour

/**
 * Checks the policies and fills in their defaults.
 *
 * @throws TypeError `"apps[0].appId" must be …`.
 *
 * @example
 * readApps([{ appId: 'wx0000000000000001' }]).get('wx0000000000000001')?.openData // 'off'
 */
export function readApps(policies: readonly AppPolicy[]): Apps {
  if (!Array.isArray(policies)) throw new TypeError('"apps" must be a list of mini programs')
  const apps = new Map<string, App>()
  for (const [index, policy] of policies.entries()) {
    const app = readApp(policy, `apps[${index}]`)
    if (apps.has(app.appId)) throw new TypeError(`"apps[${index}].appId" must be unique`)
    apps.set(app.appId, app)
  }
  return apps
}

/** One policy; `at` is where it was given. */
export function readApp(policy: AppPolicy, at: string): App {
  const { appId, name = '', openData = 'off', phoneConflict = 'keep-both' } = policy
  const { phoneBudget = null, consentVersion = null, phoneCoolDownMs = 45 * day } = policy
  if (typeof appId !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(appId))
    throw new TypeError(`"${at}.appId" must be 1 to 64 characters of A-Z a-z 0-9 _ -`)
  if (consentVersion !== null && !(typeof consentVersion === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(consentVersion)))
    throw new TypeError(`"${at}.consentVersion" must be 1 to 64 characters of A-Z a-z 0-9 . _ -`)
  if (typeof name !== 'string') throw new TypeError(`"${at}.name" must be text`)
  if (!openDataPolicies.includes(openData))
    throw new TypeError(`"${at}.openData" must be one of ${openDataPolicies.join(', ')}`)
  if (!phoneConflicts.includes(phoneConflict))
    throw new TypeError(`"${at}.phoneConflict" must be one of ${phoneConflicts.join(', ')}`)
  if (!Number.isSafeInteger(phoneCoolDownMs) || phoneCoolDownMs < hour || phoneCoolDownMs > 366 * day)
    throw new TypeError(`"${at}.phoneCoolDownMs" must be a whole number from ${hour} to ${366 * day}`)
  if (phoneBudget !== null && !(Number.isSafeInteger(phoneBudget) && phoneBudget >= 0))
    throw new TypeError(`"${at}.phoneBudget" must be a whole number, 0 or more, or null`)
  const legacy = readLegacy(policy.legacy, `${at}.legacy`)
  if (legacy && openData === 'off')
    throw new TypeError(`"${at}.openData" must not be off with "legacy": old pages send ciphertexts`)
  const phones = { phoneConflict, phoneCoolDownMs, phoneBudget }
  const push = readPushPolicy(policy.push, `${at}.push`)
  const { component = null } = policy
  if (component !== null && !(typeof component === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(component)))
    throw new TypeError(`"${at}.component" must be the app id of one of "components"`)
  if (component !== null && push)
    throw new TypeError(`"${at}.push" must be left out: messages come to the third-party platform "component"`)
  return { appId, name, openData, ...phones, consentVersion, component, legacy, push, ...readSmsPolicy(policy, at) }
}
