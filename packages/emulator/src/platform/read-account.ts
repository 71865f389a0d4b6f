import { isIP } from 'node:net'
import { readComponentPush } from '../push/push-settings.ts'
import type { AccountConditions, BillingChange, ComponentBill, EmulatedComponent } from '../types.ts'
import type { ApiUsage } from './api-quotas.ts'
import { invalidValue } from './emulator-refusal.ts'
import { type EndpointName, endpointNames } from './endpoint-paths.ts'
import type { Payment } from './payments.ts'
import { readAppId, readSecret } from './read-options.ts'
import { optional, readArray, readBoolean, readNonEmpty, readObject, readOneOf, readWhole } from './read-value.ts'

/** What of a change is named, checked; what is not stays out, so that it changes nothing. */
function named<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** @throws EmulatorRefusal that names the bad field */
export function readConditions(value: unknown): AccountConditions {
  const given = readObject(value, 'conditions')
  return named<Required<AccountConditions>>({
    ipAllowList: optional(given.ipAllowList, readIpAllowList),
    secretFrozen: optional(given.secretFrozen, frozen => readBoolean(frozen, 'secretFrozen')),
    standing: optional(given.standing, standing =>
      readOneOf(standing, 'standing', ['good', 'limited', 'punished', 'frozen']),
    ),
    ipConfirmation: optional(given.ipConfirmation, answer =>
      readOneOf(answer, 'ipConfirmation', ['none', 'asked', 'refused-for-a-day', 'refused-for-an-hour']),
    ),
    notGranted: optional(given.notGranted, apis => readApis(apis, 'notGranted')),
    banned: optional(given.banned, apis => readApis(apis, 'banned')),
  })
}

export function readApi(value: unknown, field: string): EndpointName {
  return readOneOf(value, field, endpointNames)
}

function readApis(value: unknown, field: string): readonly EndpointName[] {
  return readArray(value, field).map((api, at) => readApi(api, `${field}[${at}]`))
}

function readIpAllowList(value: unknown): readonly string[] {
  return readArray(value, 'ipAllowList').map(readAddress)
}

/** An address, or a range such as `203.0.113.0/24`. */
function readAddress(value: unknown, at: number): string {
  const [address = '', bits = '0', ...more] = typeof value === 'string' ? value.split('/') : []
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (typeof value === 'string' && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most) return value
  throw invalidValue(`ipAllowList[${at}]`, {
    zh: ' IP 地址，或 203.0.113.0/24 这样的网段',
    en: 'an IP address, or a range such as 203.0.113.0/24',
  })
}

/** `Infinity`, or `none` where JSON has no word for it: no limit. */
function readLimit(value: unknown, field: string): number {
  return value === Infinity || value === 'none' ? Infinity : readWhole(value, field)
}

/** @throws EmulatorRefusal that names the bad field */
export function readUsage(value: unknown): Partial<ApiUsage> {
  const given = readObject(value, 'usage')
  return named<ApiUsage>({
    daily: optional(given.daily, limit => readLimit(limit, 'daily')),
    perMinute: optional(given.perMinute, limit => readLimit(limit, 'perMinute')),
    used: optional(given.used, used => readWhole(used, 'used')),
  })
}

/** @throws EmulatorRefusal that names the bad field */
export function readBilling(value: unknown): BillingChange {
  const given = readObject(value, 'billing')
  return named<Required<BillingChange>>({
    free: optional(given.free, free => readBoolean(free, 'free')),
    quick: optional(given.quick, calls => readCalls(calls, 'quick')),
    realtime: optional(given.realtime, calls => readCalls(calls, 'realtime')),
  })
}

function readCalls(value: unknown, field: string) {
  const given = readObject(value, field)
  return named<Pick<ComponentBill, 'trialLeft' | 'boughtLeft'>>({
    trialLeft: optional(given.trialLeft, calls => readWhole(calls, `${field}.trialLeft`)),
    boughtLeft: optional(given.boughtLeft, calls => readLimit(calls, `${field}.boughtLeft`)),
  })
}

/** @throws EmulatorRefusal that names the bad field */
export function readComponent(value: unknown): EmulatedComponent {
  const given = readObject(value, 'component')
  return {
    appId: readAppId(given.appId, 'appId'),
    name: readNonEmpty(given.name, 'name'),
    ...named<Required<EmulatedComponent>>({
      appId: undefined,
      name: undefined,
      secret: optional(given.secret, secret => readSecret(secret, 'secret')),
      push: optional(given.push, push => readComponentPush(push, 'push')),
      ipAllowList: optional(given.ipAllowList, readIpAllowList),
    }),
  }
}

export function readPermissionSets(value: unknown): readonly number[] {
  return readArray(value, 'permissionSets').map((set, at) => readWhole(set, `permissionSets[${at}]`, 1))
}

/** @throws EmulatorRefusal that names the bad field */
export function readOrder(value: unknown): Partial<Payment> {
  const given = readObject(value, 'order')
  return named<Payment>({
    transactionId: optional(given.transactionId, id => readNonEmpty(id, 'transactionId')),
    mchId: optional(given.mchId, id => readNonEmpty(id, 'mchId')),
    outTradeNo: optional(given.outTradeNo, number => readNonEmpty(number, 'outTradeNo')),
  })
}
