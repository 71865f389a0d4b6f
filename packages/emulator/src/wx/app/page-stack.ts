import { WxFail } from '../fail.ts'
import type { WxMove } from '../navigation.ts'
import { createPage, type LivingPage, type Registered } from './create-page.ts'
import { joinPath } from './modules.ts'

export interface PageStack {
  /** From the bottom to the page that is seen. */
  readonly pages: readonly LivingPage[]
  /** What the navigation calls of `wx` do. Throws a `WxFail`. */
  move(move: WxMove): void
}

interface PageStackTools {
  /** What was registered for a path without a slash in front; undefined when there is no such page. */
  readonly find: (path: string) => Registered | undefined
  readonly isTab: (path: string) => boolean
  readonly later: (run: () => void) => void
  /** A page was opened. */
  readonly viewed: () => void
}

/** 页面路由: at most ten pages. */
const MOST = 10

export function createPageStack({ find, isTab, later, viewed }: PageStackTools): PageStack {
  let pages: LivingPage[] = []

  function make(url: string): LivingPage {
    const { path, query } = parseUrl(url)
    const registered = find(path)
    if (!registered) throw new WxFail(`page "${url}" is not found`)
    return createPage(registered, { path, query, later })
  }

  function enter(page: LivingPage): void {
    pages = [...pages, page]
    viewed()
    page.load()
    page.show()
    page.ready()
  }

  function leave(count: number): void {
    const gone = pages.slice(pages.length - count).reverse()
    pages = pages.slice(0, pages.length - count)
    for (const page of gone) page.unload()
  }

  function back(delta: number): void {
    if (pages.length < 2) throw new WxFail('cannot navigate back at first page.')
    leave(Math.min(delta, pages.length - 1))
    pages.at(-1)?.show()
  }

  return {
    get pages() {
      return pages
    },
    move(move) {
      if (move.kind === 'navigateBack') return back(move.delta)
      const { kind } = move
      const url = fromRoot(move.url, pages.at(-1)?.path ?? '')
      const { path } = parseUrl(url)
      if (kind === 'switchTab' ? !isTab(path) : kind !== 'reLaunch' && isTab(path))
        throw new WxFail(kind === 'switchTab' ? 'can not switch to no-tabBar page' : `can not ${kind} a tabbar page`)
      if (kind === 'navigateTo' && pages.length >= MOST) throw new WxFail('webview count limit exceed')
      const page = make(url)
      if (kind === 'navigateTo') pages.at(-1)?.hide()
      else leave(kind === 'redirectTo' ? Math.min(1, pages.length) : pages.length)
      enter(page)
    },
  }
}

/** `../b/b?x=1` as seen from the page `pages/a/a`. */
function fromRoot(url: string, page: string): string {
  if (url.startsWith('/')) return url
  const [path = '', ...query] = url.split('?')
  return [joinPath(page.split('/').slice(0, -1), path), ...query].join('?')
}

/** `/pages/a/a?x=1` without its slash, and its query. */
export function parseUrl(url: string): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  const [path = '', search = ''] = url.split('?', 2)
  const pairs = search.split('&').filter(pair => pair !== '')
  const query = Object.fromEntries(
    pairs.map(pair => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    }),
  )
  return { path: path.replace(/^\//, ''), query }
}
