/**
 * Runs a compiled mini program in a browser, on the runtime of `@weapp-auth/emulator/wx`.
 *
 * @module
 */
export { createHttpCloud, createWxRuntime } from '@weapp-auth/emulator/wx'
export type { NicknameField } from './built-in/text-fields.ts'
export type { CompiledMiniProgram } from './compiled.ts'
export type { Tapped } from './gestures.ts'
export { launchMiniProgram, type MiniProgramHost, type MiniProgramHostOptions } from './mini-program-host.ts'
export type { PageChrome } from './page-chrome.ts'
