import type { WechatCloud, WechatUse } from '../types.ts'
import type { Journal } from './journal.ts'
import type { WxCall, WxFault, WxFaultQueue } from './wx-faults.ts'

/** A call of the WeChat app that failed as asked; `wxErrno` goes into `errno` of the `wx` call. */
export class WxCallFault extends Error {
  override readonly name = 'WxCallFault'
  readonly wxErrno: number | undefined

  constructor({ fail, errno }: Exclude<WxFault['fault'], 'never'>) {
    super(fail)
    this.wxErrno = errno
  }
}

interface FaultyTools {
  readonly faults: WxFaultQueue
  readonly journal: Journal
  /** Ends calls that are never answered. */
  readonly closing: AbortSignal
}

type Ask = (use: WechatUse, ...rest: readonly unknown[]) => Promise<unknown>

/** WeChat's servers with the planned faults in front of every call. */
export function createFaultyCloud(cloud: WechatCloud, tools: FaultyTools): WechatCloud {
  const calls = Object.entries(cloud as unknown as Record<keyof WechatCloud, Ask>)
  // Every method has the shape of Ask: the types in front and behind are the same.
  return Object.fromEntries(
    calls.map(([call, ask]) => [call, call === 'note' ? ask : withFaults(call as WxCall, ask, tools)]),
  ) as unknown as WechatCloud
}

function withFaults(call: WxCall, ask: Ask, { faults, journal, closing }: FaultyTools): Ask {
  return async (use, ...rest) => {
    const planned = faults.take(call, use)
    if (!planned) return ask(use, ...rest)
    if (planned.when === 'after') await ask(use, ...rest)
    noteFault(journal, use, planned)
    if (planned.fault !== 'never') throw new WxCallFault(planned.fault)
    return new Promise((_, reject) => closing.addEventListener('abort', () => reject(closing.reason), { once: true }))
  }
}

function noteFault(journal: Journal, { appId, personId }: WechatUse, { call, fault, when = 'before' }: WxFault): void {
  const name = fault === 'never' ? 'never' : fault.fail
  journal.add({
    appId,
    personId,
    side: 'wx',
    what: 'wx-fault',
    ok: false,
    text: {
      zh: `按你的要求，${call} ${fault === 'never' ? '永远没有回音' : `失败：${name}`}（${when === 'after' ? '已生效' : '未生效'}）`,
      en: `as you asked, ${call} ${fault === 'never' ? 'is never answered' : `fails: ${name}`} (${when} the effect)`,
    },
    facts: { call, fault: name, when },
  })
}
