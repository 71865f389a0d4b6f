// Reads better whole: one row for each route, in the order in which a reader meets them.
import { type ProblemCode, routes, type Sentence } from '@weapp-auth/protocol/contract'
import type { z } from 'zod'
import * as answers from '../answer-schemas.ts'
import { adminRouteDocs } from './admin-route-docs.ts'
import { operatorRouteDocs } from './operator-route-docs.ts'

/** What the document says of a route beyond what the route table knows. */
export interface RouteDoc {
  readonly group: GroupName
  readonly title: Sentence
  /** Who may ask: anybody, the holder of an access token, a backend of yours, or either; an operator; pages of the console. */
  readonly who?: 'user' | 'backend' | 'backend-or-app' | 'operator' | 'console'
  /** The answer; `null` for 204 No Content. */
  readonly answer: z.ZodType | { readonly type: string } | null
  /** Refusals that are its own; those of every route are added. */
  readonly codes?: readonly ProblemCode[]
  readonly refusal?: 'oauth'
}

export const groups = {
  login: { zh: '登录与会话', en: 'Login and session' },
  phone: { zh: '手机号', en: 'Phone' },
  profile: { zh: '资料', en: 'Profile' },
  consent: { zh: '授权同意', en: 'Consent' },
  own: { zh: '本人数据', en: 'Own data' },
  backend: { zh: '给你的后端', en: 'For your backends' },
  wechat: { zh: '给微信', en: 'For WeChat' },
  operator: { zh: '给运营人员', en: 'For operators' },
  machine: { zh: '运维', en: 'For machines' },
} as const satisfies Readonly<Record<string, Sentence>>

type GroupName = keyof typeof groups

const upstream = [
  'upstream_unavailable',
  'upstream_bad_answer',
  'upstream_limited',
  'app_unauthorized',
  'app_misconfigured',
] as const
const login = ['app_unknown', 'code_invalid', 'code_consumed', 'user_blocked', 'account_blocked', ...upstream] as const
const phone = [
  'phone_code_invalid',
  'phone_code_consumed',
  'attempt_pending',
  'phone_data_invalid',
  'open_data_off',
  'login_unusable',
  'phone_taken',
  'phone_cooling',
  'phone_budget_spent',
  'consent_required',
  ...upstream,
] as const

const push = ['app_unknown', 'push_off', 'push_invalid'] as const

const mergeCodes = ['merge_code_invalid', 'merge_self'] as const

