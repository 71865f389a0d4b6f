import { invalidValue } from '../platform/emulator-refusal.ts'
import { optional, readNonEmpty, readObject, readOneOf, readText } from '../platform/read-value.ts'
import type { ComponentPush } from '../types.ts'

/** Where and how WeChat pushes the events of an app ("消息推送"). */
export interface PushSettings {
  /** With `$APPID$` in it for a third-party platform. WeChat itself pushes to ports 80 and 443 only. */
  readonly url: string
  /** 3 to 32 letters and digits. */
  readonly token: string
  /** 43 characters of A-Z, a-z, 0-9, + and /. */
  readonly encodingAesKey: string
  /** `compatible` sends the message plain and encrypted at once. Default: `secure`. */
  readonly mode?: 'plain' | 'compatible' | 'secure'
  /** Default: `json`. */
  readonly format?: 'json' | 'xml'
  /** App id of the third-party platform that receives the events: then only `secure` and `xml`, with `$APPID$` in the URL. */
  readonly component?: string
  /**
   * How the keys of an event are spelled. Default: `documented`. Official samples have a space in front of some
   * (`leading-space`, JSON only); a sample of an SDK has `openid` and `appid` (`lower-case`).
   */
  readonly keys?: 'documented' | 'leading-space' | 'lower-case'
}

/** Every default filled in. */
export type FullPushSettings = Required<Omit<PushSettings, 'component'>> & Pick<PushSettings, 'component'>

/** @throws EmulatorRefusal that names the bad field */
export function readPushSettings(value: unknown, field: string): FullPushSettings {
  const given = readObject(value, field)
  const at = (name: string) => (field === '' ? name : `${field}.${name}`)
  const component = optional(given.component, id => readNonEmpty(id, at('component')))
  const isComponent = component !== undefined
  const settings = {
    url: readUrl(given.url, at('url'), isComponent),
    ...readKeys(given, at),
    mode: readOneOf(given.mode ?? 'secure', at('mode'), isComponent ? ['secure'] : ['plain', 'compatible', 'secure']),
    format: readOneOf(
      given.format ?? (isComponent ? 'xml' : 'json'),
      at('format'),
      isComponent ? ['xml'] : ['json', 'xml'],
    ),
    keys: readOneOf(given.keys ?? 'documented', at('keys'), ['documented', 'leading-space', 'lower-case']),
    ...(isComponent ? { component } : {}),
  } as const
  // A tag cannot begin with a space.
  if (settings.keys === 'leading-space' && settings.format === 'xml') readOneOf(settings.format, at('format'), ['json'])
  return settings
}

/** @throws EmulatorRefusal that names the bad field */
export function readComponentPush(value: unknown, field: string): ComponentPush {
  const given = readObject(value, field)
  const at = (name: string) => `${field}.${name}`
  return { url: readUrl(given.url, at('url'), false), ...readKeys(given, at) }
}

function readKeys(given: Readonly<Record<string, unknown>>, at: (name: string) => string) {
  return {
    token: readText(given.token, at('token'), /^[A-Za-z0-9]{3,32}$/, {
      zh: ' 3 到 32 个字母或数字',
      en: '3 to 32 letters and digits',
    }),
    encodingAesKey: readText(given.encodingAesKey, at('encodingAesKey'), /^[A-Za-z0-9+/]{43}$/, {
      zh: ' 43 个字符，取自 A-Z、a-z、0-9、+ 和 /',
      en: '43 characters of A-Z, a-z, 0-9, + and /',
    }),
  }
}

function readUrl(value: unknown, field: string, isComponent: boolean): string {
  const url = readNonEmpty(value, field)
  const fits = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && url.includes('$APPID$') === isComponent
  if (fits) return url
  throw isComponent
    ? invalidValue(field, { zh: '含有 $APPID$ 的 http 或 https 网址', en: 'an http or https URL with $APPID$ in it' })
    : invalidValue(field, { zh: ' http 或 https 网址', en: 'an http or https URL' })
}
