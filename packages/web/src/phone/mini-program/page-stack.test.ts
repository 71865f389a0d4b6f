import { beforeEach, describe, expect, it } from 'vitest'
import type { PageLayer } from './page-layer.ts'
import { createPageStack, type PageStack } from './page-stack.ts'

type Api = (options: object) => Promise<object>
let story: string[]
let stack: PageStack
let apis: Record<string, Api>

beforeEach(() => {
  story = []
  stack = createPageStack({
    routes: ['pages/index/index', 'pages/account/index', 'pages/tab/index'],
    tabs: ['pages/tab/index'],
    create: target => {
      const name = target.route.split('/')[1] ?? ''
      const load = () => void story.push(`${name} onLoad`)
      const layer = { ...target, page: { name }, load, call: (hook: string) => void story.push(`${name} ${hook}`) }
      return { ...layer, remove: () => void story.push(`${name} removed`) } as unknown as PageLayer
    },
    enter: async () => {},
    leave: async () => {},
    changed: () => {},
  })
  apis = stack.apis as Record<string, Api>
  stack.open({ route: 'pages/index/index', query: {} })
})

const routes = () => stack.layers().map(layer => layer.route)
const since = (run: () => Promise<unknown>) => {
  story = []
  return run()
}

describe('the page stack', () => {
  it('calls onLoad, onShow and onReady of the first page', () => {
    expect(story).toEqual(['index onLoad', 'index onShow', 'index onReady'])
  })

  it('hides the page below before it opens the next one', async () => {
    await since(async () => apis.navigateTo?.({ url: '/pages/account/index' }))
    expect(story).toEqual(['index onHide', 'account onLoad', 'account onShow', 'account onReady'])
  })

  it('unloads the page on top and shows the one below when going back', async () => {
    await apis.navigateTo?.({ url: '../account/index' })
    await since(async () => apis.navigateBack?.({}))
    expect(story).toEqual(['account onUnload', 'index onShow', 'account removed'])
    expect(routes()).toEqual(['pages/index/index'])
  })

  it('goes back to the first page at most', async () => {
    await apis.navigateTo?.({ url: '../account/index' })
    await apis.navigateBack?.({ delta: 9 })
    expect(routes()).toEqual(['pages/index/index'])
    await expect(apis.navigateBack?.({})).rejects.toEqual({
      errMsg: 'navigateBack:fail cannot navigate back at first page.',
    })
    expect(stack.back()).toBe(false)
  })

  it('replaces the page on top by redirectTo', async () => {
    await since(async () => apis.redirectTo?.({ url: '../account/index' }))
    expect(routes()).toEqual(['pages/account/index'])
    expect(story).toContain('index onUnload')
    expect(story).not.toContain('index onHide')
  })

  it('keeps one page after reLaunch and switchTab', async () => {
    await apis.navigateTo?.({ url: '../account/index' })
    await apis.reLaunch?.({ url: '/pages/account/index' })
    expect(routes()).toEqual(['pages/account/index'])
    await apis.switchTab?.({ url: '/pages/tab/index' })
    expect(routes()).toEqual(['pages/tab/index'])
  })

  it('refuses an eleventh page', async () => {
    for (let depth = 1; depth < 10; depth++) await apis.navigateTo?.({ url: '/pages/account/index' })
    await expect(apis.navigateTo?.({ url: '/pages/account/index' })).rejects.toEqual({
      errMsg: 'navigateTo:fail webview count limit exceed',
    })
  })

  it.each([
    ['navigateTo', '/pages/nowhere/index', 'page "pages/nowhere/index" is not found'],
    ['navigateTo', '/pages/tab/index', 'can not navigateTo a tabbar page'],
    ['redirectTo', '/pages/tab/index', 'can not redirectTo a tabbar page'],
    ['switchTab', '/pages/account/index', 'can not switch to no-tabBar page'],
    ['redirectTo', undefined, 'parameter error: parameter.url should be String'],
  ])('refuses %s to %s', async (api, url, reason) => {
    await expect(apis[api]?.({ url })).rejects.toEqual({ errMsg: `${api}:fail ${reason}` })
  })
})
