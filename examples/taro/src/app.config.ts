export default {
  pages: ['pages/index/index'],
  window: { navigationBarTitleText: 'weapp-auth', navigationBarBackgroundColor: '#f6f6f7' },
}
