const { UserModel } = require('../../models/user')
const tools = require('../../utils/tools')
const userModel = new UserModel()
const app = getApp()

Page({
  data: { nickName: '', userInfo: { user_phone: '' } },
  onLoad() {
    app.userInfoReadyCallback = userInfo => this.setData({ nickName: userInfo ? userInfo.nickName : '' })
    this.isAuthorized().then(
      () => this.getUserInfo(),
      () => {},
    )
  },
  isAuthorized() {
    return new Promise((resolve, reject) => {
      wx.getSetting({
        success: res => (res.authSetting['scope.userInfo'] ? resolve(res) : reject(res)),
        fail: err => {
          reject(err)
          tools.showToast('请求失败,请检查网络！')
        },
      })
    })
  },
  getUserInfo() {
    wx.getUserInfo({
      success: res => app.userInfoReadyCallback && app.userInfoReadyCallback(res.userInfo),
      fail: () => app.userInfoReadyCallback && app.userInfoReadyCallback(false),
    })
  },
  getPhoneNumber(e) {
    if (e.detail.errMsg === 'getPhoneNumber:fail') {
      tools.showToast('未获取到手机号码, 请手动输入吧!')
      return false
    } else if (e.detail.iv === undefined || !e.detail.iv) {
      tools.showToast('授权失败, 请手动输入吧!')
      return false
    }
    userModel.getPhoneNumber(
      {
        encrypted_data: e.detail.encryptedData,
        iv: e.detail.iv,
        session_key: app.globalData.session_key,
      },
      res => this.setData({ 'userInfo.user_phone': res.purePhoneNumber }),
    )
  },
  onType(e) {
    this.setData({ 'userInfo.user_phone': e.detail.value })
  },
})
