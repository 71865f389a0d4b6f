import type { WindowConfig } from './compiled.ts'

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
}

export function chromeOf(window: WindowConfig, depth: number, told: PageTitle = {}): PageChrome {
  const { title = window.navigationBarTitleText ?? '', loading = false } = told
  return { title, loading, canGoBack: depth > 1, window }
}
