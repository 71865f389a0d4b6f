import { readPushSettings } from '../push/push-settings.ts'
import { readSecureMode } from '../secure-mode/secure-mode-settings.ts'
import type {
  EmulatedApp,
  EmulatedPerson,
  EmulatedPhone,
  EmulatorClock,
  EmulatorOptions,
  UnverifiedPoints,
} from '../types.ts'
import { invalidValue } from './emulator-refusal.ts'
import { readPrivacy, readProfile } from './read-personal-data.ts'
import {
  optional,
  readArray,
  readBoolean,
  readNonEmpty,
  readObject,
  readOneOf,
  readText,
  readWhole,
} from './read-value.ts'

/** The options with every default filled in. */
export interface PlatformOptions {
  readonly apps: readonly EmulatedApp[]
  readonly people: readonly EmulatedPerson[]
  readonly clock: EmulatorClock | undefined
  /** Milliseconds since 1970; undefined: the system time. */
  readonly startAt: number | undefined
  readonly setup: readonly unknown[]
  readonly deliver: (request: Request) => Promise<Response>
  readonly seed: number
  readonly minKeyAgeMs: number
  readonly keyLifeMs: number
  readonly unverified: Required<UnverifiedPoints>
  readonly errmsgIds: 'rid' | 'req_id'
}

const FIVE_MINUTES = 300_000
const THREE_DAYS = 259_200_000

/**
 * Checks what `createEmulator` was given; a wrong value is answered with `"apps[0].appId" must be …`.
 *
 * @throws EmulatorRefusal
 */
export function readOptions(options: EmulatorOptions): PlatformOptions {
  const given = readObject(options, 'options')
  const apps = readArray(given.apps, 'apps').map((app, at) => readApp(app, `apps[${at}]`))
  const people = readArray(given.people, 'people').map((person, at) => readPerson(person, `people[${at}]`))
  refuseTwins(apps, app => app.appId, 'apps', 'appId')
  refuseTwins(people, person => person.id, 'people', 'id')
  return {
    apps,
    people,
    clock: optional(given.clock, readClock),
    startAt: optional(given.startAt, readTime),
    setup: readArray(given.setup ?? [], 'setup'),
    deliver: optional(given.deliver, readDeliver) ?? (request => fetch(request)),
    seed: readWhole(given.seed ?? 1, 'seed'),
    minKeyAgeMs:
      given.minKeyAgeMs === Infinity ? Infinity : readWhole(given.minKeyAgeMs ?? FIVE_MINUTES, 'minKeyAgeMs'),
    keyLifeMs: readWhole(given.keyLifeMs ?? THREE_DAYS, 'keyLifeMs', 1),
    unverified: readUnverified(given.unverified ?? {}),
    errmsgIds: readOneOf(given.errmsgIds ?? 'rid', 'errmsgIds', ['rid', 'req_id']),
  }
}

