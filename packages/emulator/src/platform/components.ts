import type { EmulatedComponent } from '../types.ts'
import { EmulatorRefusal } from './emulator-refusal.ts'
import type { Memory } from './memory.ts'

/** Third-party platforms, and which apps let them act. */
export interface Components {
  put(component: EmulatedComponent): void
  all(): readonly EmulatedComponent[]
  find(componentAppId: string): EmulatedComponent | undefined
  /** @throws EmulatorRefusal `unknown-app` */
  component(componentAppId: string): EmulatedComponent
  /** The app lets the platform act with these permission sets, instead of those before. */
  authorize(componentAppId: string, appId: string, permissionSets: readonly number[]): void
  revoke(componentAppId: string, appId: string): void
  /** The permission sets that the app gave; null when it has not authorised the platform (errcode 61003). */
  permissionSets(componentAppId: string, appId: string): readonly number[] | null
}

export function createComponents({ memory }: { readonly memory: Memory }): Components {
  const { components, authorizations } = memory.part('components', () => ({
    components: new Map<string, EmulatedComponent>(),
    authorizations: new Map<string, readonly number[]>(),
  }))
  const pair = (componentAppId: string, appId: string) => `${componentAppId} ${appId}`
  return {
    put: component => void components.set(component.appId, component),
    all: () => [...components.values()],
    find: componentAppId => components.get(componentAppId),
    component(componentAppId) {
      const found = components.get(componentAppId)
      if (found) return found
      throw new EmulatorRefusal('unknown-app', 'componentAppId', {
        zh: `"componentAppId"：没有这个第三方平台：${componentAppId}`,
        en: `"componentAppId": no such third-party platform: ${componentAppId}`,
      })
    },
    authorize: (componentAppId, appId, permissionSets) =>
      void authorizations.set(pair(componentAppId, appId), permissionSets),
    revoke: (componentAppId, appId) => void authorizations.delete(pair(componentAppId, appId)),
    permissionSets: (componentAppId, appId) => authorizations.get(pair(componentAppId, appId)) ?? null,
  }
}
