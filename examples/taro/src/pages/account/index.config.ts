export default { navigationBarTitleText: '账号' }
