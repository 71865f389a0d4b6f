import type { AuditDraft } from '../domain/audit-entry.ts'

/** A mini program that an operator added. */
export interface AppRow {
  readonly appId: string
  /** Policy and secrets in one sealed record. */
  readonly sealed: Uint8Array
  /** Of this change, among all changes of all apps. */
  readonly version: number
  readonly changedAt: number
}

/** What one change of an app writes. */
export interface ChangeApp {
  readonly appId: string
  /** The version that was read. */
  readonly version: number
  /** `null` removes the app, and keeps its users. */
  readonly sealed: Uint8Array | null
  readonly now: number
  /** Written in the same step, by the caller that gets true. */
  readonly audit?: AuditDraft
}

/** The mini programs beside those of the server's options. Every change, of whichever app, gets the next version. */
export interface AppStore {
  /** The latest version; 0 before the first change. */
  appsVersion(): Promise<number>
  /** What there is, and the latest version at that moment. */
  listApps(): Promise<{ readonly version: number; readonly apps: readonly AppRow[] }>
  /** Race: of any number of adds of one app id exactly one gets true. One that was removed can be added again. */
  addApp(input: Omit<ChangeApp, 'version'> & { readonly sealed: Uint8Array }): Promise<boolean>
  /** Race: of any number of changes of one version exactly one gets true; false as well when there is no such app. */
  changeApp(input: ChangeApp): Promise<boolean>
}
