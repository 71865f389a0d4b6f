const { baseUrl } = require('./config')

const post = (path, data) =>
  new Promise((resolve, reject) => {
    wx.request({ url: baseUrl + path, method: 'POST', data, success: res => resolve(res.data), fail: reject })
  })

module.exports = {
  reqOpenId: data => post('/002/login', data),
  reqPhone: data => post('/002/phone', data),
}
