const { baseUrl } = require('../config')

class HTTP {
  request({ url, method, data, success, fail }) {
    wx.request({
      url: `${baseUrl}/${url}`,
      method,
      data,
      success: res => success(res.data),
      fail: error => fail && fail(error),
    })
  }
}

module.exports = { HTTP }
