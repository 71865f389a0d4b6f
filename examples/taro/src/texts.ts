import Taro from '@tarojs/taro'

/** Everything this mini program says, except the sentences of an outcome: those come with the outcome. */
const texts = {
  zh: {
    account: '查看账号',
    bySms: '用短信验证码',
    chooseAvatar: '更换头像',
    code: '六位验证码',
    currentNumber: '当前手机号',
    devices: {
      ios: 'iPhone / iPad',
      android: 'Android',
      harmony: 'HarmonyOS',
      windows: 'Windows',
      mac: 'Mac',
      devtools: '开发者工具',
      unknown: '未知设备',
    },
    endSession: '下线',
    finePrint: '微信会先征求你的同意，号码只用于你的账号',
    history: '历史号码',
    logIn: '登录',
    loggingIn: '正在登录…',
    loggedOut: '未登录',
    logOut: '退出登录',
    logOutAsk: '退出后，本机不再保存登录状态。',
    member: '微信用户',
    nickname: '昵称',
    nicknameHint: '请输入昵称',
    notYet: '尚未授权',
    number: '手机号码',
    phone: '手机号',
    profile: '个人资料',
    saved: '已保存',
    sendAgain: '再次发送',
    sendCode: '获取验证码',
    sessions: '登录设备',
    thisDevice: '本机',
    titleAccount: '账号',
    until: '使用至',
    verifiedAt: '验证于',
    verify: '验证',
  },
  en: {
    account: 'View account',
    bySms: 'Use a code by SMS',
    chooseAvatar: 'Change avatar',
    code: 'Six digits',
    currentNumber: 'Current number',
    devices: {
      ios: 'iPhone / iPad',
      android: 'Android',
      harmony: 'HarmonyOS',
      windows: 'Windows',
      mac: 'Mac',
      devtools: 'DevTools',
      unknown: 'Unknown device',
    },
    endSession: 'Log out',
    finePrint: 'WeChat asks you before anything is shared.',
    history: 'Former numbers',
    logIn: 'Log in',
    loggingIn: 'Logging in…',
    loggedOut: 'Logged out',
    logOut: 'Log out',
    logOutAsk: 'This device will forget your session.',
    member: 'WeChat user',
    nickname: 'Nickname',
    nicknameHint: 'Your nickname',
    notYet: 'Not shared yet',
    number: 'Phone number',
    phone: 'Phone',
    profile: 'Profile',
    saved: 'Saved',
    sendAgain: 'Send again',
    sendCode: 'Send code',
    sessions: 'Logged in on',
    thisDevice: 'this device',
    titleAccount: 'Account',
    until: 'until',
    verifiedAt: 'Verified',
    verify: 'Verify',
  },
} as const

export const language = Taro.getAppBaseInfo().language?.startsWith('en') ? 'en' : 'zh'
export const text = texts[language]

/** `2026-11-21` of an ISO time, as the calendar on this phone has it. */
export function day(iso: string): string {
  const date = new Date(iso)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
