export default { navigationBarTitleText: '个人资料' }
