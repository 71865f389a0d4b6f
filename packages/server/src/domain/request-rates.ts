/** So many requests within so long: at once, and then evenly. */
interface RequestRate {
  /** 1 or more. */
  readonly requests: number
  readonly windowMs: number
}

/** How fast requests are taken. Meant to be met by abuse only; `off` does not count. */
export interface RequestRates {
  /**
   * From one address (of IPv6: from one network of 64 bits). Default 6000 a minute, because carriers put many people
   * behind one. An address of a private network or of this machine is a proxy and not counted: see `trustProxy`.
   */
  readonly perIp: RequestRate | 'off'
  /** Of one user, where something is changed or asked from WeChat. Default 600 a minute. */
  readonly perUser: RequestRate | 'off'
  /** Logins of one mini program, whoever sends them. Default 1,000,000 a minute: more than a server can do. */
  readonly perApp: RequestRate | 'off'
}

const defaults: RequestRates = {
  perIp: { requests: 6000, windowMs: 60_000 },
  perUser: { requests: 600, windowMs: 60_000 },
  perApp: { requests: 1_000_000, windowMs: 60_000 },
}

/**
 * Fills in the defaults.
 *
 * @throws TypeError `"limits.perIp.requests" must be …`.
 *
 * @example
 * readRequestRates({ perUser: 'off' }).perIp // { requests: 6000, windowMs: 60_000 }
 */
export function readRequestRates(given: Partial<RequestRates> = {}): RequestRates {
  for (const [name, rate] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`"limits.${name}" must not be there`)
    if (rate === 'off') continue
    for (const field of ['requests', 'windowMs'] as const)
      if (!Number.isSafeInteger(rate?.[field]) || rate[field] < 1)
        throw new TypeError(`"limits.${name}.${field}" must be a whole number, 1 or more`)
  }
  return { ...defaults, ...given }
}
