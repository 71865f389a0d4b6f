const { baseUrl } = require('./config')

module.exports = {
  post: ({ url, data }) =>
    new Promise((resolve, reject) => {
      wx.request({
        url: baseUrl + url,
        method: 'POST',
        data,
        success: res => (res.statusCode === 200 ? resolve(res) : reject(res)),
        fail: reject,
      })
    }),
}
