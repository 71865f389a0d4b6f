const { HTTP } = require('./utils/http')

App({
  globalData: { openid: '', session_key: '', userInfo: null },
  onLaunch() {
    this.login().then(result => {
      this.globalData.openid = result.openid
      this.globalData.session_key = result.session_key
    })
  },
  login() {
    return new Promise((resolve, reject) => {
      wx.login({
        success: res => {
          new HTTP().request({
            url: 'v1.0/pub/openId',
            method: 'POST',
            data: { code: res.code },
            success: result => resolve(result),
            fail: error => reject(error),
          })
        },
      })
    })
  },
})
