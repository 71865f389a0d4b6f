import type { Apps } from './domain/app-policy.ts'
import type { Components } from './domain/component-policy.ts'
import type { WechatPlatform } from './ports/wechat-platform.ts'
import { type ComponentGrantsTools, createComponentGrants } from './usecases/component-grants.ts'

/** Tells the client of WeChat which platforms there are, and for which apps they act. */
export function introduceComponents(
  fixed: Apps,
  tools: ComponentGrantsTools & { readonly components: Components; readonly wechat: WechatPlatform },
): void {
  const { components, wechat } = tools
  if (components.size > 0 && !(wechat.setComponent && wechat.setApp && wechat.authorization))
    throw new TypeError('"wechat" must be able to act as a third-party platform, see setComponent')
  for (const { appId, secret } of components.values())
    wechat.setComponent?.({ appId, secret, grants: createComponentGrants(tools, appId) })
  for (const [index, { appId, component }] of [...fixed.values()].entries()) {
    if (component === null) continue
    if (!components.has(component)) throw unknownComponent(`apps[${index}]`)
    wechat.setApp?.({ appId, component })
  }
}

export function unknownComponent(at: string): TypeError {
  return new TypeError(`"${at}.component" must be the app id of one of "components"`)
}
