declare const wx: { getAppBaseInfo?(): { readonly language?: string } } | undefined

/** The language that WeChat shows itself in; Chinese when it does not say (before base library 2.20.1). */
export function language(): 'zh' | 'en' {
  if (typeof wx === 'undefined' || !wx.getAppBaseInfo) return 'zh'
  return /^zh/.test(wx.getAppBaseInfo().language || 'zh') ? 'zh' : 'en'
}
