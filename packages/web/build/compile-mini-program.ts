import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { AppConfig, ComponentConfig } from '../src/phone/mini-program/compiled.ts'
import { compileScripts, moduleParameters } from './compile-scripts.ts'
import { compileWxml } from './compile-wxml.ts'
import { compileWxss } from './compile-wxss.ts'
import { type FolderOptions, type MiniProgramFolder, readMiniProgramFolder } from './mini-program-folder.ts'

/** What app.json may say besides what the host acts upon. */
interface AppFile extends AppConfig {
  readonly subPackages?: readonly SubPackage[]
  readonly subpackages?: readonly SubPackage[]
}

interface SubPackage {
  readonly root: string
  readonly pages: readonly string[]
}

/**
 * Compiles a mini-program folder, just as WeChat DevTools opens it (sources, or what uni-app and Taro have built), to one
 * JavaScript module that exports `miniProgram` of type `CompiledMiniProgram`.
 *
 * @throws with file, line and column when a file is missing or wrong.
 * @example
 * const code = await compileMiniProgram({ root: 'dist/build/mp-weixin' })
 * writeFileSync('program.js', code) // import { miniProgram } from './program.js'
 */
export async function compileMiniProgram(options: FolderOptions): Promise<string> {
  const folder = readMiniProgramFolder(options)
  const file = folder.json<AppFile>('app')
  if (!file) throw new Error(`app.json is missing in ${options.root}`)
  const app: AppConfig = { ...file, pages: routesOf(file) }
  const configs = collectConfigs(app, folder)
  const paths = [...configs.keys()]
  const isolated = paths.filter(path => configs.get(path)?.component && !app.pages.includes(path))
  const styleScopes = Object.fromEntries(isolated.map((path, index) => [path, `c${index + 1}`]))
  const templates = compileWxml(paths, folder)
  const scripts = await compileScripts(['app', ...paths], folder, options.conditions)
  const styles = ['app', ...paths].map(path => [path, compileSheet(folder, path, styleScopes[path])])

  return `export const miniProgram = {
  app: ${JSON.stringify(app)},
  theme: ${JSON.stringify(folder.json('theme'))},
  configs: ${JSON.stringify(Object.fromEntries(configs))},
  templates: ${templates},
  styles: ${JSON.stringify(Object.fromEntries(styles))},
  assets: ${JSON.stringify(collectAssets(folder))},
  styleScopes: ${JSON.stringify(styleScopes)},
  modules: {${[...scripts].map(([id, code]) => `${JSON.stringify(id)}: ${code}`).join(',\n')}},
  moduleParameters: ${JSON.stringify(moduleParameters)},
}
`
}

function routesOf({ pages, subPackages, subpackages }: AppFile): readonly string[] {
  const packages = [...(subPackages ?? []), ...(subpackages ?? [])]
  const inside = ({ root, pages: own }: SubPackage) => own.map(page => `${root.replace(/^\/|\/$/g, '')}/${page}`)
  return [...pages, ...packages.flatMap(inside)]
}

/** Pages and, from there, every component; a component that uses itself (Taro's `comp`) is visited once. */
function collectConfigs(app: AppConfig, folder: MiniProgramFolder): Map<string, ComponentConfig> {
  const configs = new Map<string, ComponentConfig>()
  const isComponent = (path: string) => folder.locate(`${path}.json`) !== undefined
  const resolveAll = (using: ComponentConfig['usingComponents'], from: string) =>
    Object.entries(using ?? {}).flatMap(([tag, request]) => {
      if (request.includes('://')) return []
      const path = folder.resolve(request, from, isComponent)
      if (path === undefined) throw new Error(`${from}.json uses the component ${request}, which is missing`)
      return [[tag, path] as const]
    })
  const everywhere = resolveAll(app.usingComponents, 'app')
  const waiting = [...app.pages]
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (configs.has(path)) continue
    if (!folder.script(path)) throw new Error(`${path}.ts (or .js) is missing in ${folder.root}`)
    const own = folder.json<ComponentConfig>(path) ?? {}
    const used = [...everywhere, ...resolveAll(own.usingComponents, path)]
    const usingComponents = Object.fromEntries(used.map(([tag, absolute]) => [tag, `/${absolute}`]))
    configs.set(path, { ...own, usingComponents })
    waiting.push(...used.map(([, absolute]) => absolute))
  }
  return configs
}

function compileSheet(folder: MiniProgramFolder, path: string, classPrefix: string | undefined): string {
  const sheet = `${path}.wxss`
  if (folder.locate(sheet) === undefined) return ''
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
function collectAssets(folder: MiniProgramFolder): Record<string, string> {
  const assets: Record<string, string> = {}
  for (const path of folder.list(Object.keys(mediaTypes))) {
    const base64 = readFileSync(folder.locate(path) ?? '').toString('base64')
    assets[`/${path}`] = `data:${mediaTypes[extname(path).toLowerCase()]};base64,${base64}`
  }
  return assets
}
