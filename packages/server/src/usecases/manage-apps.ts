import { type AppDefinition, readAppDefinition } from '../domain/app-definition.ts'
import type { App, Apps } from '../domain/app-policy.ts'
import type { AuditDraft } from '../domain/audit-entry.ts'
import { digestOfText } from '../keys/digest.ts'
import type { Vault } from '../keys/vault.ts'
import type { AppRow } from '../ports/app-store.ts'
import type { Clock } from '../ports/clock.ts'
import { StorageFault, type Store } from '../ports/store.ts'
import { openAppRow, readDefinition } from './app-book.ts'

/** What operators see of a mini program; the secret is shown by eight digits of its SHA-256. */
export interface ListedApp {
  readonly appId: string
  /** `options`: it can be changed there only. */
  readonly from: 'options' | 'store'
  /** `null` when the row does not open with the keys at hand. */
  readonly policy: App | null
  /** `null` as well when a third-party platform acts for the app. */
  readonly secretDigest: string | null
  /** Of its last change; `null` for those of the options. */
  readonly version: number | null
  /** Milliseconds since 1970. */
  readonly changedAt: number | null
}

export type AddAppOutcome = { readonly status: 'added' } | { readonly status: 'exists' }
export type ChangeAppOutcome =
  | { readonly status: 'changed' }
  /** Somebody changed it since `version`. Nothing was written. */
  | { readonly status: 'changed-meanwhile' }
  /** There is no such app in the store. */
  | { readonly status: 'unknown' }
export type RemoveAppOutcome = { readonly status: 'removed' } | { readonly status: 'unknown' }

/**
 * Fields that change; `null` brings a field back to its default. Of `secret` and `component`, the one that is given takes
 * the place of the other.
 */
export type AppChanges = { readonly [F in Exclude<keyof AppDefinition, 'appId'>]?: AppDefinition[F] | null }

interface ByOperator {
  /** Name of the operator, for the audit log. */
  readonly by?: string
}

/** Adds, changes and removes mini programs while the server runs; each writes a line to the audit log. */
export interface ManageApps {
  /** @throws TypeError `"app.secret" must be …` */
  add(app: AppDefinition, options?: ByOperator): Promise<AddAppOutcome>
  /**
   * @param options.version what {@link ListedApp.version} said; without it the change is made to whatever is there.
   * @throws TypeError `"app.openData" must be …`; SealBroken when the row does not open.
   */
  change(
    appId: string,
    changes: AppChanges,
    options?: ByOperator & { readonly version?: number },
  ): Promise<ChangeAppOutcome>
  /**
   * Logins and sessions are refused from then on (`app_unknown`) and the secret is destroyed; users and their data stay.
   * Added again, its sessions go on. Access tokens are good for up to ten minutes with verifiers that do not introspect.
   */
  remove(appId: string, options?: ByOperator): Promise<RemoveAppOutcome>
  list(): Promise<readonly ListedApp[]>
}

export interface ManageAppsTools {
  readonly fixed: Apps
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  /** More that an app must fulfil. Throws TypeError. */
  readonly check: (app: App) => void
  /** Waited for before anything is read or sealed: the keys must be those of the data. */
  readonly opened: () => Promise<void> | null
  /** Waited for after every change. */
  readonly changed: () => Promise<void>
}

/** Changes without a version that lose to each other are tried again. */
const races = 8

export function createManageApps({ fixed, store, vault, clock, check, opened, changed }: ManageAppsTools): ManageApps {
  function seal(app: AppDefinition): Uint8Array {
    const { policy } = readAppDefinition(app)
    check(policy)
    return vault.sealApp(app.appId, JSON.stringify(app))
  }

  /** Fields are told by name: their values may be secret. */
  function note(act: string, appId: string, fields: object, { by }: ByOperator): AuditDraft {
    const named = Object.keys(fields).filter(field => field !== 'appId')
    const details = { ...(by !== undefined && { by }), fields: named.sort() }
    return { at: clock.now(), actor: 'operator', act, appId, subject: null, details }
  }

  async function find(appId: string): Promise<AppRow | undefined> {
    return (await store.listApps()).apps.find(row => row.appId === appId)
  }

  async function rewrite(
    appId: string,
    write: (row: AppRow) => Uint8Array | null,
    audit: AuditDraft,
    version?: number,
  ): Promise<ChangeAppOutcome['status']> {
    await opened()
    for (let race = 0; race < races; race += 1) {
      const row = await find(appId)
      if (!row) return 'unknown'
      if (version !== undefined && version !== row.version) return 'changed-meanwhile'
      if (await store.changeApp({ appId, version: row.version, sealed: write(row), now: clock.now(), audit })) {
        await changed()
        return 'changed'
      }
    }
    throw new StorageFault('busy')
  }

  return {
    async add(app, options = {}) {
      await opened()
      const sealed = seal(app)
      if (fixed.has(app.appId)) return { status: 'exists' }
      const audit = note('app-added', app.appId, app, options)
      if (!(await store.addApp({ appId: app.appId, sealed, now: clock.now(), audit }))) return { status: 'exists' }
      await changed()
      return { status: 'added' }
    },
    async change(appId, changes, options = {}) {
      const write = (row: AppRow) => seal(merge(readDefinition(vault, row), changes))
      const status = await rewrite(appId, write, note('app-changed', appId, changes, options), options.version)
      return { status }
    },
    async remove(appId, options = {}) {
      const status = await rewrite(appId, () => null, note('app-removed', appId, {}, options))
      return { status: status === 'changed' ? 'removed' : 'unknown' }
    },
    async list() {
      await opened()
      const { apps } = await store.listApps()
      const stored = apps.filter(({ appId }) => !fixed.has(appId))
      return [...fixed.values()].map(ofOptions).concat(stored.map(row => ofStore(vault, row)))
    },
  }
}

function merge(app: AppDefinition, changes: AppChanges): AppDefinition {
  const { secret, component, ...others } = app
  const isKeyChanged = changes.secret != null || changes.component != null
  const key = isKeyChanged ? {} : { secret, component }
  const all = Object.entries({ ...others, ...key, ...changes, appId: app.appId })
  const kept = all.filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(kept) as unknown as AppDefinition
}

function ofOptions(policy: App): ListedApp {
  const { appId } = policy
  return { appId, from: 'options', policy, secretDigest: null, version: null, changedAt: null }
}

function ofStore(vault: Vault, row: AppRow): ListedApp {
  const { appId, version, changedAt } = row
  const defined = openAppRow(vault, row)
  const secret = defined?.access.secret
  const secretDigest = secret === undefined ? null : Buffer.from(digestOfText(secret), 'base64').toString('hex', 0, 4)
  return { appId, from: 'store', policy: defined?.policy ?? null, secretDigest, version, changedAt }
}
