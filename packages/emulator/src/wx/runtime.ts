import type { DialogDecide, DialogKind, PhoneEventDetail, WechatCloud, WechatUse } from '../types.ts'
import { type AppTimers, createAppTimers } from './app-timers.ts'
import { createAskPerson } from './ask-person.ts'
import type { AsyncApiTools } from './async-api.ts'
import { createAvatarButton } from './avatar-button.ts'
import { withoutNewer } from './base-library.ts'
import { createButtons, type Tap } from './buttons.ts'
import { canIUse } from './can-i-use.ts'
import { type ConnectionApis, cloudOver, createConnection, type NetworkType } from './connection.ts'
import { createDevice, hasErrno, type WxDevice } from './device.ts'
import type { FlightTools, WxNetwork } from './flight.ts'
import { createFrequency, type FrequencyMode } from './frequency.ts'
import { type HostTimers, realTimers } from './host-timers.ts'
import { type InfoApis, infoApis, type WxAppIdentity } from './info.ts'
import { type InteractionApis, interactionApis, type WxUi } from './interaction.ts'
import { createLifeCycle, type EnterOptions, type LifeCycle } from './life-cycle.ts'
import { type LoginApis, loginApis } from './login.ts'
import { macrotaskPromise, type PromiseMode, promiseModeOf } from './macrotask-promise.ts'
import { type NavigationApis, navigationApis, noPages, type WxNavigate } from './navigation.ts'
import { createNicknameInput, type NicknameBlur } from './nickname-input.ts'
import type { Note } from './note.ts'
import { createPhoneButton, type WxDecide } from './phone-button.ts'
import { createPlannedFailures, type PlannedFailure } from './planned-failures.ts'
import { createPrivacy, type PrivacyApis } from './privacy.ts'
import { createProfile, type ProfileApis } from './profile.ts'
import { createRandomValues, type RandomValuesApi } from './random-values.ts'
import { createRequest, type RequestApi } from './request.ts'
import { type SettingsApis, settingsApis } from './settings.ts'
import { type StorageApis, storageApis, type WxStorage } from './storage.ts'
import { createTapGesture } from './tap-gesture.ts'
import { createTempFiles, type TempFiles } from './temp-files.ts'
import { createDownload, createUpload, type DownloadApi, type UploadApi } from './transfer.ts'
import { createUserCrypto, type UserCryptoManager } from './user-crypto.ts'

/** The global `wx` of one mini program. Frameworks add to it, so it is an ordinary object of its own. */
export interface WxGlobal
  extends LoginApis,
    StorageApis,
    InfoApis,
    InteractionApis,
    NavigationApis,
    SettingsApis,
    ProfileApis,
    PrivacyApis,
    ConnectionApis {
  request: RequestApi
  uploadFile: UploadApi
  downloadFile: DownloadApi
  getUserCryptoManager(): UserCryptoManager
  getRandomValues: RandomValuesApi
  canIUse(schema: string): boolean
  nextTick(run: () => void): void
  onAppShow: LifeCycle['onShow']
  offAppShow: LifeCycle['offShow']
  onAppHide: LifeCycle['onHide']
  offAppHide: LifeCycle['offHide']
  env: { USER_DATA_PATH: string }
  [added: string]: unknown
}

export interface WxRuntimeOptions {
  readonly app: WxAppIdentity
  readonly personId: string
  /** WeChat's servers: the platform in the same process, or {@link createHttpCloud}. */
  readonly cloud: WechatCloud
  /** Where `wx.request` goes. Default: nowhere, every request fails. */
  readonly network?: WxNetwork
  /**
   * Origins that may be called, for each of the three lists or for all of them. Default: all origins, as with "do not
   * check the domain" in devtools.
   */
  readonly domains?: readonly string[] | DomainLists
  /** How the person answers the phone sheet. Default: allows the first number. */
  readonly decide?: WxDecide
  /** How the person answers other dialogs. Default: as {@link WxUi.showDialog} says, else the person allows. */
  readonly decideDialog?: DialogDecide
  readonly device?: Partial<WxDevice>
  /** Default: in memory, gone with the runtime. */
  readonly storage?: WxStorage
  /** Default: the timers of the browser or of Node. */
  readonly timers?: HostTimers
  /** The time on the phone, in milliseconds. Default: the system clock. */
  readonly now?: () => number
  readonly randomBytes?: (length: number) => Uint8Array
  readonly ui?: WxUi
  readonly navigate?: WxNavigate
  readonly launch?: Partial<EnterOptions>
  /** Default: `macrotask` on iOS 15 and older. */
  readonly promises?: PromiseMode
  /** Whether calls beyond WeChat's frequency rules fail or are told only. Default: `tell`. */
  readonly frequency?: FrequencyMode
  /** Bugs of the platform that were reported. Default: none. */
  readonly bugs?: WxBugs
  /** Reads files that `uploadFile` knows no temporary path for. Default: there are none. */
  readonly readFile?: (path: string) => Promise<Blob | undefined>
  /** Told what a callback or timer of the mini program threw. Default: thrown again, in a task of its own. */
  readonly onError?: (error: unknown) => void
}

