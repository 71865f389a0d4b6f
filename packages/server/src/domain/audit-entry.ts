/** Who did it: WeChat by a push, an operator, the user, a backend of yours, or the server by itself. */
export type AuditActor = 'wechat' | 'operator' | 'user' | 'backend' | 'server'

/** Facts of an act: ids, kinds, counts; never personal data. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** What is to be written down. */
export interface AuditDraft {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly actor: AuditActor
  /** Such as `user-erased`; at most 64 characters of `[a-z-]`. */
  readonly act: string
  readonly appId: string | null
  /** Id of the user it was done to; `null` when there is none. */
  readonly subject: string | null
  readonly details: AuditDetails
}

/** One line of the audit log, linked to the one before. */
export interface AuditEntry extends Omit<AuditDraft, 'details'> {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number
  /** JSON, as it was hashed. */
  readonly details: string
  /** Hash of the line before, hexadecimal; 64 zeros in the first. */
  readonly previous: string
  /** SHA-256 of {@link canonicalAudit}, hexadecimal. */
  readonly hash: string
}

/** A place in the log that somebody kept elsewhere: what came before it can no longer be changed unseen. */
export interface AuditAnchor {
  readonly seq: number
  readonly hash: string
}

/** The place before the first line. */
export const auditStart: AuditAnchor = { seq: 0, hash: '0'.repeat(64) }

/**
 * The text that is hashed: one JSON list, so that no two entries share a text. Its first item is the version of this form.
 *
 * @example
 * canonicalAudit(entry) // '[1,7,1800000000000,"user","user-erased","wx…","0192…","{}","00…"]'
 */
export function canonicalAudit(entry: Omit<AuditEntry, 'hash'>): string {
  const { seq, at, actor, act, appId, subject, details, previous } = entry
  return JSON.stringify([1, seq, at, actor, act, appId, subject, details, previous])
}

/** Details as they are stored: keys in order, so that equal facts are equal texts. */
export function writeAuditDetails(details: AuditDetails): string {
  return JSON.stringify(Object.fromEntries(Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1))))
}
