import type { TabConfig, WindowConfig } from './compiled.ts'

/** What the page told by `wx.setNavigationBarTitle` and its kin. */
export interface PageTitle {
  readonly title?: string
  readonly loading?: boolean
}

/** What the navigation bar of the page on top shows. */
export interface PageChrome {
  readonly title: string
  readonly loading: boolean
  readonly canGoBack: boolean
  readonly window: WindowConfig
  readonly route: string
  /** The tab bar; empty on pages that have none. */
  readonly tabs: readonly {
    readonly route: string
    readonly text: string
    readonly icon: string
    readonly chosen: boolean
  }[]
}

interface ChromeFacts {
  readonly route: string
  readonly depth: number
  readonly tabs: readonly TabConfig[]
  /** Pictures as data URLs, by absolute path. */
  readonly assets: Readonly<Record<string, string>>
}

export function chromeOf(
  window: WindowConfig,
  { route, depth, tabs, assets }: ChromeFacts,
  told: PageTitle = {},
): PageChrome {
  const { title = window.navigationBarTitleText ?? '', loading = false } = told
  const isTab = tabs.some(tab => tab.pagePath === route)
  const tabOf = ({ pagePath, text, iconPath = '', selectedIconPath = iconPath }: TabConfig) => {
    const chosen = pagePath === route
    return { route: pagePath, text, icon: assets[absolute(chosen ? selectedIconPath : iconPath)] ?? '', chosen }
  }
  return { title, loading, canGoBack: depth > 1, window, route, tabs: isTab ? tabs.map(tabOf) : [] }
}

const absolute = (path: string) => (path.startsWith('/') ? path : `/${path}`)
