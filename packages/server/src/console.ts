import type { Passkeys, RelyingParty } from './ports/passkeys.ts'

/** The operators' console. */
export interface ConsoleOptions {
  /**
   * Where operators open it, such as `https://auth.example.com`: https, or http on this machine. Its pages must come from
   * there too. Default: the origin of `issuer`.
   */
  readonly origin?: string
  /** `createPasskeys()` of `@weapp-auth/server/passkeys`. Default: none, and operators sign in with an authenticator app. */
  readonly passkeys?: Passkeys
}

export interface Console {
  readonly party: RelyingParty
  readonly passkeys: Passkeys | null
  readonly cookie: { readonly name: string; readonly secure: boolean }
}

const thisMachine: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Whether browsers keep secrets of this origin: https, or this machine. */
export function isConsoleOrigin(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && thisMachine.includes(hostname))
}

/**
 * Reads the options. Browsers take a `__Host-` cookie only over https (RFC 6265bis, section 4.1.3.2), so on this machine
 * it has a plain name.
 *
 * @throws TypeError `"console.origin" must be …`.
 *
 * @example
 * readConsole({}, 'https://auth.example.com').cookie.name // '__Host-weapp-operator'
 */
export function readConsole({ origin, passkeys }: ConsoleOptions, issuer: string): Console {
  const url = origin ?? new URL(issuer).origin
  if (!URL.canParse(url) || new URL(url).origin !== url || !isConsoleOrigin(url))
    throw new TypeError(
      '"console.origin" must be an origin of https, or of http on localhost, such as https://auth.example.com',
    )
  if (passkeys !== undefined && typeof passkeys?.verifyRequest !== 'function')
    throw new TypeError('"console.passkeys" must be what createPasskeys() makes')
  const secure = url.startsWith('https:')
  return {
    party: { id: new URL(url).hostname, name: 'weapp-auth', origin: url },
    passkeys: passkeys ?? null,
    cookie: { name: secure ? '__Host-weapp-operator' : 'weapp-operator', secure },
  }
}
