/** The source documents whose pages can still be served; see docs/sources.md. */
export const legacyFormats = ['000', '001', '002', '003a', '003b', '004'] as const

export type LegacyFormat = (typeof legacyFormats)[number]

/** What an old page asks for: an identity for a code, or the number of a ciphertext. */
export type LegacyStep = 'login' | 'phone'

/**
 * Old wire formats, for front ends that cannot be released again. Each is a door with a weaker lock than `/v1`:
 * docs/sources.md says what each gives away and how to leave it. A page gets a handle where it expects `session_key`.
 */
export interface LegacyPolicy {
  readonly formats: readonly LegacyFormat[]
  /** Where the pages ask. Default: the paths of the documents; where a document names none, `/000/login` and the like. */
  readonly paths?: { readonly [F in LegacyFormat]?: { readonly [S in LegacyStep]?: string } }
  /** Header in which pages of 000 carry the handle, unless it is the field `token` of their body. Default `token`. */
  readonly tokenHeader?: string
  /**
   * Gives pages the real openid. Default false: they get a handle. Not with 002 and 003a, whose pages send it back as
   * their only proof.
   */
  readonly exposeOpenId?: boolean
}

/** A legacy policy with its defaults filled in. */
export interface Legacy {
  readonly doors: readonly LegacyDoor[]
  readonly tokenHeader: string
  readonly exposeOpenId: boolean
}

/** One path of one format. */
export interface LegacyDoor {
  readonly format: LegacyFormat
  readonly step: LegacyStep
  readonly path: string
}

const documented: Readonly<Record<LegacyFormat, { readonly [S in LegacyStep]?: string }>> = {
  '000': { login: '/000/login', phone: '/000/phone' },
  '001': { login: '/v1.0/pub/openId', phone: '/v1.0/pub/decode' },
  '002': { login: '/002/login', phone: '/002/phone' },
  '003a': { login: '/code2Session', phone: '/getWXUserPhone' },
  '003b': { phone: '/user' },
  '004': { login: '/004/login', phone: '/004/phone' },
}
const steps: readonly LegacyStep[] = ['login', 'phone']
/** Paths of our own API and of operators. */
const own = /^\/(v1|admin|legacy|\.well-known|healthz|readyz|metrics|openapi\.json)(\/|$)/

/**
 * Checks a legacy policy and fills in its defaults; `null` when no format is on.
 *
 * @throws TypeError `"<at>.formats" must be …`.
 *
 * @example
 * readLegacy({ formats: ['003b'] }, 'apps[0].legacy')?.doors // [{ format: '003b', step: 'phone', path: '/user' }]
 */
export function readLegacy(policy: LegacyPolicy | undefined, at: string): Legacy | null {
  if (policy === undefined) return null
  const { paths = {}, tokenHeader = 'token', exposeOpenId = false } = policy
  const chosen: readonly LegacyFormat[] = policy.formats
  if (!Array.isArray(policy.formats) || !chosen.every(format => legacyFormats.includes(format)))
    throw new TypeError(`"${at}.formats" must be a list of ${legacyFormats.join(', ')}`)
  if (typeof tokenHeader !== 'string' || !/^[A-Za-z0-9-]{1,64}$/.test(tokenHeader))
    throw new TypeError(`"${at}.tokenHeader" must be 1 to 64 characters of A-Z a-z 0-9 -`)
  if (typeof exposeOpenId !== 'boolean') throw new TypeError(`"${at}.exposeOpenId" must be true or false`)
  if (exposeOpenId && chosen.some(format => format === '002' || format === '003a'))
    throw new TypeError(`"${at}.exposeOpenId" must be false with 002 and 003a: their pages prove themselves with it`)
  const doors = [...new Set(chosen)].flatMap(format => doorsOf(format, paths[format] ?? {}, `${at}.paths.${format}`))
  const twice = doors.find((door, index) => doors.findIndex(({ path }) => path === door.path) !== index)
  if (twice) throw new TypeError(`"${at}.paths.${twice.format}.${twice.step}" must be a path of its own`)
  return doors.length === 0 ? null : { doors, tokenHeader, exposeOpenId }
}

function doorsOf(format: LegacyFormat, given: { readonly [S in LegacyStep]?: string }, at: string): LegacyDoor[] {
  return steps.flatMap(step => {
    const usual = documented[format][step]
    if (usual === undefined) return []
    const path = given[step] ?? usual
    if (typeof path !== 'string' || !/^(\/[A-Za-z0-9._~-]+)+$/.test(path) || /\/\.\.?(\/|$)/.test(path))
      throw new TypeError(`"${at}.${step}" must be a path such as /wx/login`)
    if (own.test(path)) throw new TypeError(`"${at}.${step}" must not be a path of weapp-auth itself`)
    return [{ format, step, path }]
  })
}
