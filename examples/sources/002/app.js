const { reqOpenId } = require('./api')

App({
  userInfo: null,
  /** openid 存到本地 Storage，以便下次直接用 */
  openid() {
    const kept = wx.getStorageSync('openid')
    if (kept) return Promise.resolve(kept)
    return new Promise((resolve, reject) => {
      wx.login({
        success: res => {
          if (res.code) {
            reqOpenId({ code: res.code })
              .then(({ openid, userInfo }) => {
                wx.setStorageSync('openid', openid)
                this.userInfo = userInfo
                resolve(openid)
              })
              .catch(e => {
                reject(e)
              })
          } else {
            reject(res.errMsg)
          }
        },
      })
    })
  },
})
