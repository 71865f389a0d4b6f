Page({
  data: { phone: '' },
  onShow() {
    wx.hideLoading()
    this.setData({ phone: wx.getStorageSync('purePhoneNumber') })
  },
})
