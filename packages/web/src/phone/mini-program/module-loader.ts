import type { ModuleFactory } from './compiled.ts'

export interface LoaderOptions {
  readonly modules: Readonly<Record<string, ModuleFactory>>
  /** Names of the parameters of every module, in their order. */
  readonly parameters: readonly string[]
  /** Values of the parameters, except `require`, `module` and `exports`; a name that is absent stays `undefined`. */
  readonly globals: Readonly<Record<string, unknown>>
}

/**
 * CommonJS for one launch of a mini program: a module runs when it is first required, and a ring of modules sees what
 * is exported so far.
 *
 * @returns `require`; throws for an unknown id.
 */
export function createModuleLoader({ modules, parameters, globals }: LoaderOptions): (id: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>()
  const require = (id: string): unknown => {
    const known = loaded.get(id)
    if (known) return known.exports
    const factory = modules[id]
    if (!factory) throw new Error(`module '${id}' is not defined`)
    const module = { exports: {} }
    loaded.set(id, module)
    const scope: Readonly<Record<string, unknown>> = { ...globals, require, module, exports: module.exports }
    factory(...parameters.map(name => scope[name]))
    return module.exports
  }
  return require
}
