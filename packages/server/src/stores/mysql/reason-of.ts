import { StoreUnusable, type StoreUnusableCode } from '../store-unusable.ts'
import { codes, driverCode, isOneOf } from './mysql-code.ts'

const reasons: readonly (readonly [StoreUnusableCode, readonly number[]])[] = [
  ['access-denied', [1045, 1130, 1251, 1524, 1698, 1862, 3118, 4151]],
  ['no-database', [1046, 1049]],
  ['no-permission', [1044, 1142, 1143, 1227, 1370]],
  ['tls-failed', [3159]],
  ['too-many-connections', codes.tooManyConnections],
  ['read-only', codes.readOnly],
  ['no-space', codes.full],
]

/** Why a program cannot start on this server. */
export function reasonOf(error: unknown): StoreUnusableCode {
  if (error instanceof StoreUnusable) return error.code
  const known = reasons.find(([, numbers]) => isOneOf(numbers, error))
  if (known) return known[0]
  const code = driverCode(error)
  if (/SSL|TLS|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^EPROTO$/.test(code)) return 'tls-failed'
  return /^(E[A-Z]{4,}|PROTOCOL_[A-Z_]+)$/.test(code) ? 'unreachable' : 'failed'
}
