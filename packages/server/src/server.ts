import { createDesk } from './desk.ts'
import { type AppPolicy, readApps } from './domain/app-policy.ts'
import { type BackendPolicy, readBackends } from './domain/backends.ts'
import { createIds } from './domain/ids.ts'
import { type RequestRates, readRequestRates } from './domain/request-rates.ts'
import { createGate } from './gate.ts'
import { createAuthenticateBackend } from './http/authenticate-backend.ts'
import type { Arrival } from './http/client-address.ts'
import { createGuard } from './http/guard.ts'
import { createRequestLimits } from './http/request-limits.ts'
import type { MetricsSource } from './http/routes/get-metrics.ts'
import { createRoutes } from './http/routes.ts'
import { createFetch } from './http/serve.ts'
import { createAccessTokens } from './keys/access-token.ts'
import { createJobSeal } from './keys/job-seal.ts'
import type { Keyring } from './keys/keyring.ts'
import { createMergeCodes } from './keys/merge-code.ts'
import { createPooledRandom } from './keys/pooled-random.ts'
import { createRefreshTokens } from './keys/refresh-token.ts'
import { openRing } from './keys/ring.ts'
import { listKeys } from './keys/rotate-keyring.ts'
import { createIssueTokens } from './keys/tokens.ts'
import { createVault } from './keys/vault.ts'
import { createLegacyRoutes } from './legacy/legacy-routes.ts'
import { createMemoryLimiter } from './limits/memory-limiter.ts'
import type { AvatarOptions, AvatarStorage } from './ports/avatar-storage.ts'
import type { Clock } from './ports/clock.ts'
import type { Limiter } from './ports/limiter.ts'
import type { Observe } from './ports/observer.ts'
import type { Random } from './ports/random.ts'
import type { SmsProvider } from './ports/sms-provider.ts'
import type { Store } from './ports/store.ts'
import type { WechatPlatform } from './ports/wechat-platform.ts'
import { registerKeys } from './register-keys.ts'
import { createActOnPush } from './usecases/act-on-push.ts'
import { createAppBook } from './usecases/app-book.ts'
import { createAudit } from './usecases/audit.ts'
import { createAuthorize } from './usecases/authorize.ts'
import { createAvatarFiles } from './usecases/avatar-files.ts'
import { createBindPhone } from './usecases/bind-phone.ts'
import { createChangeProfile } from './usecases/change-profile.ts'
import { createEndSession } from './usecases/end-session.ts'
import { createEndUserSessions } from './usecases/end-user-sessions.ts'
import { createEraseMe } from './usecases/erase-me.ts'
import { createExportMe } from './usecases/export-me.ts'
import { createIntrospect } from './usecases/introspect.ts'
import { createKeepConsents } from './usecases/keep-consents.ts'
import { createListSessions } from './usecases/list-sessions.ts'
import { createLogIn } from './usecases/log-in.ts'
import { createLogInWithPhone } from './usecases/log-in-with-phone.ts'
import { createManageApps, type ManageApps } from './usecases/manage-apps.ts'
import { createManageUsers, type ManageUsers } from './usecases/manage-users.ts'
import { createMergeMe } from './usecases/merge-me.ts'
import { createMergeUsers } from './usecases/merge-users.ts'
import { createOpenDataDesk } from './usecases/open-data-desk.ts'
import { createOpenUser } from './usecases/open-user.ts'
import { createPhoneBook } from './usecases/phone-book.ts'
import { createPhoneBudget } from './usecases/phone-budget.ts'
import { createPhoneByCode } from './usecases/phone-by-code.ts'
import { createPhoneByOpenData } from './usecases/phone-by-open-data.ts'
import { createProfileByOpenData } from './usecases/profile-by-open-data.ts'
import { createReadMe } from './usecases/read-me.ts'
import { createReadPhones } from './usecases/read-phones.ts'
import { createReceivePush } from './usecases/receive-push.ts'
import { createRefreshByGrant } from './usecases/refresh-by-grant.ts'
import { createRequireConsent } from './usecases/require-consent.ts'
import { createRevokeToken } from './usecases/revoke-token.ts'
import { createRotateSession } from './usecases/rotate-session.ts'
import { createRunJobs } from './usecases/run-jobs.ts'
import { createSendSms } from './usecases/send-sms.ts'
import { createTellAnchor } from './usecases/tell-anchor.ts'
import { createVerifySms } from './usecases/verify-sms.ts'

