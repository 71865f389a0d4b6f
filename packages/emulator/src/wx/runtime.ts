import type { PhoneEventDetail, WechatCloud, WechatUse } from '../types.ts'
import { type AppTimers, createAppTimers } from './app-timers.ts'
import type { AsyncApiTools } from './async-api.ts'
import { withoutNewer } from './base-library.ts'
import { canIUse } from './can-i-use.ts'
import { createDevice, hasErrno, type WxDevice } from './device.ts'
import { type HostTimers, realTimers } from './host-timers.ts'
import { type InfoApis, infoApis, type WxAppIdentity } from './info.ts'
import { type InteractionApis, interactionApis, type WxUi } from './interaction.ts'
import { createLifeCycle, type EnterOptions, type LifeCycle } from './life-cycle.ts'
import { type LoginApis, loginApis } from './login.ts'
import { type NavigationApis, navigationApis, noPages, type WxNavigate } from './navigation.ts'
import { createPhoneButton, type WxDecide } from './phone-button.ts'
import { createRandomValues, type RandomValuesApi } from './random-values.ts'
import { createRequest, type RequestApi, type WxNetwork } from './request.ts'
import { type StorageApis, storageApis, type WxStorage } from './storage.ts'

/** The global `wx` of one mini program. Frameworks add to it, so it is an ordinary object of its own. */
export interface WxGlobal extends LoginApis, StorageApis, InfoApis, InteractionApis, NavigationApis {
  request: RequestApi
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
  /** Origins that `wx.request` may call. Default: all, as with "do not check the domain" in devtools. */
  readonly domains?: readonly string[]
  /** How the person answers the phone sheet. Default: allows the first number. */
  readonly decide?: WxDecide
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
  /** Told what a callback or timer of the mini program threw. Default: thrown again, in a task of its own. */
  readonly onError?: (error: unknown) => void
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
  /** The time on the phone, in milliseconds. */
  now(): number
  /** To the foreground; the first call is the launch. */
  show(options?: Partial<EnterOptions>): void
  /** To the background; suspended five seconds later. */
  hide(): void
  /** A tap on a button with `open-type="getPhoneNumber"`: resolves to `e.detail`, never rejects. */
  tapPhoneButton(): Promise<PhoneEventDetail>
  /** How the person answers from now on. */
  decide(next: WxDecide): void
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
  const { app, cloud, network = offline, timers = realTimers, onError = throwLater(timers) } = options
  const use: WechatUse = { appId: app.appId, personId: options.personId }
  const device = createDevice(options.device)
  const life = createLifeCycle(timers, options.launch)
  const appTimers = createAppTimers(timers, life, onError)
  const tools: AsyncApiTools = { deliver: life.whenAwake, failed: onError, withErrno: hasErrno(device) }
  const note = (entry: Parameters<WechatCloud['note']>[1]) => void cloud.note(use, entry).catch(() => {})
  let answer: WxDecide = options.decide ?? { decision: 'allow' }
  let navigate = options.navigate ?? noPages

  const wx: WxGlobal = withoutNewer(
    {
      ...loginApis({ use, cloud, timers, tools }),
      ...storageApis(options.storage ?? new Map<string, string>(), device, tools),
      ...infoApis(app, device, life, tools),
      ...interactionApis(options.ui ?? {}, tools),
      ...navigationApis(move => navigate(move), tools),
      request: createRequest({
        appId: app.appId,
        device,
        network,
        domains: options.domains,
        timers,
        life,
        tools,
        note,
      }),
      getRandomValues: createRandomValues(options.randomBytes ?? webRandom, tools),
      canIUse: (schema: string) => canIUse(wx, schema),
      nextTick: (run: () => void) => void Promise.resolve().then(run).catch(onError),
      onAppShow: life.onShow,
      offAppShow: life.offShow,
      onAppHide: life.onHide,
      offAppHide: life.offHide,
      env: { USER_DATA_PATH: 'http://usr' },
    },
    device.sdkVersion,
  )

  return {
    wx,
    use,
    app,
    device,
    life,
    timers: appTimers,
    now: options.now ?? Date.now,
    show: life.show,
    hide: life.hide,
    tapPhoneButton: createPhoneButton({ use, cloud, device, decide: () => answer }),
    decide(next) {
      answer = next
    },
    navigateWith(next) {
      navigate = next
    },
    close: appTimers.stop,
  }
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
