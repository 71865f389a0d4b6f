/** What `@weapp-auth/web/compile` offers; written by hand because the sources are bundled. `build/index.ts` must fit. */

export interface FolderOptions {
  /** Folder of the mini program: the one that holds app.json. */
  readonly root: string
  /** Export conditions for packages, such as `development`. */
  readonly conditions?: readonly string[]
}

/** To one JavaScript module that exports `miniProgram`; rejects with file, line and column. */
export function compileMiniProgram(options: FolderOptions): Promise<string>

/** A folder that somebody wants to see on the phone. */
export interface FoundMiniProgram {
  readonly name: string
  readonly kind: 'native' | 'uni-app' | 'taro'
  /** Where app.json is; `null`: it has to be built first, or is no mini program. */
  readonly root: string | null
  /** Command that builds it, when it is known. */
  readonly build: string | null
}

/** @param wanted A folder, or `name=folder`. */
export function findMiniProgram(wanted: string): FoundMiniProgram
