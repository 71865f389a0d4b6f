/**
 * From a mini-program folder to a module that `@weapp-auth/web/host` runs in a browser.
 *
 * @module
 */
export { compileMiniProgram } from './compile-mini-program.ts'
export { type FoundMiniProgram, findMiniProgram } from './find-mini-program.ts'
export type { FolderOptions } from './mini-program-folder.ts'
