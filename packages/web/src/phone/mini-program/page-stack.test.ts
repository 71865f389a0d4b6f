import { beforeEach, describe, expect, it } from 'vitest'
import type { PageLayer } from './page-layer.ts'
import { createPageStack, type PageStack } from './page-stack.ts'

let story: string[]
let stack: PageStack

beforeEach(() => {
  story = []
  stack = createPageStack({
    routes: ['pages/index/index', 'pages/account/index', 'pages/tab/index'],
    tabs: ['pages/tab/index'],
    create: target => {
      const name = target.route.split('/')[1] ?? ''
      const tell = (what: string) => void story.push(`${name} ${what}`)
      const layer = { ...target, page: { name }, load: () => tell('onLoad'), call: tell, remove: () => tell('removed') }
      return layer as unknown as PageLayer
    },
    enter: async () => {},
    leave: async () => {},
    changed: () => {},
  })
  stack.open({ route: 'pages/index/index', query: {} })
})

type Kind = 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab'
const go = (kind: Kind, url: string) => stack.navigate({ kind, url })
const back = (delta = 1) => stack.navigate({ kind: 'navigateBack', delta })
const routes = () => stack.layers().map(layer => layer.route)

describe('the page stack', () => {
  it('calls onLoad, onShow and onReady of the first page', () => {
    expect(story).toEqual(['index onLoad', 'index onShow', 'index onReady'])
  })

  it('hides the page below before it opens the next one', () => {
    story = []
    go('navigateTo', '/pages/account/index')
    expect(story).toEqual(['index onHide', 'account onLoad', 'account onShow', 'account onReady'])
  })

  it('unloads the page on top and shows the one below when going back', async () => {
    go('navigateTo', '../account/index')
    story = []
    back()
    await Promise.resolve()
    expect(story).toEqual(['account onUnload', 'index onShow', 'account removed'])
    expect(routes()).toEqual(['pages/index/index'])
  })

  it('goes back to the first page at most', () => {
    go('navigateTo', '../account/index')
    back(9)
    expect(routes()).toEqual(['pages/index/index'])
    expect(() => back()).toThrow('cannot navigate back at first page.')
  })

  it('replaces the page on top by redirectTo', () => {
    story = []
    go('redirectTo', '../account/index')
    expect(routes()).toEqual(['pages/account/index'])
    expect(story).toContain('index onUnload')
    expect(story).not.toContain('index onHide')
  })

  it('keeps one page after reLaunch and switchTab', () => {
    go('navigateTo', '../account/index')
    go('reLaunch', '/pages/account/index')
    expect(routes()).toEqual(['pages/account/index'])
    go('switchTab', '/pages/tab/index')
    expect(routes()).toEqual(['pages/tab/index'])
  })

  it('refuses an eleventh page', () => {
    for (let depth = 1; depth < 10; depth++) go('navigateTo', '/pages/account/index')
    expect(() => go('navigateTo', '/pages/account/index')).toThrow('webview count limit exceed')
  })

  it.each([
    ['navigateTo', '/pages/nowhere/index', 'page "pages/nowhere/index" is not found'],
    ['navigateTo', '/pages/tab/index', 'can not navigateTo a tabbar page'],
    ['redirectTo', '/pages/tab/index', 'can not redirectTo a tabbar page'],
    ['switchTab', '/pages/account/index', 'can not switch to no-tabBar page'],
  ] as const)('refuses %s to %s', (kind, url, reason) => {
    expect(() => go(kind, url)).toThrow(reason)
  })
})
