export default {
  pages: ['pages/index/index', 'pages/account/index', 'pages/profile/index', 'pages/sms/index'],
  window: { navigationBarTitleText: 'weapp-auth', navigationBarBackgroundColor: '#f6f6f7' },
}
