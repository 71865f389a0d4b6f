import { expect, it } from 'vitest'
import type { ModuleFactory } from './compiled.ts'
import { createModuleLoader } from './module-loader.ts'

const parameters = ['require', 'module', 'exports', 'wx', 'window']
type Require = (id: string) => Record<string, unknown>
const factory = (run: (load: Require, module: { exports: unknown }, exports: object, ...rest: unknown[]) => void) =>
  run as unknown as ModuleFactory

it('runs a module once, when it is first required', () => {
  let runs = 0
  const modules = { a: factory((_, module) => (module.exports = { run: ++runs })) }
  const load = createModuleLoader({ modules, parameters, globals: {} })
  expect(runs).toBe(0)
  expect(load('a')).toBe(load('a'))
  expect(runs).toBe(1)
})

it('starts anew for every loader, as a cold start does', () => {
  const modules = { a: factory((_, module) => (module.exports = {})) }
  const options = { modules, parameters, globals: {} }
  expect(createModuleLoader(options)('a')).not.toBe(createModuleLoader(options)('a'))
})

it('hands over the globals by name and nothing else of the browser', () => {
  const seen: unknown[] = []
  const modules = { a: factory((_require, _module, _exports, ...rest) => seen.push(...rest)) }
  createModuleLoader({ modules, parameters, globals: { wx: 'the wx' } })('a')
  expect(seen).toEqual(['the wx', undefined])
})

it('lets a ring of modules see what is exported so far', () => {
  const modules = {
    a: factory((load, _, exports) => {
      Object.assign(exports, { early: 1 })
      Object.assign(exports, { fromB: load('b').seen })
    }),
    b: factory((load, _, exports) => Object.assign(exports, { seen: { ...load('a') } })),
  }
  expect(createModuleLoader({ modules, parameters, globals: {} })('a')).toEqual({ early: 1, fromB: { early: 1 } })
})

it('names the module that is missing', () => {
  expect(() => createModuleLoader({ modules: {}, parameters, globals: {} })('x')).toThrow("module 'x' is not defined")
})