/** What a server is made of. */
export interface ServerOptions {
  /** Mini programs it serves, beside those that operators add (`apps` of the server). Default: none. */
  readonly apps?: readonly AppPolicy[]
  /** Where everything is kept, such as `createSqliteStore(...)`. Stays yours: close it after the server. */
  readonly store: Store
  /** How WeChat is asked: `createWechat(...)` of `@weapp-auth/wechat`. */
  readonly wechat: WechatPlatform
  /** The secrets of the server; see `generateKeyring` and `readKeyring`. */
  readonly keys: Keyring
  /** URL that names the server in its tokens (`iss`), such as `https://auth.example.com`. */
  readonly issuer: string
  /** Who the access tokens are for (`aud`). Default: `issuer`. */
  readonly audience?: string
  /** Programs of yours that may introspect and revoke tokens. Default: none. */
  readonly backends?: readonly BackendPolicy[]
  /** Pictures that users upload. Default: none are taken. */
  readonly avatars?: AvatarOptions
  /** Who sends one-time codes, such as `createTencentSms(...)`. Needed when an app has `sms: 'on'`. */
  readonly sms?: SmsProvider
  /** How fast requests are taken; what is not named keeps its default. */
  readonly limits?: Partial<RequestRates>
  /** Who counts them. Default: this process, in memory. */
  readonly limiter?: Limiter
  /**
   * How many proxies of yours stand in front and add to `x-forwarded-for`, 0 to 10. Default 0: the header is not
   * believed, and the address is that of the connection.
   */
  readonly trustProxy?: number
  /** Default: the system's clock. */
  readonly clock?: Clock
  /** Default: the system's strong randomness. */
  readonly random?: Random
  /** What `GET /metrics` shows. Default: no such route. */
  readonly metrics?: MetricsSource
  /** Is told of every step; see `ServerEvent`. What it throws is ignored. Default: nobody. */
  readonly observe?: Observe
}

/** The auth server: a function from requests to answers. It opens no port and starts no timer. */
export interface Server {
  /** Answers one request of the HTTP API. Never rejects. `arrival` says where it comes from, for limits by address. */
  fetch(request: Request, arrival?: Arrival): Promise<Response>
  /**
   * Compares the root keys with those that the data was sealed with; call it before you open a port.
   * `fetch` does it by itself before its first touch of the store, and answers `keys_mismatched` while they differ.
   *
   * @throws ProblemError `keys_mismatched` whose detail names the key. Nothing has been changed then.
   * @throws StorageFault
   */
  ready(): Promise<void>
  /** Mini programs that come, change and go while it runs; those of the options stay as they are. */
  readonly apps: ManageApps
  /**
   * Uses these keys from now on. A signing key should be known as `verify-only`, and a root key as `decrypt-only`, some
   * time before it is used; see `rotateKeyring`. The audit log gets a line with their names.
   *
   * @throws KeyringInvalid; ProblemError `keys_mismatched` when a root key is not the one that the data was sealed with.
   * Nothing has changed then.
   */
  replaceKeys(keys: Keyring): Promise<void>
  /** Removes what nobody can use any more. Call it every few minutes. Returns how many rows and files went. */
  sweep(): Promise<number>
  /**
   * Does what has become due: erases what users took back at WeChat (see `push` of the app). Call it every few seconds.
   * Returns how many jobs were taken; one that fails is told to `observe` and comes again.
   */
  work(): Promise<number>
  /** Users of one person: merge them, undo it, find who somebody is now. */
  readonly users: ManageUsers
  /** Resolves when the requests under way are answered. The store and WeChat's client stay open. */
  close(): Promise<void>
}

/**
 * Puts the server together.
 *
 * @throws TypeError `"issuer" must be …` and the like; KeyringInvalid for unusable keys.
 *
 * @example
 * const server = createServer({
 *   apps: [{ appId: 'wx0000000000000001' }],
 *   store: createMemoryStore(),
 *   wechat,
 *   keys: generateKeyring(),
 *   issuer: 'https://auth.example.com',
 * })
 * await server.ready()
 * const answer = await server.fetch(new Request('https://auth.example.com/healthz'))
 */
