import type { ProfileState } from '@weapp-auth/client/profile'
import { profile } from '../../auth'
import { language, text } from '../../texts'

/** WeChat gives avatar and nickname only when the user chooses them here. */
Page({
  data: { text, language, profile: profile.state() },

  leave: () => {},

  onLoad() {
    wx.setNavigationBarTitle({ title: text.profile })
    this.leave = profile.subscribe((state: ProfileState) => this.setData({ profile: state }))
  },

  onUnload() {
    this.leave()
  },

  chooseAvatar: (event: unknown) => profile.chooseAvatar(event),

  /** For every event of the field: a name is saved as soon as WeChat's check has let it pass. */
  nickname: (event: unknown) => profile.nickname(event),
})
