import { parsePushBody } from './parse-push-body.ts'
import { revokeInfo } from './revoke-info.ts'

/** What a user may take back: our word for each kind of {@link revokeInfo}. */
export type RevokedKind = (typeof revokeInfo)[keyof typeof revokeInfo]['kind']

/** A change of a user's authorization ("安全指引", 授权用户信息变更), in our words. */
export interface AuthorizationEvent {
  /**
   * `profile-modified`: WeChat cleaned a risky nickname or avatar; `authorization-revoked`: the user takes back what
   * `revoked` names; `account-cancelled`: the user closed the WeChat account.
   */
  readonly event: 'profile-modified' | 'authorization-revoked' | 'account-cancelled'
  /** `null` when WeChat did not name the user, as some receive it. */
  readonly openId: string | null
  /** The app that the event is about; `null` when it is not said. */
  readonly appId: string | null
  /** The plugin to which the user had given the data; then it is not the app's. */
  readonly pluginId: string | null
  /** Milliseconds since 1970; WeChat tells whole seconds. */
  readonly at: number
  /** A kind, or the number of one that has no name yet. Empty but for `authorization-revoked`. */
  readonly revoked: readonly (RevokedKind | `${number}`)[]
}

const events: Readonly<Record<string, AuthorizationEvent['event']>> = {
  user_info_modified: 'profile-modified',
  user_authorization_revoke: 'authorization-revoked',
  user_authorization_cancellation: 'account-cancelled',
}

/**
 * Reads a pushed message; `null` when it is none of the three events, or has no time. Several values of `RevokeInfo` in
 * one event are not documented: every number in it counts, whatever stands between.
 *
 * @example
 * const event = readPushEvent(decryptPush({ encodingAesKey, appId, encrypt }))
 */
export function readPushEvent(message: string): AuthorizationEvent | null {
  const fields = parsePushBody(message)
  const named = fields?.get('event') ?? ''
  const event = Object.hasOwn(events, named) ? events[named] : undefined
  const seconds = fields?.get('createtime') ?? ''
  if (!fields || event === undefined || !/^\d{1,11}$/.test(seconds)) return null
  const text = (name: string) => fields.get(name)?.trim() || null
  return {
    event,
    openId: text('openid'),
    appId: text('appid'),
    pluginId: text('pluginid'),
    at: Number(seconds) * 1000,
    revoked: event === 'authorization-revoked' ? readRevoked(text('revokeinfo') ?? '') : [],
  }
}

const kinds = new Map<string, { readonly kind: RevokedKind }>(Object.entries(revokeInfo))
/** Far more kinds than there are. */
const maxKinds = 64

function readRevoked(info: string): AuthorizationEvent['revoked'] {
  const numbers = info.match(/\d{1,6}/g)?.slice(0, maxKinds) ?? []
  return [...new Set(numbers.map(number => kinds.get(number)?.kind ?? (`${Number(number)}` as const)))]
}
