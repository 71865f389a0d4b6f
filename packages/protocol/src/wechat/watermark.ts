import { isRecord } from './is-record.ts'

/** WeChat's statement about a payload: for which app and when it was made. */
export interface Watermark {
  readonly appId: string
  /** Milliseconds. */
  readonly at: number
}

/** Reads `{ appid, timestamp }`, timestamp in whole seconds; `null` when it has another shape. */
export function readWatermark(value: unknown): Watermark | null {
  if (!isRecord(value)) return null
  const { appid, timestamp } = value
  if (typeof appid !== 'string' || !Number.isSafeInteger(timestamp)) return null
  return { appId: appid, at: Number(timestamp) * 1_000 }
}

/** What a payload is held against. */
export interface OpenDataCheck {
  /** The app of the session that the payload arrived in; never one that the client names. */
  readonly appId: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** How far the watermark may be from `now`, in milliseconds and both ways. Default: 300000 (5 minutes). */
  readonly maxAgeMs?: number
}

/** The watermark when it belongs to this app and this time, else `null`. */
export function checkWatermark(value: unknown, { appId, now, maxAgeMs = 300_000 }: OpenDataCheck): Watermark | null {
  const watermark = readWatermark(value)
  if (watermark === null || watermark.appId !== appId) return null
  return Math.abs(now - watermark.at) <= maxAgeMs ? watermark : null
}
