/** A program of yours that may ask the server about tokens. */
export interface BackendPolicy {
  /** 1 to 64 characters of `A-Z a-z 0-9 _ . -`. */
  readonly id: string
  /** 24 to 256 visible ASCII characters, random: `openssl rand -base64 32`. */
  readonly secret: string
  /** Apps whose WeChat access_token it may read. Dangerous: it opens the whole server API of the app. Default: none. */
  readonly wechatAccessToken?: readonly string[]
}

/** A policy with its defaults filled in. */
export type Backend = Required<BackendPolicy>

/** The backends of this server, by id. */
export type Backends = ReadonlyMap<string, Backend>

/**
 * Checks the policies and fills in their defaults.
 *
 * @throws TypeError `"backends[0].secret" must be …`, never with the value.
 *
 * @example
 * readBackends([{ id: 'orders', secret: 'Zm9yLXRoZS1leGFtcGxlLW9ubHk' }]).has('orders') // true
 */
export function readBackends(policies: readonly BackendPolicy[] = []): Backends {
  if (!Array.isArray(policies)) throw new TypeError('"backends" must be a list')
  const backends = new Map<string, Backend>()
  for (const [index, policy] of policies.entries()) {
    const backend = readBackend(policy, `backends[${index}]`)
    if (backends.has(backend.id)) throw new TypeError(`"backends[${index}].id" must be unique`)
    backends.set(backend.id, backend)
  }
  return backends
}

function readBackend({ id, secret, wechatAccessToken = [] }: BackendPolicy, at: string): Backend {
  if (typeof id !== 'string' || !/^[A-Za-z0-9_.-]{1,64}$/.test(id))
    throw new TypeError(`"${at}.id" must be 1 to 64 characters of A-Z a-z 0-9 _ . -`)
  if (typeof secret !== 'string' || !/^[\x21-\x7e]{24,256}$/.test(secret))
    throw new TypeError(`"${at}.secret" must be 24 to 256 visible ASCII characters`)
  if (!Array.isArray(wechatAccessToken) || !wechatAccessToken.every(appId => typeof appId === 'string'))
    throw new TypeError(`"${at}.wechatAccessToken" must be a list of app ids`)
  return { id, secret, wechatAccessToken }
}
