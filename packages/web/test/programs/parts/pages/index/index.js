Page({
  data: { log: '', avatar: '', flag: false },
  tell(event) {
    this.setData({ log: `${event.type} ${JSON.stringify(event.detail)}` })
  },
  avatar(event) {
    this.tell(event)
    this.setData({ avatar: event.detail.avatarUrl || '' })
  },
  profile() {
    const show = result => this.setData({ log: `profile ${result.errMsg} ${result.userInfo?.nickName}` })
    wx.getUserProfile({ desc: 'to greet you', success: show, fail: show })
  },
  privacy() {
    wx.requirePrivacyAuthorize({ complete: ({ errMsg }) => this.setData({ log: errMsg }) })
  },
  record() {
    wx.authorize({ scope: 'scope.record', complete: ({ errMsg }) => this.setData({ log: errMsg }) })
  },
  modal() {
    wx.showModal({
      title: 'Sure?',
      content: 'Really',
      success: ({ confirm }) => this.setData({ log: `confirm ${confirm}` }),
    })
  },
  toast() {
    wx.showToast({ title: 'Saved' })
  },
  broken() {
    throw new Error('oops of the page')
  },
})
