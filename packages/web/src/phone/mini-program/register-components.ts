import type { CodeSpace, ComponentEnv } from 'glass-easel-miniprogram-adapter'
import type { CompiledMiniProgram } from './compiled.ts'
import { createModuleLoader } from './module-loader.ts'
import type { Safely } from './safely.ts'

type StaticConfig = Parameters<CodeSpace['addComponentStaticConfig']>[1]
type Template = Parameters<CodeSpace['addCompiledTemplate']>[1]

/** Registers pages and components under the file that is being loaded, whichever module calls `Page`. */
export function registerComponents(
  program: CompiledMiniProgram,
  codeSpace: CodeSpace,
  globals: Record<string, unknown>,
  safely: Safely,
): void {
  let loading: ComponentEnv | undefined
  const register =
    (name: 'Page' | 'Component' | 'Behavior') =>
    (...args: unknown[]) => {
      if (!loading) throw new Error(`${name} was called outside of a page or component file`)
      return Reflect.apply(loading[name], undefined, args)
    }
  const load = createModuleLoader({
    modules: program.modules,
    parameters: program.moduleParameters,
    globals: {
      ...globals,
      Page: register('Page'),
      Component: register('Component'),
      Behavior: register('Behavior'),
    },
  })
  const loadFile = (path: string) =>
    codeSpace.componentEnv(path, env => {
      loading = env
      safely(() => load(path))
      loading = undefined
    })
  loadFile('app')
  for (const [path, config] of Object.entries(program.configs)) {
    codeSpace.addComponentStaticConfig(path, config as StaticConfig)
    codeSpace.addStyleSheet(path, undefined, program.styleScopes[path])
    codeSpace.addCompiledTemplate(path, templateOf(program, path))
  }
  for (const path of Object.keys(program.configs)) loadFile(path)
}

function templateOf(program: CompiledMiniProgram, path: string): Template {
  const groupList = program.templates as Template['groupList']
  const content = groupList?.[path]
  if (!groupList || !content) throw new Error(`${path}.wxml is not compiled`)
  return { groupList, content }
}
