import type { Sentence } from '@weapp-auth/protocol/contract'
import { tellDuration } from '../journal/tell-duration.ts'
import { dialogTitles } from './dialog-titles.ts'
import type { Step } from './scenario.ts'

const decisions: Readonly<Record<'allow' | 'deny' | 'cancel', Sentence>> = {
  allow: { zh: '允许', en: 'agree' },
  deny: { zh: '拒绝', en: 'decline' },
  cancel: { zh: '关掉', en: 'close' },
}
const openTypes: Readonly<Record<string, Sentence>> = {
  getPhoneNumber: { zh: '点手机号按钮', en: 'tap the phone button' },
  getRealtimePhoneNumber: { zh: '点实时验证按钮', en: 'tap the real-time button' },
  chooseAvatar: { zh: '点选头像', en: 'tap the avatar' },
  agreePrivacyAuthorization: { zh: '点同意隐私指引', en: 'tap agree' },
}
const networks = {
  wifi: { zh: '网络恢复', en: 'network back' },
  slow: { zh: '网络变慢', en: 'slow network' },
  'no-server': { zh: '服务端不通', en: 'our server is down' },
  none: { zh: '断网', en: 'offline' },
}

const told: { readonly [name in Step['do']]: (step: Extract<Step, { do: name }>) => Sentence } = {
  launch: () => ({ zh: '冷启动', en: 'cold start' }),
  wipe: () => ({ zh: '清除数据', en: 'clear data' }),
  kill: () => ({ zh: '划掉进程', en: 'kill' }),
  'second-device': () => ({ zh: '另一台设备登录', en: 'second device logs in' }),
  'clear-faults': () => ({ zh: '取消故障', en: 'clear faults' }),
  fault: ({ fault }) => ({ zh: `安排故障 ${fault.call}`, en: `plan a fault of ${fault.call}` }),
  tap: ({ openType, label, times = 1 }) => {
    const known = openTypes[openType.split('|')[0] ?? ''] ?? { zh: `点“${label}”`, en: `tap “${label}”` }
    return times > 1 ? { zh: `${known.zh} ×${times}`, en: `${known.en} ×${times}` } : known
  },
  decide: ({ decision }) => decisions[decision],
  dialog: ({ dialog, decision }) => ({
    zh: `${dialogTitles[dialog].zh}：${decisions[decision].zh}`,
    en: `${dialogTitles[dialog].en}: ${decisions[decision].en}`,
  }),
  clock: ({ ms }) => ({ zh: `时钟 +${tellDuration(ms)}`, en: `clock +${tellDuration(ms)}` }),
  background: ({ ms }) => ({ zh: `后台 ${tellDuration(ms)}`, en: `background ${tellDuration(ms)}` }),
  wait: ({ ms }) => ({ zh: `等 ${tellDuration(ms)}`, en: `wait ${tellDuration(ms)}` }),
  network: ({ network }) => networks[network],
  quota: ({ left }) =>
    left === 0 ? { zh: '额度用完', en: 'quota used up' } : { zh: `额度 ${left}`, en: `quota ${left}` },
  token: ({ how }) =>
    how === 'steal' ? { zh: '别处刷新令牌', en: 'token refreshed elsewhere' } : { zh: '令牌过期', en: 'token expires' },
}

/** A step in a few words. */
export function tellStep(step: Step): Sentence {
  return (told[step.do] as (step: Step) => Sentence)(step)
}
