import { type ConsoleOptions, readConsole } from './console.ts'
import { createDesk } from './desk.ts'
import { defaultMaxUnderWay } from './domain/admission.ts'
import { type AppPolicy, readApps } from './domain/app-policy.ts'
import { type BackendPolicy, readBackends } from './domain/backends.ts'
import { type ComponentPolicy, readComponents } from './domain/component-policy.ts'
import { createIds } from './domain/ids.ts'
import { limits as times } from './domain/limits.ts'
import { type OperatorPolicy, readOperators } from './domain/operators.ts'
import { ProblemError } from './domain/problem-error.ts'
import { type RequestRates, readRequestRates } from './domain/request-rates.ts'
import { createGate } from './gate.ts'
import { createAdminRoutes } from './http/admin-routes.ts'
import { createAuthenticateBackend } from './http/authenticate-backend.ts'
import { createAuthenticateOperator } from './http/authenticate-operator.ts'
import type { Arrival } from './http/client-address.ts'
import { createExportRoutes } from './http/export-routes.ts'
import { createGuard } from './http/guard.ts'
import { type HttpAnswer, type HttpRequest, toResponse } from './http/http-message.ts'
import { createLimitGuesses } from './http/limit-guesses.ts'
import { asProblemError } from './http/problem.ts'
import { createRequestLimits } from './http/request-limits.ts'
import type { MetricsSource } from './http/routes/get-metrics.ts'
import { createRoutes } from './http/routes.ts'
import { createAnswer } from './http/serve.ts'
import { createShedLoad, type ServerLoad } from './http/shed-load.ts'
import { introduceComponents, unknownComponent } from './introduce-components.ts'
import { createAccessTokens } from './keys/access-token.ts'
import { createJobSeal } from './keys/job-seal.ts'
import type { Keyring } from './keys/keyring.ts'
import { createMergeCodes } from './keys/merge-code.ts'
import { createOperatorTokens } from './keys/operator-tokens.ts'
import { createPooledRandom } from './keys/pooled-random.ts'
import { createRefreshTokens } from './keys/refresh-token.ts'
import { openRing } from './keys/ring.ts'
import { listKeys } from './keys/rotate-keyring.ts'
import { createIssueTokens } from './keys/tokens.ts'
import { createVault } from './keys/vault.ts'
import { createLegacyRoutes } from './legacy/legacy-routes.ts'
import { createMemoryLimiter } from './limits/memory-limiter.ts'
import { type InvitationLink, openConsole } from './open-console.ts'
import type { AvatarOptions, AvatarStorage } from './ports/avatar-storage.ts'
import type { Clock } from './ports/clock.ts'
import type { EventLoop } from './ports/event-loop.ts'
import type { Limiter } from './ports/limiter.ts'
import type { Observe, ServerEvent } from './ports/observer.ts'
import type { Random } from './ports/random.ts'
import type { SmsProvider } from './ports/sms-provider.ts'
import type { Store } from './ports/store.ts'
import { systemTimer, type Timer } from './ports/timer.ts'
import type { WechatPlatform } from './ports/wechat-platform.ts'
import { registerKeys } from './register-keys.ts'
import { authorizedJob, createActOnAuthorization } from './usecases/act-on-authorization.ts'
import { createActOnPush } from './usecases/act-on-push.ts'
import { createAppBook } from './usecases/app-book.ts'
import { createAudit } from './usecases/audit.ts'
import { createAuthorize } from './usecases/authorize.ts'
import { createAvatarFiles } from './usecases/avatar-files.ts'
import { createBindPhone } from './usecases/bind-phone.ts'
import { createChangeProfile } from './usecases/change-profile.ts'
import { createCheckApp } from './usecases/check-app.ts'
import { createCountSteps } from './usecases/count-steps.ts'
import { createEndSession } from './usecases/end-session.ts'
import { createEndUserSessions } from './usecases/end-user-sessions.ts'
import { createEraseMe } from './usecases/erase-me.ts'
import { createExportMe, createExportUser } from './usecases/export-me.ts'
import { createIntrospect } from './usecases/introspect.ts'
import { createKeepConsents } from './usecases/keep-consents.ts'
import { createKeepLatencies } from './usecases/keep-latencies.ts'
import { createKeepTallies } from './usecases/keep-tallies.ts'
import { createKeepTraces, type TraceKeeping } from './usecases/keep-traces.ts'
import { createListSessions } from './usecases/list-sessions.ts'
import { createLogIn } from './usecases/log-in.ts'
import { createLogInWithPhone } from './usecases/log-in-with-phone.ts'
import { createManageApps, type ManageApps } from './usecases/manage-apps.ts'
import { createManageUsers, type ManageUsers } from './usecases/manage-users.ts'
import { createMergeMe } from './usecases/merge-me.ts'
import { createMergeUsers } from './usecases/merge-users.ts'
import { createOpenDataDesk } from './usecases/open-data-desk.ts'
import { createOpenUser } from './usecases/open-user.ts'
import { createOperateApps } from './usecases/operate-apps.ts'
import { createOperateExports } from './usecases/operate-exports.ts'
import { createOperateUsers } from './usecases/operate-users.ts'
import { createPhoneBook } from './usecases/phone-book.ts'
import { createPhoneBudget } from './usecases/phone-budget.ts'
import { createPhoneByCode } from './usecases/phone-by-code.ts'
import { createPhoneByOpenData } from './usecases/phone-by-open-data.ts'
import { createProfileByOpenData } from './usecases/profile-by-open-data.ts'
import { createReadAlarms } from './usecases/read-alarms.ts'
import { createReadExported } from './usecases/read-exported.ts'
import { createReadLedgers } from './usecases/read-ledgers.ts'
import { createReadMe } from './usecases/read-me.ts'
import { createReadPhones } from './usecases/read-phones.ts'
import { createReadTallies } from './usecases/read-tallies.ts'
import { createReadTraces } from './usecases/read-traces.ts'
import { createReceiveComponentPush } from './usecases/receive-component-push.ts'
import { createReceivePush } from './usecases/receive-push.ts'
import { createRefreshByGrant } from './usecases/refresh-by-grant.ts'
import { createRefuseEvenly } from './usecases/refuse-evenly.ts'
import { createRequireConsent } from './usecases/require-consent.ts'
import { createRevokeToken } from './usecases/revoke-token.ts'
import { createRotateSession } from './usecases/rotate-session.ts'
import { createRunJobs } from './usecases/run-jobs.ts'
import { createSendSms } from './usecases/send-sms.ts'
import { createTellAnchor } from './usecases/tell-anchor.ts'
import { createTellRefusals } from './usecases/tell-refusals.ts'
import { createTellUnionIdConflict } from './usecases/tell-union-id-conflict.ts'
import { createVerifySms } from './usecases/verify-sms.ts'
import { createWatchPushes, type TestPush } from './usecases/watch-pushes.ts'

