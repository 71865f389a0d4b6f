import { describe, expect, it } from 'vitest'
import { compileWxss } from './compile-wxss.ts'

const compile = (source: string, classPrefix?: string) =>
  compileWxss('app.wxss', { read: () => source, ...(classPrefix && { classPrefix }) })

const folder = (sheets: Readonly<Record<string, string>>) => (path: string) => {
  const sheet = sheets[path]
  if (sheet === undefined) throw new Error(`${path} is missing`)
  return sheet
}

describe('compileWxss', () => {
  it('makes 750 rpx the width of the page', () => {
    expect(compile('.a { width: 750rpx; margin: -1.5rpx .75rpx 0 }')).toBe(
      '.a { width: 100cqw; margin: -0.2cqw 0.1cqw 0 }',
    )
  })

  it('measures vw and vh on the page, not on the browser window', () => {
    expect(compile('.a { min-height: 100vh; width: calc(100vw - 20px) }')).toBe(
      '.a { min-height: 100cqh; width: calc(100cqw - 20px) }',
    )
  })

  it('takes the safe area from the phone frame', () => {
    expect(compile('.a { padding-bottom: calc(40rpx + env(safe-area-inset-bottom)) }')).toBe(
      '.a { padding-bottom: calc(5.33333cqw + var(--safe-area-inset-bottom, 0px)) }',
    )
  })

  it('leaves names that only look like units alone', () => {
    const css = '.w10rpx view, page > .row5vh { color: red }'
    expect(compile(css)).toBe(css)
  })

  it('rewrites units inside media queries', () => {
    expect(compile('@media (prefers-color-scheme: dark) { .a { top: 75rpx } }')).toContain('top: 10cqw')
  })

  it('prefixes the classes of an isolated component, but nothing inside quotes', () => {
    const css = compile('.card .title:not(.x) > [data-a=".b"] { top: 0.5em }', 'c1')
    expect(css).toBe('.c1--card .c1--title:not(.c1--x) > [data-a=".b"] { top: 0.5em }')
  })

  it('inlines imports of imports, each relative to its own file', () => {
    const read = folder({
      'pages/index/index.wxss': '@import "../../styles/base.wxss"; .a { top: 0 }',
      'styles/base.wxss': '@import "./tokens.wxss"; .b { top: 75rpx }',
      'styles/tokens.wxss': 'page { --gap: 15rpx }',
    })
    const css = compileWxss('pages/index/index.wxss', { read })
    expect(css.match(/--gap: 2cqw|top: 10cqw|top: 0/g)).toEqual(['--gap: 2cqw', 'top: 10cqw', 'top: 0'])
  })

  it('refuses a ring of imports', () => {
    const read = folder({ 'a.wxss': '@import "b.wxss";', 'b.wxss': '@import "a.wxss";' })
    expect(() => compileWxss('a.wxss', { read })).toThrow('a.wxss imports itself')
  })

  it('refuses an import from the network', () => {
    expect(() => compile('@import url(https://example.com/a.css);')).toThrow(/one quoted path/)
    expect(() => compile('@import "https://example.com/a.wxss";')).toThrow(/one quoted path/)
  })

  it('names file and line of a broken sheet', () => {
    expect(() => compile('.a {\n color: red;')).toThrow(/app\.wxss:1:1/)
  })
})
