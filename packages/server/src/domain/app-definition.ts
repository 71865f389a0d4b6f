import { type App, type AppPolicy, readApp } from './app-policy.ts'

/** A mini program that is added while the server runs: its policy, and how WeChat is asked for it. */
export interface AppDefinition extends AppPolicy {
  /** The AppSecret. Left out when a third-party platform acts for the app (`component`). */
  readonly secret?: string
  /** Whether the openid is sent with the phone code. Default: as WeChat's client was told. */
  readonly sendOpenId?: boolean
}

/** How WeChat is asked for an app: with its own secret, or by a third-party platform. */
export type AppAccess = { readonly appId: string; readonly sendOpenId?: boolean } & (
  | { readonly secret: string; readonly component?: undefined }
  | { readonly component: string; readonly secret?: undefined }
)

/** A definition that was checked. */
export interface DefinedApp {
  readonly policy: App
  readonly access: AppAccess
}

/**
 * Checks a definition; a field that nobody knows is refused too. A secret is never repeated.
 *
 * @throws TypeError `"app.secret" must be …`.
 *
 * @example
 * readAppDefinition({ appId: 'wx0000000000000001', secret: 'only-for-the-example' }).policy.openData // 'off'
 */
export function readAppDefinition(definition: AppDefinition): DefinedApp {
  const { secret, sendOpenId, ...given } = definition
  const policy = readApp(given, 'app')
  const stray = Object.keys(given).find(field => !Object.hasOwn(policy, field))
  if (stray !== undefined) throw new TypeError(`"app.${stray}" must not be there`)
  if (sendOpenId !== undefined && typeof sendOpenId !== 'boolean')
    throw new TypeError('"app.sendOpenId" must be true or false')
  const access = { appId: policy.appId, ...(sendOpenId !== undefined && { sendOpenId }), ...readKey(policy, secret) }
  return { policy, access }
}

function readKey({ component }: App, secret: unknown) {
  if (component !== null) {
    if (secret === undefined) return { component }
    throw new TypeError('"app.secret" must be left out: the third-party platform "component" acts for the app')
  }
  if (typeof secret === 'string' && /^[\x21-\x7e]{8,256}$/.test(secret)) return { secret }
  throw new TypeError('"app.secret" must be 8 to 256 visible ASCII characters')
}
