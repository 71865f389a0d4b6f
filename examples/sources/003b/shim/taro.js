/** What the page of 003b uses of Taro; its calls are those of wx. */
module.exports = {
  hideHomeButton: () => wx.hideHomeButton && wx.hideHomeButton(),
  login: options => wx.login(options),
  request: options => wx.request(options),
  setStorageSync: (key, data) => wx.setStorageSync(key, data),
}
