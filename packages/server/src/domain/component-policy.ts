import { type Push, type PushPolicy, readPushPolicy } from './push-policy.ts'

/** A third-party platform (第三方平台) that acts for mini programs: what you entered for it on the open platform. */
export interface ComponentPolicy {
  readonly appId: string
  /** The AppSecret of the platform. A secret. */
  readonly secret: string
  /**
   * Token and key of its messages: events of the platform come to `/v1/wechat/component/{appId}`, those of its mini
   * programs to `/v1/wechat/push/{appId of the mini program}`. Always encrypted, so a key is needed.
   */
  readonly push: PushPolicy
}

/** A policy with its defaults filled in. */
interface Component extends Pick<ComponentPolicy, 'appId' | 'secret'> {
  readonly push: Push & { readonly encodingAesKey: string }
}

/** The third-party platforms of this server, by app id. */
export type Components = ReadonlyMap<string, Component>

/**
 * Checks the policies and fills in their defaults. A secret is never repeated.
 *
 * @throws TypeError `"components[0].secret" must be …`.
 *
 * @example
 * readComponents([{ appId: 'wx00000000000000c1', secret, push: { token, encodingAesKey } }]).has('wx00000000000000c1')
 */
export function readComponents(policies: readonly ComponentPolicy[] = []): Components {
  if (!Array.isArray(policies)) throw new TypeError('"components" must be a list of third-party platforms')
  const components = new Map<string, Component>()
  for (const [index, policy] of policies.entries()) {
    const at = `components[${index}]`
    const component = readComponent(policy, at)
    if (components.has(component.appId)) throw new TypeError(`"${at}.appId" must be unique`)
    components.set(component.appId, component)
  }
  return components
}

function readComponent(policy: ComponentPolicy, at: string): Component {
  const { appId, secret, push: given, ...stray } = policy ?? {}
  if (typeof appId !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(appId))
    throw new TypeError(`"${at}.appId" must be 1 to 64 characters of A-Z a-z 0-9 _ -`)
  if (typeof secret !== 'string' || !/^[\x21-\x7e]{8,256}$/.test(secret))
    throw new TypeError(`"${at}.secret" must be 8 to 256 visible ASCII characters`)
  const [unknown] = Object.keys(stray)
  if (unknown !== undefined) throw new TypeError(`"${at}.${unknown}" must not be there`)
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`"${at}.push" must be an object with token and encodingAesKey`)
  const push = readPushPolicy(given, `${at}.push`)
  if (push?.encodingAesKey == null)
    throw new TypeError(`"${at}.push.encodingAesKey" must be 43 characters of A-Z a-z 0-9 + /`)
  const { token, delayMs, encodingAesKey } = push
  return { appId, secret, push: { token, delayMs, encodingAesKey } }
}