/** The three lists that WeChat keeps; what is left out allows all. */
export interface DomainLists {
  readonly request?: readonly string[]
  readonly upload?: readonly string[]
  readonly download?: readonly string[]
}

/** Bugs that were reported of Android phones. */
export interface WxBugs {
  /** The phone event never comes when the person added a number in the sheet (NervJS/taro issue 13755). */
  readonly addedNumberIsLost?: boolean
  /** A phone button in a nested component does nothing (mpvue issue 1346). */
  readonly nestedPhoneIsDead?: boolean
}

/** One launch of a mini program on one phone. */
export interface WxRuntime {
  readonly wx: WxGlobal
  readonly use: WechatUse
  readonly app: WxAppIdentity
  readonly device: WxDevice
  readonly life: LifeCycle
  /** The timers that the mini program itself sees. */
  readonly timers: AppTimers
  /** The Promise that the mini program itself sees. */
  readonly promise: PromiseConstructor
  /** Temporary files, such as a chosen picture; whoever draws the avatar sheet adds to them, `uploadFile` reads them. */
  readonly files: TempFiles
  /** The time on the phone, in milliseconds. */
  now(): number
  /** To the foreground; the first call is the launch. */
  show(options?: Partial<EnterOptions>): void
  /** To the background; suspended five seconds later. */
  hide(): void
  /** A tap on a button with `open-type="getPhoneNumber"`: resolves to `e.detail`, never rejects. */
  tapPhoneButton(): Promise<PhoneEventDetail>
  /** A tap on any button with an `open-type`: the events for the page. */
  readonly tap: Tap
  /** Runs the handlers of a tap: some APIs (getUserProfile, openSetting) work in no other moment. */
  inTap<T>(run: () => T): T
  /** The person leaves an `<input type="nickname">` with this text in it. */
  blurNickname(text: string): Promise<NicknameBlur>
  /** How the person answers the phone sheet from now on. */
  decide(next: WxDecide): void
  /** How the person answers dialogs of this kind from now on; undefined: as before. */
  decideDialog(kind: DialogKind, next: DialogDecide | undefined): void
  /** The next call of this API (`login`; `getPhoneNumber` of the button) fails in these words. */
  failNext(api: string, failure?: PlannedFailure): void
  /** `none` is offline. */
  connect(type: NetworkType): void
  /** Whoever owns the pages tells that one is seen. */
  pageViewed(): void
  /**
   * The person takes the mini program from the list of recent ones (the privacy consent is gone), or deletes it (scopes
   * and what it stored are gone as well). This launch ends.
   */
  remove(how: 'recent' | 'deleted'): Promise<void>
  /** Whoever owns the pages takes over navigation. */
  navigateWith(navigate: WxNavigate): void
  /** Ends the timers. */
  close(): void
}

/**
 * The WeChat app around one mini program. Free of Node, so that it runs in a Node vm and in a browser alike.
 *
 * @example
 * const cloud = createHttpCloud({ baseUrl: '', fetch: request => fetch(request) })
 * const runtime = createWxRuntime({ app: { appId, name }, personId: 'lin', cloud, network: request => fetch(request) })
 * const { code } = await runtime.wx.login()
 */
