import baseSheet from './base.wxss?raw'
import type { CompiledMiniProgram } from './compiled.ts'

/** Constructed sheets: a Content-Security-Policy without inline styles lets them pass, and pages share them. */
export function createPageSheets(program: CompiledMiniProgram): (route: string) => CSSStyleSheet[] {
  const sheet = (css: string) => {
    const constructed = new CSSStyleSheet()
    constructed.replaceSync(css)
    return constructed
  }
  const isComponent = (path: string) => program.styleScopes[path] !== undefined
  const shared = [baseSheet, program.styles.app ?? ''].map(sheet)
  const components = Object.keys(program.styles).filter(isComponent)
  const scoped = components.map(path => sheet(program.styles[path] ?? ''))
  return route => [...shared, ...scoped, sheet(program.styles[route] ?? '')]
}
