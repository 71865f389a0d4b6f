import type { Sentence } from '@weapp-auth/protocol/contract'
import type { Side } from './journal-step.ts'

export const sideNames: Readonly<Record<Side, Sentence>> = {
  'mini-program': { zh: '小程序', en: 'Mini program' },
  wechat: { zh: '微信', en: 'WeChat' },
  server: { zh: '服务端', en: 'Server' },
  database: { zh: '数据库', en: 'Database' },
  you: { zh: '你', en: 'You' },
}
