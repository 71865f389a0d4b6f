import Taro from '@tarojs/taro'

/** Everything this mini program says, except the sentences of an outcome: those come with the outcome. */
const texts = {
  zh: {
    bind: '一键授权手机号',
    busy: '请稍候…',
    change: '更换手机号',
    logIn: '登录',
    loggingIn: '正在登录…',
    loggedOut: '未登录',
    logOut: '退出登录',
    member: '微信用户',
    notYet: '尚未授权',
    phone: '手机号',
    sendAgain: '重新提交',
  },
  en: {
    bind: 'Share phone number',
    busy: 'One moment…',
    change: 'Change number',
    logIn: 'Log in',
    loggingIn: 'Logging in…',
    loggedOut: 'Logged out',
    logOut: 'Log out',
    member: 'WeChat user',
    notYet: 'Not shared yet',
    phone: 'Phone',
    sendAgain: 'Send again',
  },
} as const

export const language = Taro.getAppBaseInfo().language?.startsWith('en') ? 'en' : 'zh'
export const text = texts[language]
