import type { PageLayer } from './page-layer.ts'
import { type PageTarget, readPageUrl } from './page-url.ts'
import { WxApiFailure, wxApi } from './wx-api.ts'

/** WeChat keeps ten pages at most. */
const MAX_DEPTH = 10

export interface PageStackOptions {
  readonly routes: readonly string[]
  readonly tabs: readonly string[]
  readonly create: (target: PageTarget) => PageLayer
  /** Shows the layer on top; the promise ends when the movement does. */
  readonly enter: (layer: PageLayer, how: 'push' | 'replace') => Promise<void>
  readonly leave: (layer: PageLayer, how: 'pop' | 'replace') => Promise<void>
  /** The page on top is another one now. */
  readonly changed: () => void
}

/** The pages that are open, the last one on top. */
export interface PageStack {
  readonly layers: () => readonly PageLayer[]
  readonly open: (target: PageTarget) => void
  /** What the back button does; `false` when there is nothing to go back to. */
  readonly back: () => boolean
  /** `wx.navigateTo` and its kin. */
  readonly apis: Readonly<Record<string, unknown>>
  /** Ends all pages at once. */
  readonly clear: () => void
}

/** Keeps the stack and calls the life cycle of its pages in WeChat's order: the old page hides before the new shows. */
export function createPageStack(options: PageStackOptions): PageStack {
  let layers: PageLayer[] = []
  const top = () => layers.at(-1)

  const open = (target: PageTarget, closing = 0) => {
    const removed = closing > 0 ? layers.splice(-closing) : []
    if (removed.length === 0) top()?.call('onHide')
    const layer = options.create(target)
    const how = layers.length === 0 || removed.length > 0 ? 'replace' : 'push'
    layers.push(layer)
    options.changed()
    layer.load()
    layer.call('onShow')
    for (const old of removed) end(old, 'replace')
    void options.enter(layer, how)
    layer.call('onReady')
  }
  const end = (layer: PageLayer, how: 'pop' | 'replace') => {
    layer.call('onUnload')
    void options.leave(layer, how).then(layer.remove)
  }
  const pop = (delta: number) => {
    const removed = layers.splice(Math.max(1, layers.length - delta))
    if (removed.length === 0) return false
    for (const layer of removed.reverse()) end(layer, 'pop')
    options.changed()
    top()?.call('onShow')
    return true
  }
  const target = (url: unknown): PageTarget => {
    if (typeof url !== 'string') throw new WxApiFailure('parameter error: parameter.url should be String')
    const found = readPageUrl(url, top()?.route ?? '')
    if (!options.routes.includes(found.route)) throw new WxApiFailure(`page "${found.route}" is not found`)
    return found
  }
  const isTab = (page: PageTarget) => options.tabs.includes(page.route)
  const plain = (url: unknown, api: string): PageTarget => {
    const page = target(url)
    if (isTab(page)) throw new WxApiFailure(`can not ${api} a tabbar page`)
    return page
  }

  return {
    layers: () => layers,
    open,
    back: () => pop(1),
    apis: {
      navigateTo: wxApi('navigateTo', ({ url }: { url: unknown }) => {
        const page = plain(url, 'navigateTo')
        if (layers.length >= MAX_DEPTH) throw new WxApiFailure('webview count limit exceed')
        return void open(page)
      }),
      redirectTo: wxApi('redirectTo', ({ url }: { url: unknown }) => void open(plain(url, 'redirectTo'), 1)),
      reLaunch: wxApi('reLaunch', ({ url }: { url: unknown }) => void open(target(url), layers.length)),
      switchTab: wxApi('switchTab', ({ url }: { url: unknown }) => {
        const page = target(url)
        if (!isTab(page)) throw new WxApiFailure('can not switch to no-tabBar page')
        return void open(page, layers.length)
      }),
      navigateBack: wxApi('navigateBack', ({ delta = 1 }: { delta?: number }) => {
        if (!pop(delta)) throw new WxApiFailure('cannot navigate back at first page.')
        return undefined
      }),
    },
    clear: () => {
      for (const layer of layers.reverse()) {
        layer.call('onUnload')
        layer.remove()
      }
      layers = []
    },
  }
}
