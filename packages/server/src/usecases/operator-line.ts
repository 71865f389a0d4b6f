import type { AuditDetails, AuditDraft } from '../domain/audit-entry.ts'

/** A line of the audit log about the console itself: no user is its subject. */
export function operatorLine(act: string, at: number, by: string, details: AuditDetails = {}): AuditDraft {
  return { at, actor: 'operator', act, appId: null, subject: null, details: { by, ...details } }
}
