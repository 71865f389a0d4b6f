App({ globalData: { token: '' } })