/** What a server is made of. */
export interface ServerOptions {
  /** Mini programs it serves, beside those that operators add (`apps` of the server). Default: none. */
  readonly apps?: readonly AppPolicy[]
  /**
   * Third-party platforms that act for mini programs whose policy names one (`component`). `wechat` is told of them.
   * Default: none.
   */
  readonly components?: readonly ComponentPolicy[]
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
  /** Programs that may use `/admin/v1` by a token. Default: none; without `console` there are no such routes then. */
  readonly operators?: readonly OperatorPolicy[]
  /** People who may use `/admin/v1`: they join by invitation and sign in to a console. Default: there is none. */
  readonly console?: ConsoleOptions
  /**
   * Yuan that WeChat charges for one phone number, 0 to 100, for `GET /admin/v1/cost`. Default 0.03, the price of the
   * quick check since 2023-08-28 (手机号快速验证组件); 0 for those who are exempt.
   */
  readonly phonePrice?: number
  /**
   * Of which requests operators can read what came of them (`POST /admin/v1/trace`): `on` keeps those that failed for seven
   * days and a sample of the others for one, `failures` only the former, `off` none. Default `on`; without operators: none.
   */
  readonly trace?: TraceKeeping
  /** Where a phone simulator stands beside this server, such as `/phone/`; told with traces. Default: nowhere. */
  readonly simulator?: string
  /** Pictures that users upload. Default: none are taken. */
  readonly avatars?: AvatarOptions
  /** Who sends one-time codes, such as `createTencentSms(...)`. Needed when an app has `sms: 'on'`. */
  readonly sms?: SmsProvider
  /**
   * How long a merge of two users can be undone, 1 hour to 90 days in milliseconds; what it takes is kept so long.
   * Default 7 days. A change is for the merges that come.
   */
  readonly mergeUndoMs?: number
  /** How fast requests are taken; what is not named keeps its default. */
  readonly limits?: Partial<RequestRates>
  /** Who counts them. Default: this process, in memory. */
  readonly limiter?: Limiter
  /**
   * How many proxies of yours stand in front and add to `x-forwarded-for`, 0 to 10. Default 0: the header is not
   * believed, and the address is that of the connection.
   */
  readonly trustProxy?: number
  /**
   * How many requests may be under way in this process, 16 to 100,000; those that come beyond it are refused with 503
   * `overloaded`: logins from three quarters on, phone numbers from seven eighths. Default 2048.
   */
  readonly maxUnderWay?: number
  /** Default: the system's clock. */
  readonly clock?: Clock
  /** By which overload is measured, and refusals of ciphertexts wait. Default: the event loop of this process. */
  readonly loop?: EventLoop
  /** By which they wait for the greater part. Default: the system's timer. */
  readonly timer?: Timer
  /** Default: the system's strong randomness. */
  readonly random?: Random
  /** Lets an emulator push to an app, for the button of the console. Default: there is none. */
  readonly testPush?: TestPush
  /** What `GET /metrics` shows. Default: no such route. */
  readonly metrics?: MetricsSource
  /** Is told of every step; see `ServerEvent`. What it throws is ignored. Default: nobody. */
  readonly observe?: Observe
}