export function createServer(options: ServerOptions): Server {
  const {
    store,
    wechat,
    keys,
    clock = systemClock,
    random = createPooledRandom(),
    observe = () => {},
  } = checked(options)
  const { issuer, audience = issuer } = options
  const fixed = readApps(options.apps ?? [])
  const backends = readBackends(options.backends)
  const newId = createIds({ clock, random })
  const { limiter = createMemoryLimiter(), sms = null, trustProxy = 0 } = options
  const tell = silently(observe)

  const ring = openRing(keys)
  const vault = createVault({ ring, random })
  const appBook = createAppBook({ fixed, store, vault, wechat, clock })
  const { apps } = appBook
  const limits = createRequestLimits({ limiter, rates: readRequestRates(options.limits), apps, clock })
  const refreshTokens = createRefreshTokens(ring)
  const accessTokens = createAccessTokens({ signing: keys.signing, issuer, audience, clock, newId })
  const issueTokens = createIssueTokens({ access: accessTokens, refresh: refreshTokens })

  const tools = {
    apps,
    store,
    wechat,
    vault,
    refreshTokens,
    accessTokens,
    issueTokens,
    issuer,
    audience,
    jobSeal: createJobSeal({ ring, random }),
    audit: createAudit({ store, clock }),
    clock,
    newId,
    tell,
  }
  const { storage, maxBytes: maxAvatar, publicUrl: avatarsUrl } = readAvatars(options.avatars, issuer)
  const openUser = createOpenUser({ vault, avatarsUrl })
  const requireConsent = createRequireConsent({ apps, store })
  const avatarFiles = createAvatarFiles({ storage, store, clock, random })
  const own = { ...tools, limiter, random, openUser, requireConsent, avatarFiles }
  const phoneBook = createPhoneBook(tools)
  const openDataDesk = createOpenDataDesk(tools)
  const phoneBudget = createPhoneBudget(tools)
  const phoneByCode = createPhoneByCode({ ...tools, phoneBook, phoneBudget })
  const phoneByOpenData = createPhoneByOpenData({ ...tools, openDataDesk, phoneBook })
  const bindPhone = createBindPhone({ apps, requireConsent, phoneByCode, phoneByOpenData })
  const logIn = createLogIn(own)
  const rotateSession = createRotateSession(tools)

  const merging = createMergeUsers(tools)

  const routes = createRoutes({
    logIn,
    logInWithPhone: createLogInWithPhone({ logIn, bindPhone }),
    bindPhone,
    sendSms: createSendSms({ ...own, sms }),
    verifySms: createVerifySms({ ...own, phoneBook }),
    rotateSession,
    endSession: createEndSession(tools),
    endUserSessions: createEndUserSessions(tools),
    listSessions: createListSessions(tools),
    backend: createAuthenticateBackend(backends),
    introspect: createIntrospect(tools),
    revokeToken: createRevokeToken(tools),
    refreshByGrant: createRefreshByGrant({ ...tools, rotateSession }),
    wechat,
    receivePush: createReceivePush(tools),
    issuer,
    changeProfile: createChangeProfile(own),
    profileByOpenData: createProfileByOpenData({ ...own, openDataDesk }),
    avatarFiles,
    maxAvatar,
    keepConsents: createKeepConsents(own),
    exportMe: createExportMe(own),
    eraseMe: createEraseMe(own),
    mergeMe: createMergeMe({ ...own, merging, mergeCodes: createMergeCodes(ring) }),
    readMe: createReadMe(own),
    readPhones: createReadPhones(tools),
    publicKeys: () => accessTokens.publicKeys,
    metrics: options.metrics,
    checkStore: () => store.check(),
    guard: createGuard(createAuthorize(tools)),
    limits,
  })
  const opened = createGate(async () => {
    await registerKeys(store, vault.keyChecks(), clock.now())
    await appBook.load()
  })
  const gate = () => opened() ?? appBook.look()
  const late = createLegacyRoutes({ ...tools, ring, logIn, bindPhone, limits })
  const fetch = createFetch({ routes, late, clock, newId, tell, gate, limits, trustProxy })
  const desk = createDesk(fetch)
  const runJobs = createRunJobs({ ...tools, actOnPush: createActOnPush(own) })
  const tellAnchor = createTellAnchor(tools)

  return {
    fetch: desk.fetch,
    async ready() {
      await gate()
    },
    apps: createManageApps({
      fixed,
      store,
      vault,
      clock,
      check(app) {
        if (app.sms === 'on' && !sms)
          throw new TypeError('"app.sms" must be off: the server has no provider of messages')
        if (!wechat.setApp) throw new TypeError('"wechat" must be able to take apps, see setApp')
      },
      opened,
      changed: appBook.load,
    }),
    async replaceKeys(next) {
      const checks = createVault({ ring: openRing(next), random }).keyChecks()
      await gate()
      await registerKeys(store, checks, clock.now())
      const names = listKeys(next).map(({ kind, name, use }) => `${kind} ${name} ${use}`)
      const act = { actor: 'operator', act: 'keys-replaced', appId: null, subject: null } as const
      await tools.audit.append({ ...act, details: { keys: names } })
      ring.replace(next)
      accessTokens.replaceKeys(next.signing)
      await appBook.load()
    },
    async sweep() {
      await gate()
      return (await store.sweep(clock.now())) + (await avatarFiles.sweep())
    },
    async work() {
      await gate()
      const ran = await runJobs()
      await tellAnchor()
      return ran
    },
    users: createManageUsers({ store, merging, newId }),
    close: desk.close,
  }
}

