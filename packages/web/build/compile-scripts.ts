import { existsSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** Everything a browser has and the logic layer of WeChat has not; a module gets `undefined` under these names. */
const hiddenGlobals = [
  ...['window', 'self', 'globalThis', 'frames', 'top', 'parent', 'document', 'navigator', 'location', 'history'],
  ...['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'XMLHttpRequest', 'fetch', 'Headers', 'Request'],
  ...['Response', 'FormData', 'Blob', 'File', 'FileReader', 'URL', 'URLSearchParams', 'AbortController'],
  ...['AbortSignal', 'EventSource', 'WebSocket', 'Worker', 'BroadcastChannel', 'MessageChannel', 'crypto', 'atob'],
  ...['btoa', 'TextEncoder', 'TextDecoder', 'structuredClone', 'queueMicrotask', 'requestIdleCallback', 'Event'],
  ...['EventTarget', 'CustomEvent', 'alert', 'confirm', 'prompt', 'process', 'Buffer'],
] as const

/** What the host hands to a module, in this order, before {@link hiddenGlobals}. */
export const moduleParameters = [
  ...['require', 'module', 'exports', 'wx', 'App', 'Page', 'Component', 'Behavior', 'getApp', 'getCurrentPages'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
] as const

export interface ScriptOptions {
  /** Folder of the mini program: the one that holds app.json. */
  readonly root: string
  /** Export conditions for packages, such as `development`. */
  readonly conditions?: readonly string[]
}

/**
 * Compiles the entries and all that they require to CommonJS functions, one a file, as WeChat keeps them; a package
 * becomes one module. Modules run when they are first required, so a restart of the mini program runs them anew.
 *
 * @returns JavaScript function expressions by module id: the path without ending, or `npm:` and the specifier.
 */
export async function compileScripts(entries: readonly string[], options: ScriptOptions): Promise<Map<string, string>> {
  const modules = new Map<string, string>()
  const waiting = [...entries]
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    if (modules.has(id)) continue
    const { code, required } = id.startsWith('npm:') ? await bundlePackage(id, options) : await compileFile(id, options)
    modules.set(id, wrap(code))
    waiting.push(...required)
  }
  return modules
}

/** `pages/index/index` of the folder as the file that holds it. */
export function findScript(root: string, id: string): string {
  const candidates = [`${id}.ts`, `${id}.js`, `${id}/index.ts`, `${id}/index.js`].map(name => join(root, name))
  const file = candidates.find(candidate => existsSync(candidate))
  if (!file) throw new Error(`${id}.ts (or .js) is missing in ${root}`)
  return file
}

async function compileFile(id: string, options: ScriptOptions) {
  const required: string[] = []
  const file = findScript(options.root, id)
  const folder = posix.dirname(id)
  const keepRequires: Plugin = {
    name: 'keep-requires',
    setup: context => {
      context.onResolve({ filter: /.*/ }, ({ kind, path }) => {
        if (kind === 'entry-point') return undefined
        const target = path.startsWith('.') ? moduleId(options.root, posix.join(folder, path)) : `npm:${path}`
        required.push(target)
        return { path: target, external: true }
      })
    },
  }
  return { code: await toCommonJs(file, options, [keepRequires]), required }
}

async function bundlePackage(id: string, options: ScriptOptions) {
  return { code: await toCommonJs(id.slice('npm:'.length), options, []), required: [] as string[] }
}

async function toCommonJs(entry: string, { root, conditions = [] }: ScriptOptions, plugins: Plugin[]) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'neutral',
    target: 'es2018',
    mainFields: ['module', 'main'],
    conditions: [...conditions, 'import'],
    plugins,
    charset: 'utf8',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

/** One id per file, however it was required: with its ending, without, or as a folder. */
function moduleId(root: string, path: string): string {
  const file = findScript(root, path.replace(/\.(ts|js)$/, ''))
  return relative(root, file)
    .split(sep)
    .join('/')
    .replace(/\.(ts|js)$/, '')
}

function wrap(code: string): string {
  return `function (${[...moduleParameters, ...hiddenGlobals].join(', ')}) {\n${code}\n}`
}
