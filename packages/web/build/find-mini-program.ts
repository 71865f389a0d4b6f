import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** A folder that somebody wants to see on the phone. */
export interface FoundMiniProgram {
  /** `native` of `native=path/to/folder`, else made of the folder's name. */
  readonly name: string
  readonly kind: 'native' | 'uni-app' | 'taro'
  /** Where app.json is; `null`: it has to be built first, or is no mini program. */
  readonly root: string | null
  /** Command that builds it, when it is known. */
  readonly build: string | null
}

/** Where app.json may stand below the folder that a person names. */
const places = ['', 'dist/build/mp-weixin', 'dist/dev/mp-weixin', 'unpackage/dist/dev/mp-weixin', 'dist', 'miniprogram']

/**
 * Finds the mini program that a person means: a folder with app.json, or the project of uni-app, Taro or WeChat DevTools
 * around it.
 *
 * @param wanted A folder, or `name=folder`.
 */
export function findMiniProgram(wanted: string): FoundMiniProgram {
  const named = /^([\w-]+)=(.+)$/.exec(wanted)
  const folder = resolve(named?.[2] ?? wanted)
  const candidates = [...places, ...rootsOfProject(folder)].map(place => resolve(folder, place))
  const root = candidates.find(candidate => existsSync(join(candidate, 'app.json'))) ?? null
  const project = packageAround(folder)
  return {
    name: named?.[1] ?? nameOf(folder),
    kind: kindOf(project?.dependencies ?? {}, root),
    root,
    build: project?.build ?? null,
  }
}

/** `miniprogramRoot` of project.config.json. */
function rootsOfProject(folder: string): readonly string[] {
  const config = readJson(join(folder, 'project.config.json'))
  return typeof config?.miniprogramRoot === 'string' ? [config.miniprogramRoot] : []
}

/** `examples/uni-app/dist/build/mp-weixin` is called `uni-app`. */
function nameOf(folder: string): string {
  const generic = ['dist', 'build', 'dev', 'mp-weixin', 'miniprogram', 'src', 'unpackage']
  return generic.includes(basename(folder)) && dirname(folder) !== folder ? nameOf(dirname(folder)) : basename(folder)
}

interface Project {
  readonly dependencies: Readonly<Record<string, unknown>>
  readonly build: string | null
}

function packageAround(folder: string): Project | undefined {
  const file = readJson(join(folder, 'package.json'))
  if (!file) return dirname(folder) === folder ? undefined : packageAround(dirname(folder))
  const scripts = Object(file.scripts) as Record<string, unknown>
  const script = ['build:mp-weixin', 'build:weapp', 'build'].find(name => scripts[name] !== undefined)
  // The examples of this repository get the client that was just built.
  const ours = String(file.name).startsWith('@weapp-auth/example') && !String(file.name).endsWith('-native')
  const build = ours ? 'npm run test:frameworks' : script ? `cd ${folder} && npm install && npm run ${script}` : null
  return { dependencies: { ...Object(file.dependencies), ...Object(file.devDependencies) }, build }
}

function kindOf(dependencies: Project['dependencies'], root: string | null): FoundMiniProgram['kind'] {
  if ('@dcloudio/uni-app' in dependencies) return 'uni-app'
  if ('@tarojs/taro' in dependencies) return 'taro'
  if (root && existsSync(join(root, 'taro.js'))) return 'taro'
  return root && existsSync(join(root, 'common', 'vendor.js')) ? 'uni-app' : 'native'
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
}
