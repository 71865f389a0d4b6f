import type { Sentence } from '@weapp-auth/protocol/contract'
import type { DialogName } from './scenario.ts'

/** The dialogs of WeChat in a word. */
export const dialogTitles: Readonly<Record<DialogName, Sentence>> = {
  phone: { zh: '手机号', en: 'Phone number' },
  privacy: { zh: '隐私指引', en: 'Privacy' },
  scope: { zh: '权限', en: 'Scopes' },
  profile: { zh: '头像昵称', en: 'Profile' },
  settings: { zh: '设置页', en: 'Settings' },
  avatar: { zh: '选头像', en: 'Avatar' },
  'nickname-review': { zh: '昵称审核', en: 'Nickname check' },
}
