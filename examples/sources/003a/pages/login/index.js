const WXrequest = require('../../request')

Page({
  data: { purePhoneNumber: '', openid: '' },
  onShow: function () {
    let that = this
    // 判断是否缓存手机号
    that.data.purePhoneNumber = wx.getStorageSync('purePhoneNumber')
    if (that.data.purePhoneNumber == '') {
      wx.login({
        success(res) {
          WXrequest.post({
            url: '/code2Session',
            data: {
              jsCode: res.code,
            },
          }).then(
            res => {
              wx.setStorageSync('openid', res.data.openid)
              that.data.openid = res.data.openid
            },
            res => console.log(res),
          )
        },
      })
    } else {
      wx.showLoading({
        title: '登录中', // 数据请求前loading
      })
      wx.switchTab({
        url: '../mine/index',
      })
    }
  },
  getPhoneNumber: function (e) {
    let that = this
    if (e.detail.errMsg == 'getPhoneNumber:ok') {
      WXrequest.post({
        url: '/getWXUserPhone',
        data: {
          encryptedData: e.detail.encryptedData,
          openid: that.data.openid,
          iv: e.detail.iv,
        },
      }).then(
        res => {
          // 存用户手机号及用户信息
          wx.setStorageSync('purePhoneNumber', res.data.purePhoneNumber)
          wx.setStorageSync('userInfo', res.data)
          // 跳转首页
          wx.showLoading({
            title: '登录中',
          })
          setTimeout(function () {
            wx.switchTab({
              url: '../mine/index',
            })
          }, 1000)
        },
        res => wx.showToast({ icon: 'none', title: (res.data && res.data.msg) || '登录失败' }),
      )
    }
  },
})
