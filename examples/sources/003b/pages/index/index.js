const Taro = require('../../shim/taro')
const config = require('../../config')

const toast = title => wx.showToast({ icon: 'none', title: String(title) })

Page({
  data: { code: '', loading: false, phone: '' },
  onShow() {
    // 隐藏房子
    Taro.hideHomeButton()
    // code 用户登录凭证（有效期五分钟）， 停留在当前页面每隔两分钟，重新刷新登陆态，否则后台解析session_key会失效
    Taro.login({
      success: res => {
        this.setData({ code: res.code })
      },
    })
    this.timer = setInterval(() => {
      Taro.login({
        success: res => {
          this.setData({ code: res.code })
        },
      })
    }, 60000 * 2)
  },
  onHide() {
    clearInterval(this.timer)
  },
  getPhoneNumber(e) {
    if (e.detail.errMsg.indexOf('getPhoneNumber:fail') != -1) {
      if (e.detail.errMsg.indexOf('user cancel') != -1) {
        toast('请不要重复点击、以免取消微信授权')
      } else {
        toast('允许授权将获得更好的服务')
      }
    } else {
      this.setData({ loading: true })
      Taro.request({
        url: `${config.baseUrl}/user`,
        method: 'POST',
        header: { 'Content-Type': 'application/json' },
        data: {
          code: this.data.code,
          iv: e.detail.iv,
          encryptedData: e.detail.encryptedData,
        },
        success: res => {
          const redData = res.data.data || {}
          if (res.data.code != 0) {
            toast(res.data.msg)
          } else {
            Taro.setStorageSync(`${config.env}openId`, redData.openId)
            Taro.setStorageSync(`${config.env}userId`, redData.userId)
            Taro.setStorageSync(`${config.env}phone`, redData.phone)
            getApp().user = redData
            this.setData({ phone: redData.phone, loading: false })
          }
        },
        fail: err => {
          this.setData({ loading: false })
          toast(err.errMsg)
        },
      })
    }
  },
})
