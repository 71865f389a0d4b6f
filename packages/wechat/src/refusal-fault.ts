import { type SaidNo, WechatFault } from '@weapp-auth/protocol/wechat'
import type { Refusal } from './send.ts'

/** The access token was replaced, is malformed or has expired: the keeper may mend that once. */
const tokenErrcodes = [40001, 40014, 42001]

/** Daily quota and per-minute limit. */
const limitErrcodes = [45009, 45011]

/** Only an operator can mend these: app id, secret, ticket, allow list, permissions, punishments (documented errcodes of each API). */
const misconfiguredErrcodes = new Set([
  ...tokenErrcodes,
  40002,
  40013,
  40125,
  40164,
  40243,
  41002,
  41004,
  48001,
  48004,
  50002,
  50004,
  50007,
  61004,
  61005,
  61006,
  61007,
  61009,
  61010,
  61011,
  89503,
  89506,
  89507,
])

/** The mini program has not authorized the platform; its refresh token is dead. */
const unauthorizedErrcodes = [61003, 61023]

/** What WeChat said, beside an outcome that callers expect. */
export function saidNo({ errcode, rid }: Refusal): { readonly said: SaidNo } {
  return { said: rid === undefined ? { errcode } : { errcode, rid } }
}

export function isTokenRefusal({ errcode }: Refusal): boolean {
  return tokenErrcodes.includes(errcode)
}

/** The fault behind a refusal that no caller expects. `now` is the time of day: WeChat's limits are per minute of it. */
export function refusalFault(api: string, { errcode, errmsg, rid }: Refusal, now: number): WechatFault {
  const details = { api, errcode, ...(rid !== undefined && { rid }), cause: new Error(errmsg) }
  if (unauthorizedErrcodes.includes(errcode)) return new WechatFault('unauthorized', details)
  if (misconfiguredErrcodes.has(errcode)) return new WechatFault('misconfigured', details)
  if (!limitErrcodes.includes(errcode)) return new WechatFault('bad-answer', details)
  if (errcode === 45009) return new WechatFault('limited', details)
  return new WechatFault('limited', { ...details, retryAfterMs: 60_000 - (now % 60_000) })
}
