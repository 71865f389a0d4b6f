module.exports = { showToast: title => wx.showToast({ title, icon: 'none' }) }
