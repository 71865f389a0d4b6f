// Reads better whole: names for people of the words that the contract has.
import type {
  AuditLine,
  AuditVerificationAnswer,
  BulkExportStatus,
  ConsentScope,
  Device,
  ExportKind,
  MergeConflict,
  OperatorAppPolicy,
  PhoneSource,
  Sentence,
} from '@weapp-auth/protocol/contract'

export const sourceNames = {
  'phone-code': { zh: '手机号组件', en: 'phone button' },
  'open-data': { zh: '手机号组件（密文）', en: 'phone button (ciphertext)' },
  sms: { zh: '短信', en: 'SMS' },
} as const satisfies Record<PhoneSource, Sentence>

export const deviceNames = {
  ios: { zh: 'iOS', en: 'iOS' },
  android: { zh: 'Android', en: 'Android' },
  harmony: { zh: '鸿蒙', en: 'HarmonyOS' },
  windows: { zh: 'Windows', en: 'Windows' },
  mac: { zh: 'macOS', en: 'macOS' },
  devtools: { zh: '微信开发者工具', en: 'WeChat DevTools' },
  unknown: { zh: '未知设备', en: 'Unknown device' },
} as const satisfies Record<Device, Sentence>

export const scopeNames = {
  privacy: { zh: '隐私指引', en: 'Privacy guideline' },
  phone: { zh: '手机号', en: 'Phone number' },
  profile: { zh: '昵称与头像', en: 'Nickname and avatar' },
} as const satisfies Record<ConsentScope, Sentence>

export const conflictNames = {
  phone: { zh: '手机号', en: 'phone number' },
  nickname: { zh: '昵称', en: 'nickname' },
  avatar: { zh: '头像', en: 'avatar' },
} as const satisfies Record<MergeConflict, Sentence>

export const openDataNames = {
  off: { zh: '只收 code（推荐）', en: 'Codes only (best)' },
  enforce: { zh: '也收密文，每份都向微信核实', en: 'Ciphertexts too, each confirmed with WeChat' },
  monitor: { zh: '也收密文，核实但不拒绝', en: 'Ciphertexts too, confirmed but never refused' },
  unchecked: { zh: '也收密文，不核实（危险）', en: 'Ciphertexts too, unconfirmed (dangerous)' },
} as const satisfies Record<OperatorAppPolicy['openData'], Sentence>

export const phoneConflictNames = {
  'keep-both': { zh: '两个用户都保留', en: 'Both users keep it' },
  reject: { zh: '拒绝后来的', en: 'The later one is refused' },
  transfer: { zh: '冷却期后转给后来的', en: 'It moves to the later one after a cool-down' },
} as const satisfies Record<OperatorAppPolicy['phoneConflict'], Sentence>

export const actorNames = {
  wechat: { zh: '微信', en: 'WeChat' },
  operator: { zh: '运营人员', en: 'Operator' },
  user: { zh: '用户本人', en: 'The user' },
  backend: { zh: '业务后端', en: 'A backend' },
  server: { zh: '服务端', en: 'The server' },
} as const satisfies Record<AuditLine['actor'], Sentence>

export const flawNames = {
  missing: { zh: '缺少这一行', en: 'the line is missing' },
  unlinked: { zh: '不接在上一行之后', en: 'it does not follow from the line before' },
  changed: { zh: '内容被改动', en: 'it was changed' },
  truncated: { zh: '从这里起被删除', en: 'the log is cut off here' },
  'not-anchored': { zh: '与保存的位置不符', en: 'it differs from the place that was kept' },
} as const satisfies Record<Extract<AuditVerificationAnswer, { status: 'broken' }>['flaw'], Sentence>

export const exportKindNames = {
  users: { zh: '用户与手机号', en: 'Users and numbers' },
  audit: { zh: '审计日志', en: 'Audit log' },
  consents: { zh: '同意记录', en: 'Consents' },
} as const satisfies Record<ExportKind, Sentence>

export const exportStatusNames = {
  waiting: { zh: '等待批准', en: 'Waits for approval' },
  approved: { zh: '可以下载', en: 'Ready' },
  used: { zh: '已下载', en: 'Downloaded' },
  declined: { zh: '已拒绝', en: 'Declined' },
  expired: { zh: '已过期', en: 'Expired' },
} as const satisfies Record<BulkExportStatus, Sentence>

