/** The script files of a built mini program, by path from its root. */
export type ScriptFiles = Readonly<Record<string, string>>

/** Turns a script into a function; supplied by the host: a Node vm, or precompiled functions in a browser. */
export type CompileScript = (
  path: string,
  source: string,
) => (require: unknown, module: unknown, exports: unknown) => void

/**
 * CommonJS over a folder: relative paths, paths from the root, `miniprogram_npm`.
 *
 * @returns runs the script of a path (from the root, with its ending) once, and answers what it exports
 */
export function createModules(files: ScriptFiles, compile: CompileScript): (path: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>()

  function load(path: string): unknown {
    const known = loaded.get(path)
    if (known) return known.exports
    const module = { exports: {} as unknown }
    loaded.set(path, module)
    compile(path, files[path] ?? '')((request: unknown) => load(resolve(path, String(request))), module, module.exports)
    return module.exports
  }

  function resolve(from: string, request: string): string {
    const found = candidates(from, request).find(path => path in files)
    if (found === undefined) throw new Error(`module '${request}' is not defined, require'd from ${from}`)
    return found
  }

  return path => {
    if (!(path in files)) throw new Error(`${path} is missing`)
    return load(path)
  }
}

/** Where the script of a request may stand, the nearest place first. */
export function candidates(from: string, request: string): readonly string[] {
  const folder = from.split('/').slice(0, -1)
  const bases = request.startsWith('/')
    ? [joinPath([], request)]
    : request.startsWith('.')
      ? [joinPath(folder, request)]
      : [
          joinPath(folder, request),
          ...folder.map((_, at) => joinPath(folder.slice(0, folder.length - at), npm(request))),
          npm(request),
        ]
  return bases.flatMap(base => [base, `${base}.js`, `${base}/index.js`])
}

function npm(request: string): string {
  return `miniprogram_npm/${request}`
}

/** `../b/c` seen from a folder; what leaves the root stays in it. */
export function joinPath(folder: readonly string[], request: string): string {
  const parts = [...folder]
  for (const part of request.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
