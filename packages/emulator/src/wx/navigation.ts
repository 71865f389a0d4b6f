import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { checkText } from './check-parameter.ts'
import { WxFail } from './fail.ts'

/** Where the mini program wants to go. */
export type WxMove =
  | { readonly kind: 'navigateTo' | 'redirectTo' | 'reLaunch' | 'switchTab'; readonly url: string }
  | { readonly kind: 'navigateBack'; readonly delta: number }

/** Whoever owns the pages moves between them; what it throws becomes the failure of the call. */
export type WxNavigate = (move: WxMove) => void | Promise<void>

type UrlMove = AsyncApi<{ readonly url: string }, object>

export interface NavigationApis {
  navigateTo: UrlMove
  redirectTo: UrlMove
  reLaunch: UrlMove
  switchTab: UrlMove
  navigateBack: AsyncApi<{ readonly delta?: number }, object>
}

export function navigationApis(navigate: WxNavigate, tools: AsyncApiTools): NavigationApis {
  const to = (kind: Exclude<WxMove['kind'], 'navigateBack'>): UrlMove =>
    asyncApi(kind, tools, async ({ url }) => {
      await navigate({ kind, url: checkText(url, 'url') })
      return {}
    })
  return {
    navigateTo: to('navigateTo'),
    redirectTo: to('redirectTo'),
    reLaunch: to('reLaunch'),
    switchTab: to('switchTab'),
    navigateBack: asyncApi('navigateBack', tools, async ({ delta = 1 }) => {
      await navigate({ kind: 'navigateBack', delta })
      return {}
    }),
  }
}

/** A runtime without pages. */
export const noPages: WxNavigate = move => {
  throw new WxFail(
    move.kind === 'navigateBack' ? 'cannot navigate back at first page.' : `page "${move.url}" is not found`,
  )
}
