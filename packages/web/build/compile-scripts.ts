import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { build, type Plugin, transform } from 'esbuild'
import type { MiniProgramFolder } from './mini-program-folder.ts'

/** Everything a browser has and the logic layer of WeChat has not; a module gets `undefined` under these names. */
const hiddenGlobals = [
  ...['window', 'self', 'frames', 'top', 'parent', 'document', 'navigator', 'location', 'history'],
  ...['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'XMLHttpRequest', 'fetch', 'Headers', 'Request'],
  ...['Response', 'FormData', 'Blob', 'File', 'FileReader', 'URL', 'URLSearchParams', 'AbortController'],
  ...['AbortSignal', 'EventSource', 'WebSocket', 'Worker', 'BroadcastChannel', 'MessageChannel', 'crypto', 'atob'],
  ...['btoa', 'TextEncoder', 'TextDecoder', 'structuredClone', 'queueMicrotask', 'requestIdleCallback', 'Event'],
  ...['EventTarget', 'CustomEvent', 'alert', 'confirm', 'prompt', 'process', 'Buffer'],
] as const

/** What the host hands to a module, in this order, before {@link hiddenGlobals}. */
export const moduleParameters = [
  ...['require', 'module', 'exports', 'wx', 'App', 'Page', 'Component', 'Behavior', 'getApp', 'getCurrentPages'],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'Promise', 'global', 'globalThis'],
] as const

/**
 * Compiles the entries and all that they require to CommonJS functions, one a file, as WeChat keeps them; a package
 * without a build for mini programs becomes one module. Modules run when they are first required, so a restart of the
 * mini program runs them anew.
 *
 * @param entries Paths without ending.
 * @param conditions Export conditions for packages.
 * @returns JavaScript function expressions by module id: the path without ending, or `npm:` and the specifier.
 */
export async function compileScripts(
  entries: readonly string[],
  folder: MiniProgramFolder,
  conditions: readonly string[] = [],
): Promise<Map<string, string>> {
  const modules = new Map<string, string>()
  const waiting = [...entries]
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    if (modules.has(id)) continue
    const { code, required } = id.startsWith('npm:')
      ? { code: await bundlePackage(id.slice('npm:'.length), folder.root, conditions), required: new Map() }
      : await compileFile(id, folder)
    modules.set(id, wrap(code, required))
    waiting.push(...required.values())
  }
  return modules
}

interface CompiledFile {
  readonly code: string
  /** Module ids by what the file calls them. */
  readonly required: ReadonlyMap<string, string>
}

/** The file by itself: its own form of exports stays, so that rings of modules see each other half done, as in WeChat. */
async function compileFile(path: string, folder: MiniProgramFolder): Promise<CompiledFile> {
  const found = folder.script(path)
  if (!found) throw new Error(`${path}.ts (or .js) is missing in ${folder.root}`)
  const { id, file } = found
  const required = new Map<string, string>()
  const noteRequires: Plugin = {
    name: 'note-requires',
    setup: context => {
      context.onResolve({ filter: /.*/ }, ({ kind, path: request }) => {
        if (kind === 'entry-point') return undefined
        required.set(request, moduleId(request, id, folder))
        return { path: request, external: true }
      })
    },
  }
  await build({ ...common, entryPoints: [file], bundle: true, write: false, plugins: [noteRequires] })
  const loader = file.endsWith('.ts') ? 'ts' : 'js'
  const { code } = await transform(readFileSync(file, 'utf8'), { ...common, loader, sourcefile: basename(file) })
  return { code, required }
}

async function bundlePackage(specifier: string, root: string, conditions: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [specifier],
    absWorkingDir: root,
    bundle: true,
    write: false,
    mainFields: ['module', 'main'],
    conditions: [...conditions, 'import'],
  })
  return outputFiles[0]?.text ?? ''
}

const common = { format: 'cjs', platform: 'neutral', target: 'es2018', charset: 'utf8', logLevel: 'silent' } as const

/** One id per file, however it was required: with its ending, without, or as a folder. */
function moduleId(request: string, from: string, folder: MiniProgramFolder): string {
  const path = folder.resolve(request, from, candidate => folder.script(candidate) !== undefined)
  if (path === undefined) return `npm:${request}`
  const found = folder.script(path)
  if (!found) throw new Error(`${path}.ts (or .js) is missing in ${folder.root}`)
  return found.id
}

function wrap(code: string, required: ReadonlyMap<string, string>): string {
  const ids = JSON.stringify(Object.fromEntries(required))
  const bind = required.size > 0 ? `require = (load => name => load(${ids}[name] || name))(require);\n` : ''
  return `function (${[...moduleParameters, ...hiddenGlobals].join(', ')}) {\n${bind}${code}\n}`
}
