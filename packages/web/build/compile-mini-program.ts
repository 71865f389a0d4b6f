import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, posix, sep } from 'node:path'
import type { AppConfig, ComponentConfig } from '../src/phone/mini-program/compiled.ts'
import { compileScripts, findScript, moduleParameters, type ScriptOptions } from './compile-scripts.ts'
import { compileWxml } from './compile-wxml.ts'
import { compileWxss } from './compile-wxss.ts'

/**
 * Compiles a mini-program folder, just as WeChat DevTools opens it, to one JavaScript module that exports
 * `miniProgram` of type `CompiledMiniProgram`.
 *
 * @throws with file, line and column when a file is missing or wrong.
 */
export async function compileMiniProgram(options: ScriptOptions): Promise<string> {
  const folder = readFolder(options.root)
  const app = folder.json<AppConfig>('app')
  if (!app) throw new Error(`app.json is missing in ${options.root}`)
  const configs = collectConfigs(app, folder)
  const paths = [...configs.keys()]
  const isolated = paths.filter(path => configs.get(path)?.component)
  const styleScopes = Object.fromEntries(isolated.map((path, index) => [path, `c${index + 1}`]))
  const templates = compileWxml(new Map(paths.map(path => [path, folder.need(`${path}.wxml`)])))
  const scripts = await compileScripts(['app', ...paths], options)
  const assets = collectAssets(options.root)
  const styles = ['app', ...paths].map(path => [path, compileSheet(folder, path, styleScopes[path])])

  return `export const miniProgram = {
  app: ${JSON.stringify(app)},
  theme: ${JSON.stringify(folder.json('theme'))},
  configs: ${JSON.stringify(Object.fromEntries(configs))},
  templates: ${templates},
  styles: ${JSON.stringify(Object.fromEntries(styles))},
  assets: ${JSON.stringify(assets)},
  styleScopes: ${JSON.stringify(styleScopes)},
  modules: {${[...scripts].map(([id, code]) => `${JSON.stringify(id)}: ${code}`).join(',\n')}},
  moduleParameters: ${JSON.stringify(moduleParameters)},
}
`
}

interface Folder {
  readonly root: string
  read(path: string): string | undefined
  /** @throws when the file is missing. */
  need(path: string): string
  json<T>(path: string): T | undefined
}

function readFolder(root: string): Folder {
  const read = (path: string) => {
    const file = join(root, path)
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }
  const need = (path: string) => {
    const text = read(path)
    if (text === undefined) throw new Error(`${path} is missing in ${root}`)
    return text
  }
  return {
    root,
    read,
    need,
    json: <T>(path: string) => parseJson<T>(`${path}.json`, read(`${path}.json`)),
  }
}

function parseJson<T>(name: string, text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new Error(`${name} is not valid JSON: ${(cause as Error).message}`, { cause })
  }
}

/** Pages and, from there, every component; a component that uses itself (Taro's `comp`) is visited once. */
function collectConfigs(app: AppConfig, folder: Folder): Map<string, ComponentConfig> {
  const configs = new Map<string, ComponentConfig>()
  const waiting = [...app.pages]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (configs.has(path)) continue
    findScript(folder.root, path)
    const own = folder.json<ComponentConfig>(path) ?? {}
    const config = { ...own, usingComponents: { ...app.usingComponents, ...own.usingComponents } }
    configs.set(path, config)
    waiting.push(...Object.values(config.usingComponents).map(used => absolutePath(used, path)))
  }
  return configs
}

function absolutePath(path: string, from: string): string {
  return path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from), path)
}

function compileSheet(folder: Folder, path: string, classPrefix: string | undefined): string {
  const sheet = `${path}.wxss`
  if (folder.read(sheet) === undefined) return ''
  return compileWxss(sheet, { read: folder.need, ...(classPrefix && { classPrefix }) })
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
}

/** Pictures by their absolute path in the mini program, as data URLs. */
function collectAssets(root: string): Record<string, string> {
  const assets: Record<string, string> = {}
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const mediaType = mediaTypes[extname(file).toLowerCase()]
    if (!mediaType) continue
    const base64 = readFileSync(join(root, file)).toString('base64')
    assets[`/${file.split(sep).join('/')}`] = `data:${mediaType};base64,${base64}`
  }
  return assets
}
