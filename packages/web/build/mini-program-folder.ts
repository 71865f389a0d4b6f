import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, posix, sep } from 'node:path'

export interface FolderOptions {
  /** Folder of the mini program: the one that holds app.json. */
  readonly root: string
  /** Export conditions for packages, such as `development`. */
  readonly conditions?: readonly string[]
}

/**
 * The files of a mini program by their paths from its root, with `/` between the parts. npm packages stand under
 * `miniprogram_npm/<name>`, also when "build npm" was not run: then they are read where npm installed them.
 */
export interface MiniProgramFolder {
  readonly root: string
  /** The file on this machine; `undefined` when there is none. */
  locate(path: string): string | undefined
  read(path: string): string | undefined
  /** @throws when the file is missing. */
  need(path: string): string
  /** @throws when the file is there and not JSON. */
  json<T>(path: string): T | undefined
  /** A page, component or module as the script that holds it, with its id: the path without ending. */
  script(path: string): { readonly id: string; readonly file: string } | undefined
  /** What `require` or `usingComponents` mean in the file `from`: a path, or `undefined` for an npm package that is not there. */
  resolve(request: string, from: string, is: (path: string) => boolean): string | undefined
  /** All files with one of these endings, npm packages of `node_modules` aside. */
  list(endings: readonly string[]): readonly string[]
}

export function readMiniProgramFolder({ root, conditions = [] }: FolderOptions): MiniProgramFolder {
  const installed = new Map<string, string>()

  function locate(path: string): string | undefined {
    const own = join(root, path)
    if (isFile(own)) return own
    for (const [prefix, folder] of installed) {
      if (!path.startsWith(`${prefix}/`)) continue
      const file = join(folder, path.slice(prefix.length))
      if (isFile(file)) return file
      // Sources of a package may call their sheets by the name that all tools know.
      const sheet = file.replace(/\.wxss$/, '.css')
      if (isFile(sheet)) return sheet
    }
    return undefined
  }
  const read = (path: string) => {
    const file = locate(path)
    return file === undefined ? undefined : readFileSync(file, 'utf8')
  }
  const script = (path: string) => {
    const id = path.replace(/\.(ts|js)$/, '')
    for (const candidate of [id, `${id}/index`]) {
      const file = locate(`${candidate}.ts`) ?? locate(`${candidate}.js`)
      if (file) return { id: candidate, file }
    }
    return undefined
  }

  /** The package of the request, found as Node finds it, is mounted under `miniprogram_npm`. */
  function install(request: string): void {
    const name = request.split('/', request.startsWith('@') ? 2 : 1).join('/')
    const found = findPackage(root, name)
    if (!found) return
    const { miniprogram } = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8')) as { miniprogram?: string }
    const fromSource = conditions.includes('@weapp-auth/source') && existsSync(join(found, 'src', 'components'))
    if (miniprogram) installed.set(`miniprogram_npm/${name}`, join(found, fromSource ? 'src' : miniprogram))
  }

  return {
    root,
    locate,
    read,
    need(path) {
      const text = read(path)
      if (text === undefined) throw new Error(`${path} is missing in ${root}`)
      return text
    },
    json: path => parseJson(`${path}.json`, read(`${path}.json`)),
    script,
    resolve(request, from, is) {
      const folder = posix.dirname(from)
      if (request.startsWith('/')) return request.slice(1)
      if (request.startsWith('.')) return posix.join(folder, request)
      const places = [posix.join(folder, request), ...npmPlaces(folder).map(place => posix.join(place, request))]
      const found = places.find(is)
      if (found) return found
      install(request)
      return places.slice(-1).find(is)
    },
    list: endings => listFiles(root).filter(path => endings.includes(extname(path).toLowerCase())),
  }
}

/** `miniprogram_npm` of the folder and of those around it, the nearest first. */
function npmPlaces(folder: string): readonly string[] {
  const parts = folder === '.' ? [] : folder.split('/')
  return [...parts.keys(), parts.length].reverse().map(count => [...parts.slice(0, count), 'miniprogram_npm'].join('/'))
}

function findPackage(from: string, name: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return folder
  return dirname(from) === from ? undefined : findPackage(dirname(from), name)
}

function listFiles(root: string, folder = ''): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return []
    return entry.isDirectory() ? listFiles(root, path) : [path.split(sep).join('/')]
  })
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function parseJson<T>(name: string, text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as T
  } catch (cause) {
    throw new Error(`${name} is not valid JSON: ${(cause as Error).message}`, { cause })
  }
}