const acts: Readonly<Record<string, Sentence>> = {
  'account-cancelled': { zh: '在微信注销账号', en: 'Account cancelled at WeChat' },
  'affected-listed': { zh: '列出受影响的用户', en: 'Affected users listed' },
  'app-added': { zh: '添加小程序', en: 'Mini program added' },
  'app-changed': { zh: '修改小程序', en: 'Mini program changed' },
  'app-removed': { zh: '移除小程序', en: 'Mini program removed' },
  'authenticator-removed': { zh: '移除验证器', en: 'Authenticator removed' },
  'authenticator-set': { zh: '设置验证器', en: 'Authenticator set up' },
  'authorization-revoked': { zh: '在微信撤回授权', en: 'Authorization withdrawn at WeChat' },
  'component-authorized': { zh: '授权给第三方平台', en: 'Platform authorized' },
  'component-unauthorized': { zh: '取消第三方平台授权', en: 'Platform no longer authorized' },
  'consent-withdrawn': { zh: '撤回同意', en: 'Consent withdrawn' },
  'export-approved': { zh: '批准导出', en: 'Export approved' },
  'export-asked': { zh: '申请导出', en: 'Export asked for' },
  'export-declined': { zh: '拒绝导出', en: 'Export declined' },
  'export-downloaded': { zh: '下载导出', en: 'Export downloaded' },
  'export-sent': { zh: '导出已发出', en: 'Export sent' },
  'identity-joined': { zh: '关联微信身份', en: 'Identity joined' },
  'keys-replaced': { zh: '更换密钥', en: 'Keys replaced' },
  'merge-undone': { zh: '撤销合并', en: 'Merge undone' },
  'operator-changed': { zh: '修改运营人员', en: 'Operator changed' },
  'operator-invited': { zh: '邀请运营人员', en: 'Operator invited' },
  'operator-joined': { zh: '运营人员加入', en: 'Operator joined' },
  'operator-proved': { zh: '运营人员再次确认身份', en: 'Operator proved themselves again' },
  'operator-session-ended': { zh: '结束一个控制台会话', en: 'Console session ended' },
  'operator-sessions-ended': { zh: '结束全部控制台会话', en: 'All console sessions ended' },
  'operator-signed-in': { zh: '登录控制台', en: 'Signed in to the console' },
  'operator-signed-out': { zh: '退出控制台', en: 'Signed out of the console' },
  'passkey-added': { zh: '添加通行密钥', en: 'Passkey added' },
  'passkey-removed': { zh: '移除通行密钥', en: 'Passkey removed' },
  'phone-searched': { zh: '按手机号查找', en: 'Searched by phone number' },
  'phone-transferred': { zh: '手机号转给另一个用户', en: 'Number moved to another user' },
  'profile-modified': { zh: '在微信修改资料', en: 'Profile changed at WeChat' },
  'recovery-codes-made': { zh: '生成恢复码', en: 'Recovery codes made' },
  'refresh-reused': { zh: '刷新令牌被重复使用，会话已结束', en: 'Refresh token used twice; the session ended' },
  'reseal-finished': { zh: '数据已用新密钥重新加密', en: 'Data sealed with the new key' },
  'session-ended': { zh: '结束会话', en: 'Session ended' },
  'sessions-ended': { zh: '结束全部会话', en: 'All sessions ended' },
  'union-id-conflict': { zh: 'unionid 冲突', en: 'unionid conflict' },
  'user-blocked': { zh: '封禁', en: 'Blocked' },
  'user-erased': { zh: '删除', en: 'Erased' },
  'user-exported': { zh: '导出数据', en: 'Data exported' },
  'user-revealed': { zh: '查看完整号码与昵称', en: 'Number and nickname revealed' },
  'user-unblocked': { zh: '解除封禁', en: 'Unblocked' },
  'users-imported': { zh: '导入用户', en: 'Users imported' },
  'users-merged': { zh: '合并用户', en: 'Users merged' },
}

/**
 * An act of the audit log or the kind of a job; one without a name is shown as it is written.
 *
 * @example
 * actName('user-blocked').en // 'Blocked'
 */
export function actName(act: string): Sentence {
  return acts[act] ?? { zh: act, en: act }
}
