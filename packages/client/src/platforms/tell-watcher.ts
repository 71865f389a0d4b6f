import type { Auth } from '../index.ts'

/** A simulator or debugger that runs the mini program may put this on `wx`; WeChat has nothing of this name. */
declare const wx: { readonly onWeappAuth?: (auth: Auth) => void } | undefined

/** Lets a simulator show `auth.state()`. */
export function tellWatcher(auth: Auth): Auth {
  if (typeof wx !== 'undefined') wx.onWeappAuth?.(auth)
  return auth
}
