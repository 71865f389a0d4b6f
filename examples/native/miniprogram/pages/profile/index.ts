import type { ProfileOutcome } from '@weapp-auth/client/profile'
import { language, text } from '../../texts'

/** WeChat gives avatar and nickname only when the user chooses them here; the components save them at once. */
Page({
  data: { text, notice: '', saved: false },

  onLoad() {
    wx.setNavigationBarTitle({ title: text.profile })
  },

  told({ type, detail }: WechatMiniprogram.CustomEvent<ProfileOutcome>) {
    this.setData({ notice: 'message' in detail ? detail.message[language] : '', saved: type === 'saved' })
  },
})
