import type { Sentence } from '@weapp-auth/protocol/contract'
import { CliFault } from '../cli-fault.ts'

/** What is examined, in the order in which it is told. */
export const checkNames = {
  versions: { zh: '版本', en: 'versions' },
  config: { zh: '配置', en: 'settings' },
  database: { zh: '数据库', en: 'database' },
  disk: { zh: '磁盘', en: 'disk' },
  keys: { zh: '密钥', en: 'keys' },
  redis: { zh: 'Redis', en: 'Redis' },
  app: { zh: '小程序', en: 'mini program' },
  clock: { zh: '时钟', en: 'clock' },
  domain: { zh: '域名', en: 'domain' },
  push: { zh: '消息推送', en: 'message push' },
} as const satisfies Readonly<Record<string, Sentence>>

export type CheckName = keyof typeof checkNames

/** One line of the examination. Holds no secret. */
export interface CheckResult {
  readonly check: CheckName
  /** `skip`: there was nothing to examine, or it could not be asked. */
  readonly status: 'ok' | 'warn' | 'fail' | 'skip'
  /** Which of several, such as an app id. */
  readonly about?: string
  /** What was found; of a warning or failure, the cause. */
  readonly found: Sentence
  readonly fix?: Sentence
}

/** What the examination needs of the world. */
export interface DoctorTools {
  readonly fetch: (request: Request) => Promise<Response>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Such as `22.12.0`. */
  readonly nodeVersion: string
}

/** A result that is a fault: what is wrong and what to do stand in one sentence there. */
export function faultResult(check: CheckName, error: unknown): CheckResult {
  if (error instanceof CliFault) return { check, status: 'fail', found: error.sentence }
  throw error
}

/** Of several causes the code tells, as Node calls it; never the whole text of an error. */
export function causeOf(error: unknown): string {
  const { cause, code, name } = Object(error) as { cause?: unknown; code?: unknown; name?: unknown }
  if (typeof code === 'string') return code
  if (cause !== undefined) return causeOf(cause)
  return name === 'TimeoutError' || name === 'AbortError' ? 'timeout' : 'failed'
}
