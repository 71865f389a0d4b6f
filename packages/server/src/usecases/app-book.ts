import { type AppDefinition, type DefinedApp, readAppDefinition } from '../domain/app-definition.ts'
import type { App, Apps } from '../domain/app-policy.ts'
import type { Components } from '../domain/component-policy.ts'
import type { Vault } from '../keys/vault.ts'
import type { AppRow } from '../ports/app-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { WechatPlatform } from '../ports/wechat-platform.ts'

export interface AppBookTools {
  /** Those of the server's options: they win over stored ones of the same id. */
  readonly fixed: Apps
  readonly components: Components
  readonly store: Store
  readonly vault: Vault
  readonly wechat: WechatPlatform
  readonly clock: Clock
}

/** The mini programs that are served, in memory: no request asks the store for one. */
export interface AppBook {
  /** Changes in place: keep the map, not what it held. */
  readonly apps: Apps
  /** Reads the stored ones. @throws StorageFault */
  load(): Promise<void>
  /** Asks for the latest version when that was last done two seconds ago or more; `null` when there is nothing to wait for. */
  look(): Promise<void> | null
}

const lookEveryMs = 2000

/**
 * What the store says counts within two seconds in every process, and at once in the one that wrote it. While the store
 * cannot be read, what was known goes on. An app whose row does not open (its root key has not come yet) stays as it was.
 */
export function createAppBook({ fixed, components, store, vault, wechat, clock }: AppBookTools): AppBook {
  const apps = new Map<string, App>(fixed)
  /** Versions of the stored apps that are served. */
  const served = new Map<string, number>()
  let known = 0
  let lookedAt = Number.NEGATIVE_INFINITY

  async function load(): Promise<void> {
    const { version, apps: rows } = await store.listApps()
    if (version < known) return
    const shown = rows.filter(({ appId }) => !fixed.has(appId))
    for (const appId of [...served.keys()]) if (!shown.some(row => row.appId === appId)) drop(appId)
    const missed = shown.filter(row => served.get(row.appId) !== row.version && !take(row))
    // Asked for again until every row opens.
    if (missed.length === 0) known = version
  }

  function take(row: AppRow): boolean {
    const defined = openAppRow(vault, row)
    if (!defined) return false
    apps.set(row.appId, defined.policy)
    const { component } = defined.policy
    // Whose platform is not known here, WeChat cannot be asked for.
    if (component === null || components.has(component)) wechat.setApp?.(defined.access)
    else wechat.removeApp?.(row.appId)
    served.set(row.appId, row.version)
    return true
  }

  function drop(appId: string): void {
    apps.delete(appId)
    served.delete(appId)
    wechat.removeApp?.(appId)
  }

  async function lookAgain(): Promise<void> {
    try {
      if ((await store.appsVersion()) !== known) await load()
    } catch {
      // A store that cannot be read says so to whoever needs it.
    }
  }

  return {
    apps,
    load,
    look() {
      const now = clock.now()
      if (now - lookedAt < lookEveryMs) return null
      lookedAt = now
      return lookAgain()
    },
  }
}

/** A stored app, checked again; `null` when it does not open or is no app. */
export function openAppRow(vault: Vault, { appId, sealed }: Pick<AppRow, 'appId' | 'sealed'>): DefinedApp | null {
  try {
    return readAppDefinition({ ...readDefinition(vault, { appId, sealed }), appId })
  } catch {
    return null
  }
}

/** What the operator told. Throws SealBroken. */
export function readDefinition(vault: Vault, { appId, sealed }: Pick<AppRow, 'appId' | 'sealed'>): AppDefinition {
  return JSON.parse(vault.openApp(appId, sealed)) as AppDefinition
}