export function createWxRuntime(options: WxRuntimeOptions): WxRuntime {
  const { app, timers = realTimers, onError = throwLater(timers), now = Date.now, ui = {}, bugs = {} } = options
  const use: WechatUse = { appId: app.appId, personId: options.personId }
  const device = createDevice(options.device)
  const life = createLifeCycle(timers, options.launch)
  const appTimers = createAppTimers(timers, life, onError)
  const gesture = createTapGesture(timers)
  const planned = createPlannedFailures()
  const note: Note = entry => void options.cloud.note(use, entry).catch(() => {})
  const frequency = createFrequency({ mode: options.frequency ?? 'tell', now, life, note })
  const mode = options.promises ?? promiseModeOf(device.platform, device.system)
  const promise = mode === 'macrotask' ? macrotaskPromise(run => void timers.after(0, run)) : Promise
  const tools: AsyncApiTools = {
    deliver: run =>
      life.whenAwake(() => {
        gesture.end()
        run()
      }),
    failed: onError,
    withErrno: hasErrno(device),
    promise,
    before: api => planned.next(api) ?? frequency.called(api),
  }
  const connection = createConnection(tools)
  const cloud = cloudOver(connection, options.cloud)
  const storage = options.storage ?? new Map<string, string>()
  const randomBytes = options.randomBytes ?? webRandom
  const person = createAskPerson([options.decideDialog, ui.showDialog])
  const files = createTempFiles(device, randomBytes, options.readFile ?? (async () => undefined))
  const shared = { use, appName: app.name, cloud, device, person, tools, gesture, planned, files, note, now }
  const privacy = createPrivacy(shared)
  const profile = createProfile({ ...shared, privacy })
  const settings = { ...shared, privacy }
  let answer: WxDecide = options.decide ?? { decision: 'allow' }
  let navigate = options.navigate ?? noPages

  const phone = createPhoneButton({
    ...shared,
    privacy,
    decide: () => answer,
    addedNumberIsLost: bugs.addedNumberIsLost ?? false,
  })
  const tap = createButtons({
    ...shared,
    privacy,
    profile,
    settings,
    phone,
    avatar: createAvatarButton({ ...shared, privacy }),
    ui,
    nestedPhoneIsDead: bugs.nestedPhoneIsDead ?? false,
  })
  const network = options.network ?? offline
  const flight = (list: keyof DomainLists): FlightTools => ({
    appId: app.appId,
    device,
    network,
    connection,
    domains: domainsOf(options.domains, list),
    timers,
    life,
    tools,
    note,
  })
  const getRandomValues = createRandomValues(randomBytes, tools)
  const userCrypto = createUserCrypto({ use, cloud, tools, getRandomValues })

  const wx: WxGlobal = withoutNewer(
    {
      ...loginApis({ use, cloud, timers, tools }),
      ...storageApis(storage, device, tools),
      ...infoApis(app, device, life, tools),
      ...interactionApis(ui, tools),
      ...navigationApis(move => navigate(move), tools),
      ...settingsApis(settings),
      ...profile.apis,
      ...privacy.apis,
      ...connection.apis,
      request: createRequest(flight('request')),
      uploadFile: createUpload(flight('upload'), files),
      downloadFile: createDownload(flight('download'), files),
      getRandomValues,
      getUserCryptoManager: () => userCrypto,
      canIUse: (schema: string) => canIUse(wx, device, schema),
      nextTick: (run: () => void) => void Promise.resolve().then(run).catch(onError),
      onAppShow: life.onShow,
      offAppShow: life.offShow,
      onAppHide: life.onHide,
      offAppHide: life.offHide,
      env: { USER_DATA_PATH: 'http://usr' },
    },
    device.sdkVersion,
  )
  life.onDestroy(appTimers.stop)

  return {
    wx,
    use,
    app,
    device,
    life,
    timers: appTimers,
    promise,
    files,
    now,
    show: life.show,
    hide: life.hide,
    // A button without an event keeps whoever waits for it waiting, as the page does.
    tapPhoneButton: async () => (await phone('quick')) ?? new Promise<never>(() => {}),
    tap,
    inTap: gesture.during,
    blurNickname: createNicknameInput({ ...shared, privacy }),
    decide(next) {
      answer = next
    },
    decideDialog: person.decide,
    failNext: (api, failure = {}) => planned.plan(api, failure),
    connect: connection.set,
    pageViewed: frequency.pageViewed,
    async remove(how) {
      life.end()
      if (how === 'deleted') for (const key of [...storage.keys()]) storage.delete(key)
      await cloud.remove(use, how)
    },
    navigateWith(next) {
      navigate = next
    },
    close: appTimers.stop,
  }
}

function domainsOf(domains: WxRuntimeOptions['domains'], list: keyof DomainLists): readonly string[] | undefined {
  return Array.isArray(domains) ? domains : (domains as DomainLists | undefined)?.[list]
}

const offline: WxNetwork = () => Promise.reject(new TypeError('no network'))

function webRandom(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  // Web Crypto hands out at most 65536 bytes at once.
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

function throwLater(timers: HostTimers): (error: unknown) => void {
  return error =>
    void timers.after(0, () => {
      throw error
    })
}
