import type { WechatCloud, WechatUse } from '../types.ts'
import { invalidValue } from './emulator-refusal.ts'
import { createFaultQueue, type FaultHits, readHits } from './fault-queue.ts'
import type { Platform } from './platform.ts'
import { optional, readNonEmpty, readObject, readOneOf, readWhole } from './read-value.ts'

/** What the WeChat app asks its servers. */
export type WxCall = Exclude<keyof WechatCloud, 'note'>

/** Makes calls of the WeChat app fail, and with them the `wx` calls that need them. */
export interface WxFault extends FaultHits {
  readonly call: WxCall
  /** `never`: no callback ever fires. `fail`: what follows `:fail ` in errMsg. */
  readonly fault: 'never' | { readonly fail: string /** Default: 108. */; readonly errno?: number }
  /** Whether WeChat did what was asked all the same: a key may be new, a sheet answered. Default: `before` the effect. */
  readonly when?: 'before' | 'after'
  /** Default: everybody. */
  readonly personId?: string
  /** Default: every app. */
  readonly appId?: string
}

export interface WxFaults {
  /** Queued behind earlier ones. */
  next(fault: WxFault): void
  pending(): readonly WxFault[]
  clear(): void
}

/** {@link WxFaults} as the cloud sees them. */
export interface WxFaultQueue extends WxFaults {
  take(call: WxCall, use: WechatUse): WxFault | undefined
}

const CALLS = {
  login: true,
  checkSession: true,
  openPhoneSheet: true,
  closePhoneSheet: true,
  consents: true,
  setScopes: true,
  agreePrivacy: true,
  userInfo: true,
  latestUserKey: true,
  remove: true,
} as const satisfies Record<WxCall, true>

export function createWxFaults(platform: Platform): WxFaultQueue {
  const { add, pending, clear, take } = createFaultQueue<WxFault>(platform, 'wx-faults')
  return {
    next: fault => add(readWxFault(fault)),
    pending,
    clear,
    take: (call, { appId, personId }) =>
      take(one => one.call === call && (one.appId ?? appId) === appId && (one.personId ?? personId) === personId),
  }
}

/** @throws EmulatorRefusal that names the bad field */
export function readWxFault(value: unknown): WxFault {
  const given = readObject(value, 'fault')
  const personId = optional(given.personId, id => readNonEmpty(id, 'personId'))
  const appId = optional(given.appId, id => readNonEmpty(id, 'appId'))
  return {
    call: readOneOf(given.call, 'call', Object.keys(CALLS) as readonly WxCall[]),
    fault: given.fault === 'never' ? 'never' : readFail(given.fault),
    when: readOneOf(given.when ?? 'before', 'when', ['before', 'after']),
    ...(personId === undefined ? {} : { personId }),
    ...(appId === undefined ? {} : { appId }),
    ...readHits(given),
  }
}

function readFail(value: unknown): Exclude<WxFault['fault'], 'never'> {
  if (typeof value !== 'object' || value === null)
    throw invalidValue('fault', { zh: ' "never" 或 { fail }', en: '"never" or { fail }' })
  const { fail, errno } = readObject(value, 'fault')
  const number = optional(errno, one => readWhole(one, 'fault.errno'))
  return { fail: readNonEmpty(fail, 'fault.fail'), ...(number === undefined ? {} : { errno: number }) }
}
