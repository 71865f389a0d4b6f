export default { navigationBarTitleText: '短信验证' }
