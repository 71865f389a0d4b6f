import type { AuthState, PhoneOutcome } from '@weapp-auth/client/wx'
import { auth } from '../../auth'
import { language, text } from '../../texts'

/** The ready-made button does the phone number; the page follows the client and says what the button tells. */
Page({
  data: { text, language, auth: auth.state(), notice: '', otherWay: false },

  leave: () => {},

  onLoad() {
    const show = (state: AuthState) => this.setData({ auth: state })
    this.leave = auth.subscribe(show)
    show(auth.state())
  },

  onUnload() {
    this.leave()
  },

  /** With a session from an earlier day nothing was asked yet: ask once for the account. */
  async onShow() {
    const login = await auth.ready()
    if (login.status === 'ready' && !login.user) await auth.fetchUser()
  },

  /** For every event of the button: who has declined, or may not, can type the number. */
  told({ type, detail }: WechatMiniprogram.CustomEvent<PhoneOutcome>) {
    this.setData({ notice: 'message' in detail ? detail.message[language] : '', otherWay: type !== 'delayed' })
  },

  login: () => auth.login(),

  open({ currentTarget }: WechatMiniprogram.BaseEvent) {
    wx.navigateTo({ url: `../${currentTarget.dataset.page}/index` })
  },
})
