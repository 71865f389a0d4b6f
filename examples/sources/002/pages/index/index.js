const { reqPhone } = require('../../api')

Page({
  data: { nickName: '', phone: '' },
  onLoad() {
    const app = getApp()
    app.openid().then(() => {
      // 已注册用户，可通过此步骤直接获取用户信息
      if (app.userInfo) this.setData({ phone: app.userInfo.purePhoneNumber })
    })
  },
  getUserProfile() {
    wx.getUserProfile({
      desc: '用于完善会员资料',
      success: res => this.setData({ nickName: res.userInfo.nickName }),
      fail: () => wx.showToast({ icon: 'none', title: '您拒绝了授权' }),
    })
  },
  getPhoneNumber(e) {
    if (e.detail.errMsg !== 'getPhoneNumber:ok') {
      wx.showToast({ icon: 'none', title: '您拒绝了授权' })
      return
    }
    const { iv, encryptedData } = e.detail
    getApp()
      .openid()
      .then(openid => reqPhone({ openid, iv, encryptedData }))
      .then(res => {
        if (res.purePhoneNumber) this.setData({ phone: res.purePhoneNumber })
        else wx.showToast({ icon: 'none', title: res.msg || '绑定失败' })
      })
  },
})
