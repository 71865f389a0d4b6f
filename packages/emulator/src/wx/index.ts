/**
 * The `wx` of a mini program and the phone around it, for a Node vm and for browsers.
 *
 * @module
 */

export type * from '../types.ts'
export type { LivingComponent } from './app/create-component.ts'
export type { Definition, Instance } from './app/definition.ts'
export {
  type LaunchOptions,
  type LogicGlobals,
  launchMiniProgram,
  type MiniProgram,
} from './app/launch-mini-program.ts'
export type { CompileScript, ScriptFiles } from './app/modules.ts'
export type { EventSource, PlainEvent } from './app/plain-event.ts'
export type { AppTimers } from './app-timers.ts'
export type { AsyncApi, WxCallbacks, WxOk } from './async-api.ts'
export type { ButtonEvent, Tap, TapOptions } from './buttons.ts'
export type { NetworkType } from './connection.ts'
export type { WxDevice } from './device.ts'
export type { WxFailure } from './fail.ts'
export type { FrequencyMode } from './frequency.ts'
export type { HostTimers } from './host-timers.ts'
export { createHttpCloud, type HttpCloudOptions } from './http-cloud.ts'
export type { WxAppIdentity } from './info.ts'
export type { WxModal, WxToast, WxUi } from './interaction.ts'
export type { EnterOptions, LifeCycle } from './life-cycle.ts'
export type { PromiseMode } from './macrotask-promise.ts'
export type { WxMove, WxNavigate } from './navigation.ts'
export type { NicknameBlur } from './nickname-input.ts'
export type { WxDecide } from './phone-button.ts'
export type { PlannedFailure } from './planned-failures.ts'
export type { PrivacyAnswer, PrivacyListener } from './privacy.ts'
export type { GetUserInfoOptions, WxProfile } from './profile.ts'
export type { RequestTask, WxNetwork, WxResponse } from './request.ts'
export type { WxRequestOptions } from './request-message.ts'
export {
  createWxRuntime,
  type DomainLists,
  type WxBugs,
  type WxGlobal,
  type WxRuntime,
  type WxRuntimeOptions,
} from './runtime.ts'
export type { WxStorage } from './storage.ts'
export type { TempFiles } from './temp-files.ts'
export type { TransferTask, WxDownloadOptions, WxUploadOptions } from './transfer.ts'
export type { UserCryptoManager } from './user-crypto.ts'
export { webStorage } from './web-storage.ts'