const systemClock: Clock = { now: () => Date.now() }

function checked(options: ServerOptions): ServerOptions {
  const { store, wechat, issuer, audience, observe } = options
  if (typeof store?.recordLogin !== 'function') throw new TypeError('"store" must be a store')
  if (typeof wechat?.codeToSession !== 'function') throw new TypeError('"wechat" must be a client of WeChat')
  if (typeof issuer !== 'string' || !/^https?:\/\/[^\s?#]+$/.test(issuer))
    throw new TypeError('"issuer" must be a URL without query and fragment, such as https://auth.example.com')
  if (audience !== undefined && (typeof audience !== 'string' || audience === ''))
    throw new TypeError('"audience" must be text that is not empty')
  const { trustProxy = 0 } = options
  if (!Number.isInteger(trustProxy) || trustProxy < 0 || trustProxy > 10)
    throw new TypeError('"trustProxy" must be a whole number from 0 to 10')
  if (options.sms !== undefined && typeof options.sms?.send !== 'function')
    throw new TypeError('"sms" must be a provider of messages')
  const sending = options.apps?.findIndex?.(app => app.sms === 'on') ?? -1
  if (sending >= 0 && options.sms === undefined)
    throw new TypeError(`"sms" must be a provider of messages, because "apps[${sending}].sms" is on`)
  if (observe !== undefined && typeof observe !== 'function') throw new TypeError('"observe" must be a function')
  return options
}

function readAvatars(
  avatars: AvatarOptions | undefined,
  issuer: string,
): { storage: AvatarStorage | null; maxBytes: number; publicUrl: string | null } {
  if (avatars === undefined) return { storage: null, maxBytes: defaultMaxAvatar, publicUrl: null }
  const { storage, maxBytes = defaultMaxAvatar, publicUrl = issuer } = avatars
  if (typeof storage?.put !== 'function') throw new TypeError('"avatars.storage" must be a storage of avatars')
  if (!Number.isInteger(maxBytes) || maxBytes < 1024 || maxBytes > 16 * 1024 * 1024)
    throw new TypeError('"avatars.maxBytes" must be a whole number from 1024 to 16777216')
  if (typeof publicUrl !== 'string' || !/^https?:\/\/[^\s?#]+$/.test(publicUrl))
    throw new TypeError('"avatars.publicUrl" must be a URL without query and fragment, such as https://img.example.com')
  return { storage, maxBytes, publicUrl: publicUrl.replace(/\/$/, '') }
}

const defaultMaxAvatar = 2 * 1024 * 1024

/** An observer is a guest: what it throws does not reach the request. */
function silently(observe: Observe): Observe {
  return event => {
    try {
      observe(event)
    } catch {}
  }
}
