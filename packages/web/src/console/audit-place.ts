import type { AuditPlace } from '@weapp-auth/protocol/contract'

/**
 * A place of the audit log as one keeps it elsewhere: number and hash of a line.
 *
 * @example
 * writeAuditPlace({ seq: 7, hash }) // '7:5feceb66…'
 */
export function writeAuditPlace({ seq, hash }: AuditPlace): string {
  return `${seq}:${hash}`
}

/** Reads what {@link writeAuditPlace} wrote; `null` for anything else. */
export function readAuditPlace(text: string): AuditPlace | null {
  const [, seq = '', hash = ''] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(text.trim()) ?? []
  return hash === '' ? null : { seq: Number(seq), hash }
}