/** @param field where the value stands; empty when its fields stand at the top */
export function readApp(value: unknown, field: string): EmulatedApp {
  const app = readObject(value, field)
  const openAccount = optional(app.openAccount, given => readNonEmpty(given, within(field, 'openAccount')))
  const publishedAt = optional(app.publishedAt, given => readWhole(given, within(field, 'publishedAt')))
  const privacy = optional(app.privacy, given => readPrivacy(given, within(field, 'privacy')))
  const secureMode = optional(app.secureMode, given => readSecureMode(given, within(field, 'secureMode')))
  const push = optional(app.push, given => readPushSettings(given, within(field, 'push')))
  return {
    appId: readAppId(app.appId, within(field, 'appId')),
    secret: readSecret(app.secret, within(field, 'secret')),
    name: readNonEmpty(app.name, within(field, 'name')),
    phonePermitted: readBoolean(app.phonePermitted ?? true, within(field, 'phonePermitted')),
    ...(openAccount === undefined ? {} : { openAccount }),
    ...(push === undefined ? {} : { push }),
    ...(secureMode === undefined ? {} : { secureMode }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
    ...(privacy === undefined ? {} : { privacy }),
  }
}

export function readAppId(value: unknown, field: string): string {
  return readText(value, field, /^wx[0-9a-f]{16}$/, {
    zh: ' "wx" 加 16 位小写十六进制字符',
    en: '"wx" and 16 lower-case hex digits',
  })
}

export function readSecret(value: unknown, field: string): string {
  return readText(value, field, /^[0-9a-f]{32}$/, { zh: ' 32 位小写十六进制字符', en: '32 lower-case hex digits' })
}

export function readPerson(value: unknown, field: string): EmulatedPerson {
  const person = readObject(value, field)
  const profile = optional(person.profile, given => readProfile(given, within(field, 'profile')))
  return {
    id: readText(person.id, within(field, 'id'), /^[A-Za-z0-9_-]{1,64}$/, {
      zh: ' 1 到 64 个字母、数字、"_" 或 "-"',
      en: '1 to 64 letters, digits, "_" or "-"',
    }),
    name: readNonEmpty(person.name, within(field, 'name')),
    phones: readArray(person.phones, within(field, 'phones')).map((phone, at) =>
      readPhone(phone, within(field, `phones[${at}]`)),
    ),
    highRisk: readBoolean(person.highRisk ?? false, within(field, 'highRisk')),
    ...(profile === undefined ? {} : { profile }),
  }
}

export function readPhone(value: unknown, field: string): Required<EmulatedPhone> {
  const phone = readObject(value, field)
  return {
    countryCode: readText(phone.countryCode ?? '86', within(field, 'countryCode'), /^[1-9]\d{0,2}$/, {
      zh: ' 1 到 3 位数字，不带 "+"',
      en: '1 to 3 digits without "+"',
    }),
    number: readText(phone.number, within(field, 'number'), /^\d{4,14}$/, {
      zh: ' 4 到 14 位数字',
      en: '4 to 14 digits',
    }),
  }
}

function within(field: string, name: string): string {
  return field === '' ? name : `${field}.${name}`
}

function readClock(value: unknown): EmulatorClock {
  const clock = readObject(value, 'clock') as Partial<EmulatorClock>
  if (typeof clock.now !== 'function')
    throw invalidValue('clock', { zh: '带有 now() 的对象', en: 'an object with now()' })
  return clock as EmulatorClock
}

function readTime(value: unknown): number {
  const at = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : value
  if (typeof at === 'number' && Number.isInteger(at) && at >= 0) return at
  throw invalidValue('startAt', {
    zh: ' 1970 年以来的毫秒数，或 2026-11-20T08:00:00Z 这样的时间',
    en: 'milliseconds since 1970, or a time such as 2026-11-20T08:00:00Z',
  })
}

function readDeliver(value: unknown): PlatformOptions['deliver'] {
  if (typeof value !== 'function') throw invalidValue('deliver', { zh: '一个函数', en: 'a function' })
  return value as PlatformOptions['deliver']
}

function readUnverified(value: unknown): Required<UnverifiedPoints> {
  const {
    openIdMismatch = 40029,
    encryptedMsgHash = 'text',
    countryCode = 'text',
    frozenSecret = 'tokens',
    resetsPerMinute = 10,
    authorizerRefreshToken = 'same',
  } = readObject(value, 'unverified')
  return {
    openIdMismatch:
      openIdMismatch === 'ignored' ? 'ignored' : readWhole(openIdMismatch, 'unverified.openIdMismatch', 1),
    encryptedMsgHash: readOneOf(encryptedMsgHash, 'unverified.encryptedMsgHash', ['text', 'bytes']),
    countryCode: readOneOf(countryCode, 'unverified.countryCode', ['text', 'number']),
    frozenSecret: readOneOf(frozenSecret, 'unverified.frozenSecret', ['tokens', 'everything']),
    resetsPerMinute: readWhole(resetsPerMinute, 'unverified.resetsPerMinute', 1),
    authorizerRefreshToken: readOneOf(authorizerRefreshToken, 'unverified.authorizerRefreshToken', ['same', 'new']),
  }
}

function refuseTwins<T>(all: readonly T[], idOf: (one: T) => string, list: string, field: string): void {
  const seen = new Set<string>()
  for (const [at, one] of all.entries()) {
    if (seen.has(idOf(one)))
      throw invalidValue(`${list}[${at}].${field}`, { zh: '没有出现过的值', en: 'a value that was not used before' })
    seen.add(idOf(one))
  }
}
