import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import type { WxDevice } from './device.ts'
import type { EnterOptions, LifeCycle } from './life-cycle.ts'

/** The app that a runtime runs. */
export interface WxAppIdentity {
  readonly appId: string
  /** Shown in WeChat's sheets. */
  readonly name: string
  /** Default: `develop`. */
  readonly envVersion?: 'develop' | 'trial' | 'release'
  /** Only released versions have one. Default: empty. */
  readonly version?: string
}

export interface InfoApis {
  /** Deprecated by WeChat since 2.20.1 and still read by every framework. */
  getSystemInfoSync(): SystemInfo
  getSystemInfo: AsyncApi<object, SystemInfo>
  getSystemInfoAsync: AsyncApi<object, SystemInfo>
  getAppBaseInfo(): ReturnType<typeof appBaseInfo>
  getDeviceInfo(): ReturnType<typeof deviceInfo>
  getWindowInfo(): ReturnType<typeof windowInfo>
  getSystemSetting(): ReturnType<typeof systemSetting>
  getAppAuthorizeSetting(): typeof authorizeSetting
  getAccountInfoSync(): { readonly miniProgram: AccountInfo; readonly plugin: object }
  getLaunchOptionsSync(): EnterOptions
  getEnterOptionsSync(): EnterOptions
}

type AccountInfo = Required<Pick<WxAppIdentity, 'appId' | 'envVersion' | 'version'>>
type SystemInfo = ReturnType<typeof systemInfo>

/** What the mini program can learn about phone, WeChat and itself. Each call answers a new object. */
export function infoApis(
  app: WxAppIdentity,
  device: WxDevice,
  life: Pick<LifeCycle, 'launchOptions' | 'enterOptions'>,
  tools: AsyncApiTools,
): InfoApis {
  return {
    getSystemInfoSync: () => systemInfo(device),
    getSystemInfo: asyncApi('getSystemInfo', tools, async () => systemInfo(device)),
    getSystemInfoAsync: asyncApi('getSystemInfoAsync', tools, async () => systemInfo(device)),
    getAppBaseInfo: () => appBaseInfo(device),
    getDeviceInfo: () => deviceInfo(device),
    getWindowInfo: () => windowInfo(device),
    getSystemSetting: () => systemSetting(),
    getAppAuthorizeSetting: () => ({ ...authorizeSetting }),
    getAccountInfoSync: () => ({
      miniProgram: { appId: app.appId, envVersion: app.envVersion ?? 'develop', version: app.version ?? '' },
      plugin: {},
    }),
    getLaunchOptionsSync: () => ({ ...life.launchOptions }),
    getEnterOptionsSync: () => ({ ...life.enterOptions }),
  }
}

function systemInfo(device: WxDevice) {
  return { ...appBaseInfo(device), ...deviceInfo(device), ...windowInfo(device), ...systemSetting() }
}

function appBaseInfo({ sdkVersion, version, language, theme }: WxDevice) {
  return {
    SDKVersion: sdkVersion,
    version,
    language,
    theme,
    enableDebug: false,
    fontSizeSetting: 16,
    host: { env: 'WeChat', appId: '' },
  }
}

function deviceInfo({ brand, model, system, platform }: WxDevice) {
  return { brand, model, system, platform, benchmarkLevel: -1, abi: '', deviceAbi: '', cpuType: '', memorySize: '' }
}

function windowInfo({ screenWidth, screenHeight, statusBarHeight, pixelRatio }: WxDevice) {
  const NAVIGATION_BAR = 44
  return {
    pixelRatio,
    screenWidth,
    screenHeight,
    statusBarHeight,
    windowWidth: screenWidth,
    windowHeight: screenHeight - statusBarHeight - NAVIGATION_BAR,
    screenTop: statusBarHeight + NAVIGATION_BAR,
    safeArea: {
      left: 0,
      right: screenWidth,
      top: statusBarHeight,
      bottom: screenHeight,
      width: screenWidth,
      height: screenHeight - statusBarHeight,
    },
  }
}

function systemSetting() {
  return {
    bluetoothEnabled: true,
    locationEnabled: true,
    wifiEnabled: true,
    deviceOrientation: 'portrait',
  }
}

const authorizeSetting = {
  albumAuthorized: 'not determined',
  bluetoothAuthorized: 'not determined',
  cameraAuthorized: 'not determined',
  locationAuthorized: 'not determined',
  locationReducedAccuracy: false,
  microphoneAuthorized: 'not determined',
  notificationAuthorized: 'not determined',
  phoneCalendarAuthorized: 'not determined',
} as const