/** By method and path. */
export const routeDocs: Readonly<Record<string, RouteDoc>> = {
  [`POST ${routes.login}`]: {
    group: 'login',
    title: { zh: '用 wx.login 的 code 登录', en: 'Log in with a wx.login code' },
    answer: answers.loginAnswer,
    codes: login,
  },
  [`POST ${routes.loginPhone}`]: {
    group: 'login',
    title: { zh: '登录并绑定手机号，一次完成', en: 'Log in and bind the phone in one call' },
    answer: answers.loginPhoneAnswer,
    codes: [...login, ...phone.filter(code => !upstream.some(one => one === code))],
  },
  [`POST ${routes.token}`]: {
    group: 'login',
    title: { zh: '刷新令牌', en: 'Refresh the tokens' },
    answer: answers.tokenAnswer,
    codes: ['refresh_invalid', 'refresh_reused', 'app_unknown'],
  },
  [`POST ${routes.logout}`]: {
    group: 'login',
    title: { zh: '退出登录', en: 'Log out' },
    answer: null,
    codes: ['refresh_invalid'],
  },
  [`POST ${routes.logoutAll}`]: {
    group: 'login',
    title: { zh: '退出所有设备', en: 'Log out everywhere' },
    who: 'user',
    answer: answers.logoutAllAnswer,
  },
  [`POST ${routes.phone}`]: {
    group: 'phone',
    title: { zh: '绑定手机号', en: 'Bind the phone number' },
    who: 'user',
    answer: answers.phoneAnswer,
    codes: phone,
  },
  [`POST ${routes.sms}`]: {
    group: 'phone',
    title: { zh: '向手写的号码发送验证码', en: 'Send a one-time code to a number typed by hand' },
    who: 'user',
    answer: answers.smsAnswer,
    codes: ['sms_off', 'sms_limited', 'sms_unavailable', 'attempt_pending', 'consent_required'],
  },
  [`POST ${routes.smsVerify}`]: {
    group: 'phone',
    title: { zh: '提交验证码，绑定号码', en: 'Give the one-time code back and bind the number' },
    who: 'user',
    answer: answers.phoneAnswer,
    codes: ['sms_off', 'sms_code_wrong', 'sms_code_expired', 'phone_taken', 'phone_cooling', 'consent_required'],
  },
  [`GET ${routes.myPhones}`]: {
    group: 'phone',
    title: {
      zh: '本人的号码，含历史，新的在前，每页最多 100 条',
      en: 'Numbers of the user, with history, the newest first, at most 100 a page',
    },
    who: 'user',
    answer: answers.phonesAnswer,
  },
  [`POST ${routes.steps}`]: {
    group: 'phone',
    title: {
      zh: '上报手机号按钮的次数（展示、点击、同意、拒绝），只有计数',
      en: 'Report counts of the phone button: shown, tapped, agreed, declined',
    },
    answer: null,
    codes: ['app_unknown'],
  },
  [`POST ${routes.profile}`]: {
    group: 'profile',
    title: { zh: '修改昵称', en: 'Change the nickname' },
    who: 'user',
    answer: answers.userAnswer,
    codes: ['profile_placeholder', 'consent_required'],
  },
  [`POST ${routes.avatar}`]: {
    group: 'profile',
    title: { zh: '上传头像', en: 'Upload an avatar' },
    who: 'user',
    answer: answers.userAnswer,
    codes: ['avatar_invalid', 'avatar_too_large', 'avatars_off', 'consent_required'],
  },
  [`DELETE ${routes.avatar}`]: {
    group: 'profile',
    title: { zh: '删除头像', en: 'Remove the avatar' },
    who: 'user',
    answer: answers.userAnswer,
  },
  [`POST ${routes.profileOpenData}`]: {
    group: 'profile',
    title: {
      zh: '提交旧接口 getUserInfo、getUserProfile 的数据',
      en: 'Send what the retired getUserInfo or getUserProfile gave',
    },
    who: 'user',
    answer: answers.profileOpenDataAnswer,
    codes: [
      'profile_data_invalid',
      'open_data_off',
      'login_unusable',
      'attempt_pending',
      'consent_required',
      ...upstream,
    ],
  },
  [`GET ${routes.avatarFile}`]: {
    group: 'profile',
    title: { zh: '头像文件', en: 'The file of an avatar' },
    answer: { type: 'image/*' },
    codes: ['avatar_unknown'],
  },
  [`POST ${routes.consents}`]: {
    group: 'consent',
    title: { zh: '记录用户同意了哪个版本', en: 'Record which version the user agreed to' },
    who: 'user',
    answer: answers.consentAnswer,
  },
  [`DELETE ${routes.consent}`]: {
    group: 'consent',
    title: { zh: '撤回同意，并删除由此取得的数据', en: 'Withdraw a consent, and erase what it allowed' },
    who: 'user',
    answer: answers.consentAnswer,
    codes: ['request_invalid'],
  },
  [`GET ${routes.myConsents}`]: {
    group: 'consent',
    title: {
      zh: '同意的历史，新的在前，每页最多 100 条',
      en: 'The history of consents, the newest first, at most 100 a page',
    },
    who: 'user',
    answer: answers.consentsAnswer,
  },
  [`GET ${routes.me}`]: {
    group: 'own',
    title: { zh: '当前用户', en: 'The user' },
    who: 'user',
    answer: answers.userAnswer,
  },
  [`DELETE ${routes.me}`]: {
    group: 'own',
    title: { zh: '注销账号', en: 'Erase the account' },
    who: 'user',
    answer: answers.erasureAnswer,
  },
  [`GET ${routes.myExport}`]: {
    group: 'own',
    title: { zh: '导出本人的全部数据', en: 'Export all data of the user' },
    who: 'user',
    answer: answers.exportAnswer,
  },
  [`GET ${routes.mySessions}`]: {
    group: 'own',
    title: { zh: '登录中的设备', en: 'Devices that are logged in' },
    who: 'user',
    answer: answers.sessionsAnswer,
  },
  [`DELETE ${routes.mySession}`]: {
    group: 'own',
    title: { zh: '退出其中一台设备', en: 'Log one device out' },
    who: 'user',
    answer: null,
    codes: ['session_unknown'],
  },
  [`POST ${routes.mergeCode}`]: {
    group: 'own',
    title: { zh: '合并账号：被并入的一方取得合并码', en: 'Merge accounts: the code, for the account that goes' },
    who: 'user',
    answer: answers.mergeCodeAnswer,
  },
  [`POST ${routes.mergePreview}`]: {
    group: 'own',
    title: {
      zh: '合并账号：预览，号码与同意各列最新 100 条',
      en: 'Merge accounts: what it would do, with the newest 100 numbers and consents of each',
    },
    who: 'user',
    answer: answers.mergePreviewAnswer,
    codes: mergeCodes,
  },
  [`POST ${routes.myMerges}`]: {
    group: 'own',
    title: { zh: '合并账号：保留当前账号', en: 'Merge accounts: the one that asks stays' },
    who: 'user',
    answer: answers.mergeAnswer,
    codes: mergeCodes,
  },
  [`GET ${routes.myMerges}`]: {
    group: 'own',
    title: {
      zh: '合并过的账号，新的在前，每页最多 100 条',
      en: 'Accounts that were merged, the newest first, at most 100 a page',
    },
    who: 'user',
    answer: answers.mergesAnswer,
  },
  [`POST ${routes.mergeUndo}`]: {
    group: 'own',
    title: { zh: '撤销合并', en: 'Undo a merge' },
    who: 'user',
    answer: answers.mergeAnswer,
    codes: ['merge_unknown', 'merge_undo_late', 'merge_undo_conflict'],
  },
  [`POST ${routes.introspect}`]: {
    group: 'backend',
    title: { zh: '内省：令牌是否有效（RFC 7662）', en: 'Introspection: is a token live (RFC 7662)' },
    who: 'backend',
    answer: answers.introspectionAnswer,
    refusal: 'oauth',
  },
  [`POST ${routes.revoke}`]: {
    group: 'backend',
    title: { zh: '撤销令牌（RFC 7009）', en: 'Revoke a token (RFC 7009)' },
    who: 'backend-or-app',
    answer: answers.nothingAnswer,
    codes: ['grant_invalid'],
    refusal: 'oauth',
  },
  [`POST ${routes.oauthToken}`]: {
    group: 'backend',
    title: { zh: '标准的刷新（RFC 6749 第 6 节）', en: 'The standard refresh grant (RFC 6749, section 6)' },
    answer: answers.oauthTokenAnswer,
    codes: ['grant_invalid', 'grant_unsupported'],
    refusal: 'oauth',
  },
  [`GET ${routes.wechatPush}`]: {
    group: 'wechat',
    title: { zh: '消息推送：验证网址', en: 'Message push: check of the URL' },
    answer: { type: 'text/plain' },
    codes: push,
  },
  [`POST ${routes.wechatPush}`]: {
    group: 'wechat',
    title: { zh: '消息推送：接收消息，XML 或 JSON', en: 'Message push: take a message, XML or JSON' },
    answer: { type: 'text/plain' },
    codes: [...push, 'request_malformed', 'request_too_large', 'media_type_unsupported'],
  },
  [`POST ${routes.wechatComponent}`]: {
    group: 'wechat',
    title: {
      zh: '第三方平台：接收 ticket 与授权变更，加密的 XML',
      en: 'Third-party platform: take tickets and changes of authorizations, encrypted XML',
    },
    answer: { type: 'text/plain' },
    codes: ['app_unknown', 'push_invalid', 'request_malformed', 'request_too_large', 'media_type_unsupported'],
  },
  [`GET ${routes.wechatAccessToken}`]: {
    group: 'backend',
    title: {
      zh: '小程序的 access_token：全团队只由本服务刷新',
      en: 'The access_token of a mini program: one owner for the whole team',
    },
    who: 'backend',
    answer: answers.wechatAccessTokenAnswer,
    codes: ['backend_forbidden', ...upstream],
  },
  [`GET ${routes.jwks}`]: {
    group: 'backend',
    title: { zh: '验证访问令牌的公钥', en: 'The public keys of access tokens' },
    answer: answers.jwksAnswer,
  },
  [`GET ${routes.oauthMetadata}`]: {
    group: 'backend',
    title: { zh: '服务元数据（RFC 8414）', en: 'Server metadata (RFC 8414)' },
    answer: answers.metadataAnswer,
  },
  [`GET ${routes.openidConfiguration}`]: {
    group: 'backend',
    title: { zh: '服务元数据，OpenID 库查找的名字', en: 'Server metadata, under the name OpenID libraries look for' },
    answer: answers.metadataAnswer,
  },
  ...adminRouteDocs,
  ...operatorRouteDocs,
  [`GET ${routes.openapi}`]: {
    group: 'machine',
    title: { zh: '本文档，OpenAPI 3.1', en: 'This document, OpenAPI 3.1' },
    answer: { type: 'application/json' },
  },
  [`GET ${routes.reference}`]: {
    group: 'machine',
    title: { zh: '本文档，供人阅读', en: 'This document, for people' },
    answer: { type: 'text/html' },
  },
  [`GET ${routes.metrics}`]: {
    group: 'machine',
    title: { zh: 'Prometheus 指标', en: 'Metrics for Prometheus' },
    answer: { type: 'text/plain' },
    codes: ['token_missing', 'token_invalid'],
  },
  [`GET ${routes.health}`]: {
    group: 'machine',
    title: { zh: '进程是否存活', en: 'The process is alive' },
    answer: answers.healthAnswer,
  },
  [`GET ${routes.ready}`]: {
    group: 'machine',
    title: { zh: '是否可以接收请求', en: 'It can take requests' },
    answer: answers.healthAnswer,
    codes: ['shutting_down'],
  },
}