/** The auth server: a function from requests to answers. It opens no port and starts no timer. */
export interface Server {
  /** Answers one request of the HTTP API. Never rejects. `arrival` says where it comes from, for limits by address. */
  fetch(request: Request, arrival?: Arrival): Promise<Response>
  /** The same below web standards, for hosts that need neither `Request` nor `Response`: see `toNodeHandler`. */
  answer(request: HttpRequest, arrival?: Arrival): Promise<HttpAnswer>
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
   * Does what has become due: erases what users took back at WeChat (see `push` of the app), and writes down what was
   * counted and kept for operators. Call it every few seconds.
   * Returns how many jobs were taken; one that fails is told to `observe` and comes again.
   */
  work(): Promise<number>
  /** Users of one person: merge them, undo it, find who somebody is now. */
  readonly users: ManageUsers
  /**
   * A link for the first operator of the console, an admin; `null` when there is one, or no console. Whoever has the link
   * may join: show it to nobody but who started the server.
   *
   * @throws StorageFault
   */
  inviteFirstOperator(): Promise<InvitationLink | null>
  /** How busy it is; for metrics. */
  load(): ServerLoad
  /**
   * From now on `GET /readyz` says 503 `shutting_down`, so that nobody in front sends more. Everything else is answered
   * as before: wait as long as they may need to notice, then close the port, then the server.
   */
  drain(): void
  /**
   * Resolves when the requests under way are answered, and what was counted and kept for operators is written. The store and
   * WeChat's client stay open.
   */
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
    keys,
    clock = systemClock,
    random = createPooledRandom(),
    observe = () => {},
    phonePrice = 0.03,
  } = checked(options)
  const { issuer, audience = issuer } = options
  const fixed = readApps(options.apps ?? [])
  const components = readComponents(options.components)
  const backends = readBackends(options.backends)
  const operators = readOperators(options.operators)
  const newId = createIds({ clock, random })
  const { limiter = createMemoryLimiter(), sms = null, trustProxy = 0 } = options
  const observed = silently(observe)
  // Counted for operators only.
  const hasOperators = operators.length > 0 || options.console !== undefined
  const tallies = hasOperators ? createKeepTallies({ store, clock }) : null
  const { trace: keeping = 'on', simulator = null } = options
  const traces = hasOperators && keeping !== 'off' ? createKeepTraces({ store, clock, newId, keeping }) : null
  const counted = tallies?.watch(options.wechat) ?? options.wechat
  const wechat = traces?.watch(counted) ?? counted
  const tell: Observe = event => {
    tallies?.note(event)
    traces?.note(event)
    pushes.note(event)
    if (event.type === 'request') latencies?.own(event)
    alarms.note(event)
    observed(event)
  }

  const ring = openRing(keys)
  const vault = createVault({ ring, random })
  const appBook = createAppBook({ fixed, components, store, vault, wechat, clock })
  const { apps } = appBook
  const pushes = createWatchPushes({ apps, issuer, testPush: options.testPush ?? null, limiter, clock })
  const latencies = hasOperators ? createKeepLatencies({ store, apps, clock }) : null
  const alarms = createReadAlarms({ store, apps, clock })
  const unfollow = options.wechat.follow?.({
    request: event => latencies?.wechat(event),
    breaker: alarms.breaker,
    token({ type, appId, generation, leftMs }) {
      const event: ServerEvent =
        type === 'lost'
          ? { type: 'access-token-lost', appId, generation, leftMs }
          : { type: 'access-token-renewed', appId, generation }
      // Third-party platforms have tokens too; what is counted belongs to apps.
      if (apps.has(appId)) tell(event)
      else observed(event)
    },
  })
  const limits = createRequestLimits({ limiter, rates: readRequestRates(options.limits), apps, clock })
  const refreshTokens = createRefreshTokens(ring)
  const accessTokens = createAccessTokens({ signing: keys.signing, issuer, audience, clock, newId })
  const issueTokens = createIssueTokens({ access: accessTokens, refresh: refreshTokens })

  const tools = {
    apps,
    components,
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
  introduceComponents(fixed, tools)
  const { storage, maxBytes: maxAvatar, publicUrl: avatarsUrl } = readAvatars(options.avatars, issuer)
  const openUser = createOpenUser({ vault, avatarsUrl })
  const requireConsent = createRequireConsent({ apps, store })
  const avatarFiles = createAvatarFiles({ storage, store, clock, random })
  const tellUnionIdConflict = createTellUnionIdConflict(tools)
  const own = { ...tools, tellUnionIdConflict, limiter, random, openUser, requireConsent, avatarFiles }
  const phoneBook = createPhoneBook(tools)
  const openDataDesk = createOpenDataDesk(tools)
  const phoneBudget = createPhoneBudget(tools)
  const phoneByCode = createPhoneByCode({ ...tools, phoneBook, phoneBudget })
  const { timer = systemTimer, loop = systemLoop } = options
  const refuseEvenly = createRefuseEvenly({ timer, loop, random })
  const phoneByOpenData = refuseEvenly(createPhoneByOpenData({ ...tools, openDataDesk, phoneBook }))
  const refusals = createTellRefusals({ apps, codeOf: error => asProblemError(error).code, tell })
  const bindPhone = refusals.bindPhone(createBindPhone({ apps, requireConsent, phoneByCode, phoneByOpenData }))
  const logIn = refusals.logIn(createLogIn(own))
  const rotateSession = createRotateSession(tools)

  const merging = createMergeUsers({ ...tools, mergeUndoMs: options.mergeUndoMs ?? times.undoMerge })
  const exportUser = createExportUser(own)

  const opened = createGate(async () => {
    await registerKeys(store, vault.keyChecks(), clock.now())
    await appBook.load()
  })
  const gate = () => opened() ?? appBook.look()
  const manageApps = createManageApps({
    fixed,
    store,
    vault,
    clock,
    check(app) {
      if (app.sms === 'on' && !sms) throw new TypeError('"app.sms" must be off: the server has no provider of messages')
      if (app.component !== null && !components.has(app.component)) throw unknownComponent('app')
      if (!wechat.setApp) throw new TypeError('"wechat" must be able to take apps, see setApp')
    },
    opened,
    changed: appBook.load,
  })
  let keyring = keys
  const guesses = createLimitGuesses({ limiter, clock })
  const operatorConsole = options.console
    ? openConsole(readConsole(options.console, issuer), { ...own, ring, guesses, limits, programs: operators })
    : null
  const authenticate = createAuthenticateOperator({
    operatorOf: createOperatorTokens(operators),
    people: operatorConsole?.people ?? null,
    guesses,
    clock,
  })
  const admin = createAdminRoutes({
    authenticate,
    users: createOperateUsers({ ...own, exportUser, merging }),
    apps: createOperateApps({ apps: manageApps }),
    checkApp: createCheckApp({ apps, wechat, pushes, limiter, clock }),
    pushes,
    ledgers: createReadLedgers({ store, keyring: () => keyring, clock }),
    tallies: createReadTallies({ store, apps, price: phonePrice, clock }),
    traces: createReadTraces({ store, keeping, simulator, flush: async () => traces?.flush() }),
    alarms,
    limits,
  })
  const readExported = createReadExported({ store, vault, loop })
  const exports = createExportRoutes({
    authenticate,
    exports: createOperateExports({ store, readExported, clock, newId }),
    limits,
  })

  const routes = createRoutes({
    admin: hasOperators ? [...(operatorConsole?.routes(authenticate) ?? []), ...admin, ...exports] : [],
    logIn,
    logInWithPhone: createLogInWithPhone({ logIn, bindPhone }),
    bindPhone,
    sendSms: createSendSms({ ...own, sms }),
    verifySms: refusals.verifySms(createVerifySms({ ...own, phoneBook })),
    rotateSession,
    countSteps: createCountSteps({ apps, tallies }),
    endSession: createEndSession(tools),
    endUserSessions: createEndUserSessions(tools),
    listSessions: createListSessions(tools),
    backend: createAuthenticateBackend(backends),
    introspect: createIntrospect(tools),
    revokeToken: createRevokeToken(tools),
    refreshByGrant: createRefreshByGrant({ ...tools, rotateSession }),
    wechat,
    receivePush: pushes.watch(createReceivePush(tools)),
    receiveComponentPush: createReceiveComponentPush(tools),
    issuer,
    changeProfile: createChangeProfile(own),
    profileByOpenData: refuseEvenly(createProfileByOpenData({ ...own, openDataDesk })),
    avatarFiles,
    maxAvatar,
    keepConsents: createKeepConsents(own),
    exportMe: createExportMe({ exportUser }),
    eraseMe: createEraseMe(own),
    mergeMe: createMergeMe({ ...own, merging, mergeCodes: createMergeCodes(ring) }),
    readMe: createReadMe(own),
    readPhones: createReadPhones(tools),
    publicKeys: () => accessTokens.publicKeys,
    metrics: options.metrics,
    async checkReady() {
      if (draining) throw new ProblemError('shutting_down')
      await store.check()
    },
    guard: createGuard(createAuthorize(tools)),
    limits,
  })
  const late = createLegacyRoutes({ ...tools, ring, logIn, bindPhone, limits })
  const door = createShedLoad({ maxUnderWay: options.maxUnderWay, loop, tell })
  const desk = createDesk(createAnswer({ routes, late, clock, newId, tell, gate, limits, door, trustProxy }))
  const actOnPush = createActOnPush(own)
  const actOnAuthorization = createActOnAuthorization(tools)
  const runJobs = createRunJobs({
    ...tools,
    act: job => (job.kind === authorizedJob ? actOnAuthorization(job) : actOnPush(job)),
  })
  const tellAnchor = createTellAnchor(tools)
  let draining = false

  return {
    answer: desk.answer,
    fetch: async (request, arrival) => toResponse(await desk.answer(request, arrival), request.method),
    async ready() {
      await gate()
    },
    apps: manageApps,
    async replaceKeys(next) {
      const checks = createVault({ ring: openRing(next), random }).keyChecks()
      await gate()
      await registerKeys(store, checks, clock.now())
      const names = listKeys(next).map(({ kind, name, use }) => `${kind} ${name} ${use}`)
      const act = { actor: 'operator', act: 'keys-replaced', appId: null, subject: null } as const
      await tools.audit.append({ ...act, details: { keys: names } })
      ring.replace(next)
      keyring = next
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
      await tallies?.flush()
      await traces?.flush()
      await latencies?.flush()
      return ran
    },
    users: createManageUsers({ store, merging, newId }),
    async inviteFirstOperator() {
      await gate()
      return operatorConsole?.inviteFirst() ?? null
    },
    load: door.load,
    drain() {
      draining = true
    },
    async close() {
      await desk.close()
      unfollow?.()
      await tallies?.flush().catch(() => undefined)
      await traces?.flush().catch(() => undefined)
      await latencies?.flush('now').catch(() => undefined)
    },
  }
}

