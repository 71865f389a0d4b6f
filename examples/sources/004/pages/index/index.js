const { baseUrl } = require('../../config')

Page({
  data: { phone: '', message: '' },
  getPhoneNumber(e) {
    var that = this
    if (e.detail.errMsg == 'getPhoneNumber:fail user deny') {
      wx.showToast({ title: '请绑定手机号', duration: 5000, icon: 'none' })
    } else {
      wx.login({
        success(res) {
          if (res.code) {
            wx.request({
              url: `${baseUrl}/004/login`,
              data: { code: res.code },
              header: { 'content-type': 'application/json' },
              success: function (res) {
                var userphone = res.data.data
                wx.setStorageSync('userphoneKey', userphone)
                //解密手机号
                var msg = e.detail.errMsg
                var sessionID = wx.getStorageSync('userphoneKey').session_key
                var encryptedData = e.detail.encryptedData
                var iv = e.detail.iv
                if (msg == 'getPhoneNumber:ok') {
                  //这里表示获取授权成功
                  wx.checkSession({
                    success: function () {
                      //这里进行请求服务端解密手机号
                      that.deciyption(sessionID, encryptedData, iv)
                    },
                    fail: function () {
                      // that.userlogin()
                    },
                  })
                }
              },
              fail: function (res) {
                console.log('fail', res)
              },
            })
          } else {
            console.log('登录失败!' + res.errMsg)
          }
        },
      })
    }
  },
  deciyption(sessionID, encryptedData, iv) {
    wx.request({
      url: `${baseUrl}/004/phone`,
      data: { sessionID, encryptedData, iv },
      header: { 'content-type': 'application/json' },
      success: res => {
        const { phoneNumber } = res.data.data
        this.setData({ phone: phoneNumber || '', message: phoneNumber ? '绑定成功' : res.data.msg })
      },
    })
  },
})
