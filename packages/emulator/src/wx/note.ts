import type { WechatCloud } from '../types.ts'

/** Writes into the journal; never fails, never waits. */
export type Note = (entry: Parameters<WechatCloud['note']>[1]) => void
