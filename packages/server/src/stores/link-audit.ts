import { createHash } from 'node:crypto'
import {
  type AuditAnchor,
  type AuditDraft,
  type AuditEntry,
  canonicalAudit,
  writeAuditDetails,
} from '../domain/audit-entry.ts'

/** The line that follows `head`. */
export function linkAudit(head: AuditAnchor, draft: AuditDraft): AuditEntry {
  const { at, actor, act, appId, subject } = draft
  const details = writeAuditDetails(draft.details)
  const entry = { seq: head.seq + 1, at, actor, act, appId, subject, details, previous: head.hash }
  return { ...entry, hash: createHash('sha256').update(canonicalAudit(entry)).digest('hex') }
}
