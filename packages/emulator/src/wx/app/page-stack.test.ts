import { describe, expect, test } from 'vitest'
import { createPageStack, parseUrl } from './page-stack.ts'

function createStack() {
  const lived: string[] = []
  const hooks = (path: string) =>
    Object.fromEntries(
      ['Load', 'Show', 'Ready', 'Hide', 'Unload'].map(name => [`on${name}`, () => lived.push(`${path} ${name}`)]),
    )
  const stack = createPageStack({
    find: path => (path.length === 1 ? { kind: 'page', definition: hooks(path) } : undefined),
    isTab: path => path === 't',
    later: run => run(),
    viewed: () => {},
  })
  const since = () => lived.splice(0)
  return { stack, since, paths: () => stack.pages.map(({ path }) => path) }
}

describe('the page stack', () => {
  test('hides the page below, shows it again, and unloads what is left', () => {
    const { stack, since, paths } = createStack()
    stack.move({ kind: 'reLaunch', url: '/a' })
    expect(since()).toEqual(['a Load', 'a Show', 'a Ready'])
    stack.move({ kind: 'navigateTo', url: 'b' })
    expect(since()).toEqual(['a Hide', 'b Load', 'b Show', 'b Ready'])
    stack.move({ kind: 'redirectTo', url: '/c' })
    expect(since()).toEqual(['b Unload', 'c Load', 'c Show', 'c Ready'])
    stack.move({ kind: 'navigateBack', delta: 9 })
    expect(since()).toEqual(['c Unload', 'a Show'])
    stack.move({ kind: 'switchTab', url: '/t' })
    expect(paths()).toEqual(['t'])
  })

  test('takes an address relative to the page that is seen', () => {
    const moved: string[] = []
    const stack = createPageStack({
      find: path => {
        moved.push(path)
        return { kind: 'page', definition: {} }
      },
      isTab: () => false,
      later: run => run(),
      viewed: () => {},
    })
    stack.move({ kind: 'reLaunch', url: '/pages/a/a' })
    stack.move({ kind: 'navigateTo', url: '../b/b?x=../y?' })
    stack.move({ kind: 'redirectTo', url: '/pages/c/c' })
    expect(moved).toEqual(['pages/a/a', 'pages/b/b', 'pages/c/c'])
  })

  test('refuses pages that do not exist, wrong kinds of moves and an eleventh page', () => {
    const { stack, paths } = createStack()
    stack.move({ kind: 'reLaunch', url: '/a' })
    const attempt = (kind: 'navigateTo' | 'redirectTo' | 'switchTab', url: string) => () => stack.move({ kind, url })
    expect(attempt('navigateTo', '/none?x=1')).toThrow('page "/none?x=1" is not found')
    expect(attempt('redirectTo', '/t')).toThrow('can not redirectTo a tabbar page')
    expect(attempt('switchTab', '/b')).toThrow('can not switch to no-tabBar page')
    expect(() => stack.move({ kind: 'navigateBack', delta: 1 })).toThrow('cannot navigate back at first page.')
    for (let page = 2; page <= 10; page += 1) stack.move({ kind: 'navigateTo', url: '/b' })
    expect(attempt('navigateTo', '/b')).toThrow('webview count limit exceed')
    expect(paths()).toHaveLength(10)
  })

  test('reads path and query as they are written', () => {
    expect(parseUrl('/pages/a/a?x=1&y=a%20b=c&z')).toEqual({
      path: 'pages/a/a',
      query: { x: '1', y: 'a%20b=c', z: '' },
    })
  })
})
