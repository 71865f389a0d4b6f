import type {
  AppPrivacy,
  DialogDecision,
  DialogKind,
  PersonProfile,
  PhoneComponent,
  PrivacyKind,
  UserInfoQuestion,
} from '../types.ts'
import { optional, readArray, readBoolean, readNonEmpty, readObject, readOneOf, readText } from './read-value.ts'

const PRIVACY_KINDS = [
  'phoneNumber',
  'userInfo',
  'location',
  'microphone',
  'camera',
  'album',
  'bluetooth',
  'calendar',
  'weRun',
] as const satisfies readonly PrivacyKind[]

const DIALOGS = [
  'privacy',
  'privacy-contract',
  'scope',
  'profile',
  'settings',
  'avatar',
  'nickname-review',
] as const satisfies readonly DialogKind[]

const isText = { zh: '字符串', en: 'a text' }

/** @throws EmulatorRefusal that names the bad field, as all of these */
export function readPrivacy(value: unknown, field: string): AppPrivacy {
  const given = readObject(value, field)
  const declares = optional(given.declares, list =>
    readArray(list, `${field}.declares`).map((kind, at) => readOneOf(kind, `${field}.declares[${at}]`, PRIVACY_KINDS)),
  )
  const contractName = optional(given.contractName, name => readNonEmpty(name, `${field}.contractName`))
  return {
    required: readBoolean(given.required ?? true, `${field}.required`),
    banned: readBoolean(given.banned ?? false, `${field}.banned`),
    ...(declares === undefined ? {} : { declares }),
    ...(contractName === undefined ? {} : { contractName }),
  }
}

export function readProfile(value: unknown, field: string): PersonProfile {
  const given = readObject(value, field)
  const texts = ['nickName', 'avatarUrl', 'country', 'province', 'city'] as const
  const gender = optional(given.gender, one => Number(readOneOf(String(one), `${field}.gender`, ['0', '1', '2'])))
  const told = texts.flatMap(name => {
    const text = optional(given[name], one => readText(one, `${field}.${name}`, /^/, isText))
    return text === undefined ? [] : [[name, text]]
  })
  return { ...Object.fromEntries(told), ...(gender === undefined ? {} : { gender }) }
}

export function readComponent(value: unknown, field: string): PhoneComponent {
  return readOneOf(value ?? 'quick', field, ['quick', 'realtime'])
}

export function readUserInfoQuestion(value: unknown, field: string): UserInfoQuestion {
  const given = readObject(value, field)
  const lang = optional(given.lang, one => readNonEmpty(one, `${field}.lang`))
  return {
    kind: readOneOf(given.kind, `${field}.kind`, ['info', 'profile']),
    sdkVersion: readText(given.sdkVersion, `${field}.sdkVersion`, /^\d+(\.\d+)*$/, {
      zh: '形如 "3.17.0" 的版本号',
      en: 'a version such as "3.17.0"',
    }),
    ...(lang === undefined ? {} : { lang }),
  }
}

export function readScopes(value: unknown, field: string): Readonly<Record<string, boolean>> {
  const entries = Object.entries(readObject(value, field))
  return Object.fromEntries(entries.map(([scope, allowed]) => [scope, readBoolean(allowed, `${field}.${scope}`)]))
}

export function readDialogKind(value: unknown, field: string): DialogKind {
  return readOneOf(value, field, DIALOGS)
}

export function readDialogDecision(value: unknown, field: string): DialogDecision {
  const given = readObject(value, field)
  const decision = readOneOf(given.decision, `${field}.decision`, ['allow', 'deny', 'cancel', 'never'])
  if (decision !== 'allow') return { decision }
  const scopes = optional(given.scopes, one => readScopes(one, `${field}.scopes`))
  const avatarUrl = optional(given.avatarUrl, one => readNonEmpty(one, `${field}.avatarUrl`))
  const passes = optional(given.passes, one => readBoolean(one, `${field}.passes`))
  return {
    decision,
    ...(scopes === undefined ? {} : { scopes }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    ...(passes === undefined ? {} : { passes }),
  }
}
