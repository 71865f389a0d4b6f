import { authBehavior } from '@weapp-auth/client/behavior'
import { auth } from '../../auth'
import { language, text } from '../../texts'

/** `authBehavior` keeps `data.auth` up to date and handles the phone button; the rest is in the template. */
Page({
  behaviors: [authBehavior(auth)],
  data: { text, language },

  /** With a session from an earlier day nothing was asked yet: ask once for the account. */
  async onShow() {
    const login = await auth.ready()
    if (login.status === 'ready' && !login.user) await auth.fetchUser()
  },

  login: () => auth.login(),

  open({ currentTarget }: WechatMiniprogram.BaseEvent) {
    wx.navigateTo({ url: `../${currentTarget.dataset.page}/index` })
  },
})
