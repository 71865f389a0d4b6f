const uni = require('../../shim/uni')
const { baseUrl } = require('../../config')

Page({
  data: { phone: '', message: '', shade: true },
  onLoad() {
    this.wxlogin()
  },
  async wxlogin() {
    let [, loginRes] = await uni.login({ provider: 'weixin' })
    let [, res] = await uni.request({ url: `${baseUrl}/000/login`, data: { code: loginRes.code } })
    // 文档没有写这一步：真正的页面会把登录接口返回的凭证存下来
    getApp().globalData.token = res.data.token
  },
  getPhoneNumber(e) {
    var that = this
    uni.checkSession({
      success() {
        var ency = e.detail.encryptedData
        var iv = e.detail.iv
        if (e.detail.errMsg == 'getPhoneNumber:fail user deny') {
          that.setData({ message: '用户拒绝授权' })
        } else {
          uni.request({
            method: 'POST',
            url: `${baseUrl}/000/phone`,
            header: { token: getApp().globalData.token },
            data: { encrypted_data: ency, iv: iv },
            success: res => {
              that.setData({
                phone: res.data.phoneNumber || '',
                message: res.data.phoneNumber ? '解密成功' : res.data.msg,
              })
            },
            fail: () => that.setData({ message: '解密失败' }),
          })
        }
      },
      fail() {
        that.setData({ message: 'session_key 已经失效，需要重新执行登录流程' })
        that.wxlogin()
      },
      complete() {
        that.setData({ shade: false })
      },
    })
  },
})
