import { posix } from 'node:path'
import { type AtRule, parse, type Root, type Rule } from 'postcss'
import { toContainerUnits } from '../src/phone/mini-program/container-units.ts'

export interface WxssOptions {
  /** Reads a sheet by its path in the mini program; throws when there is none. */
  readonly read: (path: string) => string
  /** Put before every class name, for a component whose styles are isolated. Default: none. */
  readonly classPrefix?: string
}

/**
 * Turns a WXSS file into CSS for a shadow root whose host is a size container: `rpx`, `vw` and `vh` become shares of
 * the page instead of the browser window, the safe area comes from the phone frame, imports are inlined.
 *
 * @example
 * compileWxss('app.wxss', { read: () => '.card { padding: 75rpx }' }) // '.card { padding: 10cqw }'
 */
export function compileWxss(path: string, { read, classPrefix }: WxssOptions): string {
  const root = readSheet(path, read, [])
  root.walkDecls(declaration => {
    declaration.value = toContainerUnits(declaration.value)
  })
  if (classPrefix) root.walkRules(rule => prefixClasses(rule, `${classPrefix}--`))
  return root.toString()
}

function readSheet(path: string, read: (path: string) => string, importers: readonly string[]): Root {
  const root = parse(read(path), { from: path })
  root.walkAtRules('import', rule => {
    const imported = importedPath(rule, path)
    if (imported === path || importers.includes(imported)) throw rule.error(`${imported} imports itself`)
    rule.replaceWith(readSheet(imported, read, [...importers, path]).nodes)
  })
  return root
}

function importedPath(rule: AtRule, from: string): string {
  const path = /^(?:url\()?(["'])([^"':]+\.wxss)\1\)?$/.exec(rule.params.trim())?.[2]
  if (!path) throw rule.error(`@import takes one quoted path of a .wxss file, not ${rule.params}`)
  return path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from), path)
}

function prefixClasses(rule: Rule, prefix: string): void {
  rule.selector = rule.selector.replace(/("[^"]*"|'[^']*')|\.(?=[A-Za-z_-])/g, (match, quoted?: string) =>
    quoted ? match : `.${prefix}`,
  )
}
