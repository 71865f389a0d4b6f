import type { Vault } from '../keys/vault.ts'
import { StorageFault, type Store } from '../ports/store.ts'
import type { ComponentGrants } from '../ports/wechat-platform.ts'

export interface ComponentGrantsTools {
  readonly store: Store
  readonly vault: Vault
}

/** Changes that lose to each other are tried again. */
const races = 8

/** What a third-party platform was given, sealed in the store: every process of the deployment reads the same. */
export function createComponentGrants(tools: ComponentGrantsTools, componentAppId: string): ComponentGrants {
  const { store, vault } = tools

  async function open(appId: string) {
    const row = await store.readGrant(componentAppId, appId)
    if (!row?.sealed) return null
    return { text: vault.openGrant({ componentAppId, appId }, row.sealed), version: row.version }
  }

  return {
    readTicket: async () => (await open(componentAppId))?.text ?? null,
    readRefreshToken: async appId => (await open(appId))?.text ?? null,
    async replaceRefreshToken(appId, { former, refreshToken }) {
      const place = { componentAppId, appId }
      for (let race = 0; race < races; race += 1) {
        const grant = await open(appId)
        if (grant?.text !== former) return
        const sealed = vault.sealGrant(place, refreshToken)
        if (await store.changeGrant({ ...place, version: grant.version, sealed })) return
      }
      throw new StorageFault('busy')
    },
  }
}
