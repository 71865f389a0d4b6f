import { revokeInfo } from '@weapp-auth/protocol/wechat'
import { invalidValue } from '../platform/emulator-refusal.ts'
import type { Platform } from '../platform/platform.ts'
import { optional, readNonEmpty, readObject, readOneOf, readText } from '../platform/read-value.ts'
import type { FullPushSettings } from './push-settings.ts'

/** What WeChat tells about a user's authorization ("安全指引", 授权用户信息变更). */
export type PushEvent =
  /** The platform cleaned a risky nickname or avatar. */
  | {
      readonly event: 'user_info_modified'
      readonly personId: string /** As some receive it. */
      readonly withoutOpenId?: boolean
    }
  /** The user takes an authorization back: exactly this kind of data must be deleted. */
  | {
      readonly event: 'user_authorization_revoke'
      readonly personId: string
      /** Number of the kind of data, such as `8`, the phone number; several separated by commas (not documented). */
      readonly revokeInfo: string
      /** When it was given to a plugin. */
      readonly pluginId?: string
      readonly openPid?: string
    }
  /** The user closed the WeChat account. */
  | { readonly event: 'user_authorization_cancellation'; readonly personId: string }

const EVENTS = ['user_info_modified', 'user_authorization_revoke', 'user_authorization_cancellation'] as const

/** @throws EmulatorRefusal that names the bad field */
export function readPushEvent(value: unknown, field = 'event'): PushEvent {
  const given = readObject(value, field)
  const event = readOneOf(given.event, `${field}.event`, EVENTS)
  const personId = readNonEmpty(given.personId, `${field}.personId`)
  if (event === 'user_info_modified') return { event, personId, withoutOpenId: given.withoutOpenId === true }
  if (event === 'user_authorization_cancellation') return { event, personId }
  const pluginId = optional(given.pluginId, id => readPlain(id, `${field}.pluginId`))
  const openPid = optional(given.openPid, id => readPlain(id, `${field}.openPid`))
  return {
    event,
    personId,
    revokeInfo: readRevokeInfo(given.revokeInfo, `${field}.revokeInfo`),
    ...(pluginId === undefined ? {} : { pluginId }),
    ...(openPid === undefined ? {} : { openPid }),
  }
}

function readRevokeInfo(value: unknown, field: string): string {
  const known = Object.keys(revokeInfo)
  if (typeof value === 'string' && value.split(',').every(kind => known.includes(kind))) return value
  const list = known.join(', ')
  throw invalidValue(field, { zh: `这些编号的字符串：${list}`, en: `a text with numbers of ${list}` })
}

function readPlain(value: unknown, field: string): string {
  return readText(value, field, /^[\w-]{1,64}$/, { zh: '字母、数字、"_" 或 "-"', en: 'letters, digits, "_" or "-"' })
}

/** The message that is pushed, in the order of the official samples. */
export type PushFields = Readonly<Record<string, string | number>>

/** Turns the event into WeChat's fields; a push makes the person known to the app. */
export function fieldsOf(
  { state, clock, derive }: Platform,
  appId: string,
  event: PushEvent,
  keys: FullPushSettings['keys'],
): PushFields {
  const use = { appId, personId: event.personId }
  const unionId = state.directory.unionId(use)
  const withoutOpenId = event.event === 'user_info_modified' && event.withoutOpenId
  const { revokeInfo, pluginId, openPid } = { revokeInfo: undefined, pluginId: undefined, openPid: undefined, ...event }
  const fields = {
    ToUserName: originalIdOf(derive, appId),
    FromUserName: serviceIdOf(derive, appId),
    CreateTime: Math.floor(clock.now() / 1000),
    MsgType: 'event',
    Event: event.event,
    OpenID: withoutOpenId ? undefined : state.directory.openId(use),
    UnionID: unionId ?? undefined,
    AppID: appId,
    RevokeInfo: revokeInfo,
    PluginID: pluginId,
    OpenPID: openPid,
  }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[spell(key, keys), value] as const])),
  )
}

const SPACED = new Set(['OpenID', 'AppID', 'RevokeInfo'])
const LOWER = new Set(['OpenID', 'AppID'])

function spell(key: string, keys: FullPushSettings['keys']): string {
  if (keys === 'leading-space' && SPACED.has(key)) return ` ${key}`
  return keys === 'lower-case' && LOWER.has(key) ? key.toLowerCase() : key
}

/** `gh_` and twelve hex digits: the user name of the mini program itself. */
function originalIdOf(derive: Platform['derive'], appId: string): string {
  return `gh_${derive.hex(`original id ${appId}`, 12)}`
}

/** The push service of the app: the same sender for every user (which is why it is no key for finding duplicates). */
function serviceIdOf(derive: Platform['derive'], appId: string): string {
  return `o${derive.text(`push service ${appId}`, 27)}`
}
