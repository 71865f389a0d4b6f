/**
 * WeChat on a laptop: its server API, the `wx` of its mini programs, and a clock you can move.
 *
 * @module
 */

export type { Caller } from './api/caller-ip.ts'
export type { EndpointName } from './api/endpoint.ts'
export type { Fault, FaultKind, Faults } from './api/faults.ts'
export type { AccountControl } from './control/account-control.ts'
export type { EmulatorControl, EmulatorState } from './control/control.ts'
export type { EmulatorSnapshot } from './control/snapshot.ts'
export { createEmulator, type EmulatedLaunch, type Emulator } from './create-emulator.ts'
export type { ApiLimits, ApiUsage } from './platform/api-quotas.ts'
export { EmulatorRefusal, type EmulatorRefusalCode } from './platform/emulator-refusal.ts'
export type { Payment } from './platform/payments.ts'
export type { Decide } from './platform/platform.ts'
export type { WxFault, WxFaults } from './platform/wx-faults.ts'
export type { PushReport } from './push/deliver-push.ts'
export type { PushEvent } from './push/push-event.ts'
export type { PushSender } from './push/push-sender.ts'
export type { PushSettings } from './push/push-settings.ts'
export type { PlatformKey } from './secure-mode/platform-keys.ts'
export type { PlatformKeyRing, SecureModeControl } from './secure-mode/secure-mode.ts'
export type { SecureModeSettings } from './secure-mode/secure-mode-settings.ts'
export type * from './types.ts'
export { type RunMiniProgramOptions, runMiniProgram } from './vm/run-mini-program.ts'
export type { ComponentPlace, MiniProgram, MountedComponent } from './wx/app/launch-mini-program.ts'
export type { WxNetwork } from './wx/request.ts'
export type { WxGlobal, WxRuntime } from './wx/runtime.ts'
