import type { AuditDraft } from '../domain/audit-entry.ts'

/** What a third-party platform was given by WeChat: its ticket, or the authorization of a mini program. */
export interface Grant {
  readonly componentAppId: string
  /** The mini program; the platform itself for its ticket. */
  readonly appId: string
  /** `null`: it was taken back. */
  readonly sealed: Uint8Array | null
  /** When WeChat says that it happened. */
  readonly at: number
}

export interface GrantRow extends Grant {
  /** Grows with every change of the row. */
  readonly version: number
}

/** Tickets and authorizations of third-party platforms. */
export interface GrantStore {
  readGrant(componentAppId: string, appId: string): Promise<GrantRow | null>
  /** All that are not taken back. */
  listGrants(): Promise<readonly GrantRow[]>
  /**
   * Race: however they arrive, the one that happened last stays. Of two that happened at once one that changes whether
   * there is a grant counts, and a copy does not. True, with the line in the audit log, for whoever wrote.
   */
  writeGrant(grant: Grant & { readonly audit?: AuditDraft }): Promise<boolean>
  /** Another secret for the same grant. Race: of any number of changes of one version exactly one gets true. */
  changeGrant(
    change: Pick<GrantRow, 'componentAppId' | 'appId' | 'version'> & { readonly sealed: Uint8Array },
  ): Promise<boolean>
}

/** Whether `next` takes the place of `row`. */
export function isLaterGrant(row: Pick<Grant, 'at' | 'sealed'>, next: Pick<Grant, 'at' | 'sealed'>): boolean {
  return next.at > row.at || (next.at === row.at && (next.sealed === null) !== (row.sealed === null))
}