const hour = 60 * 60_000
const traceKeepings: readonly TraceKeeping[] = ['on', 'failures', 'off']
const systemClock: Clock = { now: () => Date.now() }
/** Requests that arrived together are one poll of Node's loop, and `setImmediate` comes right after it. */
const systemLoop: EventLoop = { now: () => performance.now(), afterTurn: run => void setImmediate(run) }

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
  const { maxUnderWay = defaultMaxUnderWay } = options
  if (!Number.isInteger(maxUnderWay) || maxUnderWay < 16 || maxUnderWay > 100_000)
    throw new TypeError('"maxUnderWay" must be a whole number from 16 to 100000')
  const { mergeUndoMs = times.undoMerge } = options
  if (!Number.isSafeInteger(mergeUndoMs) || mergeUndoMs < hour || mergeUndoMs > 90 * 24 * hour)
    throw new TypeError(`"mergeUndoMs" must be a whole number from ${hour} to ${90 * 24 * hour}`)
  if (options.sms !== undefined && typeof options.sms?.send !== 'function')
    throw new TypeError('"sms" must be a provider of messages')
  const sending = options.apps?.findIndex?.(app => app.sms === 'on') ?? -1
  if (sending >= 0 && options.sms === undefined)
    throw new TypeError(`"sms" must be a provider of messages, because "apps[${sending}].sms" is on`)
  const { phonePrice = 0 } = options
  if (typeof phonePrice !== 'number' || !(phonePrice >= 0 && phonePrice <= 100))
    throw new TypeError('"phonePrice" must be a number from 0 to 100')
  if (options.trace !== undefined && !traceKeepings.includes(options.trace))
    throw new TypeError(`"trace" must be one of ${traceKeepings.join(', ')}`)
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
