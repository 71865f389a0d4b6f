// Reads better whole: one row for each route of the operators.
import { adminRoutes, type ProblemCode, type Sentence } from '@weapp-auth/protocol/contract'
import * as answers from '../admin-answer-schemas.ts'
import { erasureAnswer, exportAnswer } from '../answer-schemas.ts'
import { operatorRights } from '../operator-rights.ts'
import type { RouteDoc } from './route-docs.ts'

const ofUser = ['user_unknown'] as const
const ofExport = ['export_unknown', 'export_closed', 'export_second_person'] as const

function row(
  key: string,
  zh: string,
  en: string,
  answer: RouteDoc['answer'],
  codes: readonly ProblemCode[] = [],
): readonly [string, RouteDoc] {
  const { role, fresh } = operatorRights[key] ?? { role: 'viewer' }
  const title: Sentence = role !== 'viewer' ? { zh: `${zh}（${role} 起）`, en: `${en} (${role} or above)` } : { zh, en }
  return [key, { group: 'operator', who: 'operator', title, answer, codes: fresh ? [...codes, 'proof_needed'] : codes }]
}

export const adminRouteDocs: Readonly<Record<string, RouteDoc>> = Object.fromEntries([
  row(`GET ${adminRoutes.operator}`, '当前运营人员与角色', 'Who asks, and their role', answers.operatorAnswer),
  row(`GET ${adminRoutes.users}`, '用户列表，新的在前', 'Users, the newest first', answers.listUsersAnswer),
  row(
    `POST ${adminRoutes.userSearch}`,
    '按用户 id、openid、unionid 或手机号查找',
    'Find users by id, openid, unionid or phone number',
    answers.searchUsersAnswer,
  ),
  row(
    `GET ${adminRoutes.user}`,
    '一个用户：身份、号码历史、设备、同意、合并，各列最新 100 条，均已遮盖',
    'One user: identities, numbers with history, devices, consents, merges, the newest 100 of each, masked',
    answers.operatorUserAnswer,
    ofUser,
  ),
  row(
    `GET ${adminRoutes.userEvents}`,
    '审计日志中与该用户有关的记录',
    'Lines of the audit log about the user',
    answers.auditLinesAnswer,
    ofUser,
  ),
  row(
    `POST ${adminRoutes.userReveal}`,
    '查看完整号码（最新 100 个）与资料，需写明原因',
    'Numbers (the newest 100) and profile in plain, for a reason',
    answers.revealAnswer,
    ofUser,
  ),
  row(
    `POST ${adminRoutes.userExport}`,
    '导出该用户的全部数据，需写明原因',
    'Export all data of the user, for a reason',
    exportAnswer,
    ofUser,
  ),
  row(`POST ${adminRoutes.userErase}`, '删除该用户，需写明原因', 'Erase the user, for a reason', erasureAnswer, ofUser),
  row(
    `POST ${adminRoutes.userSessionsEnd}`,
    '结束该用户的一个或全部会话',
    'End one session of the user, or all',
    answers.endSessionsAnswer,
    ['user_unknown', 'session_unknown'],
  ),
  row(
    `POST ${adminRoutes.userBlock}`,
    '停用该用户并立即结束其全部会话，需写明原因；再次停用不改变什么',
    'Keep the user out and end their sessions at once, for a reason; doing it again changes nothing',
    answers.blockUserAnswer,
    ofUser,
  ),
  row(
    `POST ${adminRoutes.userUnblock}`,
    '恢复该用户，需写明原因',
    'Let the user in again, for a reason',
    answers.blockUserAnswer,
    ofUser,
  ),
  row(
    `POST ${adminRoutes.userMergePreview}`,
    '合并预览',
    'What a merge would join',
    answers.operatorMergePreviewAnswer,
    ['user_unknown', 'merge_self'],
  ),
  row(
    `POST ${adminRoutes.userMerge}`,
    '把另一个用户并入该用户，需写明原因',
    'Merge another user into this one, for a reason',
    answers.operatorMergeAnswer,
    ['user_unknown', 'merge_self', 'account_blocked'],
  ),
  row(
    `POST ${adminRoutes.userMergeUndo}`,
    '撤销合并，需写明原因',
    'Undo a merge, for a reason',
    answers.operatorMergeAnswer,
    ['user_unknown', 'merge_unknown', 'merge_undo_late', 'merge_undo_conflict'],
  ),
  row(`GET ${adminRoutes.apps}`, '小程序列表，不含密钥', 'Mini programs, without secrets', answers.operatorAppsAnswer),
  row(`POST ${adminRoutes.apps}`, '添加小程序', 'Add a mini program', answers.operatorAppAnswer, ['app_taken']),
  row(`PATCH ${adminRoutes.app}`, '修改小程序', 'Change a mini program', answers.operatorAppAnswer, [
    'app_unknown',
    'app_fixed',
    'app_changed',
  ]),
  row(`DELETE ${adminRoutes.app}`, '移除小程序，用户数据保留', 'Remove a mini program; its users stay', null, [
    'app_unknown',
    'app_fixed',
  ]),
  row(
    `POST ${adminRoutes.appCheck}`,
    '向微信检查小程序的配置：密钥、IP 白名单、手机号权限、消息推送；不花费',
    'Check at WeChat how the app is set up: secret, list of addresses, right to numbers, push; spends nothing',
    answers.appCheckAnswer,
    ['app_unknown'],
  ),
  row(
    `GET ${adminRoutes.appPush}`,
    '推送地址与最近收到的推送（本进程启动以来）',
    'The push URL, and what came to it lately, since this process began',
    answers.appPushAnswer,
    ['app_unknown'],
  ),
  row(
    `POST ${adminRoutes.appPushTest}`,
    '让模拟器推送一次，仅开发环境',
    'Let the emulator push once; in development only',
    answers.appPushTestAnswer,
    ['app_unknown'],
  ),
  row(
    `GET ${adminRoutes.keys}`,
    '密钥的编号、状态与轮换进度',
    'Ids and states of keys, and how far a rotation is',
    answers.operatorKeysAnswer,
  ),
  row(
    `POST ${adminRoutes.trace}`,
    '粘贴请求 id、rid、errmsg、错误码或 errMsg，得到这次请求的经过、原因与解决办法',
    'Paste a request id, a rid, an errmsg, an errcode or an errMsg: what came of that request, why, and what to do',
    answers.traceAnswer,
  ),
  row(
    `GET ${adminRoutes.traces}`,
    '最近失败的请求，新的在前',
    'Requests that failed, the newest first',
    answers.tracesAnswer,
  ),
  row(
    `GET ${adminRoutes.userTraces}`,
    '该用户最近的请求，新的在前',
    'Requests of the user, the newest first',
    answers.tracesAnswer,
    ofUser,
  ),
  row(
    `GET ${adminRoutes.consents}`,
    '一段时间内同意与撤回的次数，按范围与版本',
    'Consents given and withdrawn, by scope and version',
    answers.consentCountsAnswer,
  ),
  row(`GET ${adminRoutes.audit}`, '审计日志，新的在前', 'The audit log, the newest first', answers.auditLinesAnswer),
  row(
    `GET ${adminRoutes.auditVerification}`,
    '校验审计日志的哈希链，每次最多 5000 行',
    'Check the hash chain of the audit log, 5000 lines at a time',
    answers.auditVerificationAnswer,
  ),
  row(
    `GET ${adminRoutes.jobs}`,
    '待办与已完成的删除任务',
    'Erasures that wait, and those that were done',
    answers.operatorJobsAnswer,
  ),
  row(
    `GET ${adminRoutes.exports}`,
    '导出申请及其状态，新的在前',
    'Exports that were asked for, the newest first',
    answers.bulkExportsAnswer,
  ),
  row(
    `POST ${adminRoutes.exports}`,
    '申请导出用户、审计日志或同意记录，需写明原因；含完整号码的须由另一位管理员批准',
    'Ask to export users, the audit log or consents, for a reason; full numbers need the word of another admin',
    answers.bulkExportAnswer,
  ),
  row(
    `POST ${adminRoutes.exportApprove}`,
    '批准别人的导出申请，24 小时内有效',
    'Approve what somebody else asked to export, within 24 hours',
    answers.bulkExportAnswer,
    [...ofExport, 'console_only'],
  ),
  row(
    `POST ${adminRoutes.exportDecline}`,
    '拒绝别人的导出申请',
    'Decline what somebody else asked to export',
    answers.bulkExportAnswer,
    [...ofExport, 'console_only'],
  ),
  row(
    `POST ${adminRoutes.exportDownload}`,
    '下载自己申请的 CSV，可下载后一小时内至多三次',
    'Download the CSV one asked for: three times at most, within an hour from when it may be',
    { type: 'text/csv' },
    ofExport,
  ),
  row(
    `GET ${adminRoutes.funnel}`,
    '登录与手机号的漏斗，以及微信的返回',
    'Logins and phone numbers, and what WeChat answered',
    answers.funnelAnswer,
  ),
  row(
    `GET ${adminRoutes.cost}`,
    '手机号与短信的用量和费用',
    'What phone numbers cost, and how many messages went',
    answers.costAnswer,
  ),
  row(
    `GET ${adminRoutes.latency}`,
    '各接口与微信各调用的耗时：p50、p95、p99（毫秒）',
    'How long our routes and calls of WeChat took: p50, p95 and p99 in milliseconds',
    answers.latencyAnswer,
  ),
  row(
    `GET ${adminRoutes.alarms}`,
    '现在需要处理的事：令牌被他人刷新、额度将尽、微信无应答、时钟不准',
    'What to look at now: a token that somebody else renewed, a budget near its end, a silent WeChat, a wrong clock',
    answers.alarmsAnswer,
  ),
])
