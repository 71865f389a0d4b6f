import type { Sentence } from '@weapp-auth/protocol/contract'

/** What an operator does to a user and must give a reason for. */
interface UserAct {
  readonly title: Sentence
  readonly explanation: Sentence
  readonly button: Sentence
}

export const userActs = {
  reveal: {
    title: { zh: '显示完整号码与昵称', en: 'Reveal number and nickname' },
    explanation: {
      zh: '完整信息只显示在这个页面上；查看会被记录。',
      en: 'They are shown on this page only, and the act is recorded.',
    },
    button: { zh: '显示', en: 'Reveal' },
  },
  export: {
    title: { zh: '导出这个用户的数据', en: 'Export the data of this user' },
    explanation: {
      zh: '下载一个 JSON 文件，含完整号码。请只交给用户本人。',
      en: 'A JSON file with full numbers. Hand it to the user only.',
    },
    button: { zh: '导出', en: 'Export' },
  },
  erase: {
    title: { zh: '删除这个用户', en: 'Erase this user' },
    explanation: {
      zh: '销毁用户的密钥：号码、昵称、session_key 从此无人能读，会话全部结束。无法撤销。',
      en: 'The key of the user is destroyed: numbers, nickname and session_keys can be read by nobody, all sessions end. It cannot be undone.',
    },
    button: { zh: '删除', en: 'Erase' },
  },
  undo: {
    title: { zh: '撤销合并', en: 'Undo the merge' },
    explanation: { zh: '两个账号恢复成合并之前的样子。', en: 'Both accounts become what they were before.' },
    button: { zh: '撤销', en: 'Undo' },
  },
  block: {
    title: { zh: '封禁这个用户', en: 'Block this user' },
    explanation: {
      zh: '会话立刻全部结束，之后不能登录；数据都保留，可以随时解除。对方只看到「账号不可用」，看不到原因。',
      en: 'All sessions end at once and no login succeeds. The data stays, and the block can be lifted at any time. The user learns that the account is not available, not why.',
    },
    button: { zh: '封禁', en: 'Block' },
  },
  unblock: {
    title: { zh: '解除封禁', en: 'Unblock this user' },
    explanation: {
      zh: '用户可以重新登录；已结束的会话不会恢复。',
      en: 'The user can log in again. Sessions that ended stay ended.',
    },
    button: { zh: '解除封禁', en: 'Unblock' },
  },
} as const satisfies Record<string, UserAct>

export type UserActName = keyof typeof userActs
