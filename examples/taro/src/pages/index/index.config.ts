export default { navigationBarTitleText: 'weapp-auth' }
