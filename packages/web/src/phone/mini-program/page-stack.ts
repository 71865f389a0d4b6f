import type { WxMove } from '@weapp-auth/emulator/wx'
import type { PageLayer } from './page-layer.ts'
import { type PageTarget, readPageUrl } from './page-url.ts'

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
  /** Goes where `wx.navigateTo` and its kin want to; throws an error whose message is the reason after `fail`. */
  readonly navigate: (move: WxMove) => void
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
  const goBack = (delta: number) => {
    const removed = layers.splice(Math.max(1, layers.length - delta))
    if (removed.length === 0) throw new Error('cannot navigate back at first page.')
    for (const layer of removed.reverse()) end(layer, 'pop')
    options.changed()
    top()?.call('onShow')
  }

  /** How many pages each way of moving closes; a tab bar page is reached by `switchTab` and `reLaunch` only. */
  const closing = {
    navigateTo: () => 0,
    redirectTo: () => 1,
    reLaunch: () => layers.length,
    switchTab: () => layers.length,
  }
  const navigate = (move: WxMove) => {
    if (move.kind === 'navigateBack') return goBack(move.delta)
    const target = readPageUrl(move.url, top()?.route ?? '')
    if (!options.routes.includes(target.route)) throw new Error(`page "${target.route}" is not found`)
    const isTab = options.tabs.includes(target.route)
    if (move.kind === 'switchTab' && !isTab) throw new Error('can not switch to no-tabBar page')
    if (isTab && (move.kind === 'navigateTo' || move.kind === 'redirectTo')) {
      throw new Error(`can not ${move.kind} a tabbar page`)
    }
    if (move.kind === 'navigateTo' && layers.length >= MAX_DEPTH) throw new Error('webview count limit exceed')
    return open(target, closing[move.kind]())
  }

  return {
    layers: () => layers,
    open,
    navigate,
    clear: () => {
      for (const layer of layers.reverse()) {
        layer.call('onUnload')
        layer.remove()
      }
      layers = []
    },
  }
}
