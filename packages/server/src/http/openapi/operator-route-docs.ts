// Reads better whole: one row for each route of the operators' own accounts and sessions.
import { adminRoutes, type ProblemCode } from '@weapp-auth/protocol/contract'
import type { z } from 'zod'
import { endSessionsAnswer } from '../admin-answer-schemas.ts'
import * as answers from '../operator-answer-schemas.ts'
import { operatorRights } from '../operator-rights.ts'
import type { RouteDoc } from './route-docs.ts'

function row(
  key: string,
  zh: string,
  en: string,
  answer: z.ZodType | null,
  codes: readonly ProblemCode[] = [],
): readonly [string, RouteDoc] {
  const right = operatorRights[key]
  const role = right?.role === 'viewer' ? undefined : right?.role
  const title = role ? { zh: `${zh}（${role} 起）`, en: `${en} (${role} or above)` } : { zh, en }
  const who = right ? 'operator' : 'console'
  return [key, { group: 'operator', who, title, answer, codes: [...codes, ...(right?.fresh ? fresh : [])] }]
}

const fresh = ['proof_needed'] as const
const shown = ['sign_in_invalid'] as const
const joining = ['invitation_invalid', 'sign_in_invalid', 'operator_taken'] as const

export const operatorRouteDocs: Readonly<Record<string, RouteDoc>> = Object.fromEntries([
  row(
    `POST ${adminRoutes.sessionPasskeyOptions}`,
    '用通行密钥登录或重新验证：取得选项',
    'Options of a passkey, to sign in or to prove oneself again',
    answers.passkeyOptionsAnswer,
    ['route_unknown'],
  ),
  row(
    `POST ${adminRoutes.sessionPasskey}`,
    '用通行密钥登录控制台',
    'Sign in to the console with a passkey',
    answers.consoleSessionAnswer,
    [...shown, 'route_unknown'],
  ),
  row(
    `POST ${adminRoutes.sessionAuthenticator}`,
    '用登录密钥与验证器的六位数字登录控制台',
    'Sign in to the console with sign-in key and code of an authenticator',
    answers.consoleSessionAnswer,
    shown,
  ),
  row(
    `POST ${adminRoutes.sessionRecovery}`,
    '用恢复码登录控制台，随后应重新设置登录方式',
    'Sign in to the console with a recovery code, to set up a way to sign in again',
    answers.consoleSessionAnswer,
    shown,
  ),
  row(
    `POST ${adminRoutes.invitation}`,
    '读取邀请，取得加入所需的选项',
    'Read an invitation, and get what joining takes',
    answers.invitationAnswer,
    ['invitation_invalid'],
  ),
  row(`POST ${adminRoutes.invitationPasskey}`, '用通行密钥加入', 'Join with a passkey', answers.joinAnswer, [
    ...joining,
    'route_unknown',
  ]),
  row(
    `POST ${adminRoutes.invitationAuthenticator}`,
    '用验证器加入',
    'Join with an authenticator',
    answers.joinAnswer,
    joining,
  ),
  row(`GET ${adminRoutes.session}`, '当前登录的会话', 'The session that is signed in', answers.consoleSessionAnswer),
  row(`DELETE ${adminRoutes.session}`, '退出控制台', 'Sign out', null),
  row(
    `POST ${adminRoutes.proofPasskey}`,
    '用通行密钥重新验证，5 分钟内有效',
    'Prove oneself again with a passkey, for five minutes',
    answers.consoleSessionAnswer,
    [...shown, 'route_unknown'],
  ),
  row(
    `POST ${adminRoutes.proofAuthenticator}`,
    '用登录密钥与验证器重新验证，5 分钟内有效',
    'Prove oneself again with key and code, for five minutes',
    answers.consoleSessionAnswer,
    shown,
  ),
  row(`GET ${adminRoutes.ownSessions}`, '本人的会话', 'Own sessions', answers.consoleSessionsAnswer),
  row(`DELETE ${adminRoutes.ownSession}`, '结束本人的一个会话', 'End one of the own sessions', null, [
    'operator_unknown',
  ]),
  row(`GET ${adminRoutes.ownCredentials}`, '本人的登录方式', 'Own ways to sign in', answers.ownCredentialsAnswer),
  row(
    `POST ${adminRoutes.ownPasskeyOptions}`,
    '添加通行密钥：取得选项',
    'Options to add a passkey',
    answers.passkeyOptionsAnswer,
    ['route_unknown'],
  ),
  row(`POST ${adminRoutes.ownPasskeys}`, '添加通行密钥', 'Add a passkey', answers.ownCredentialsAnswer, [
    ...shown,
    'operator_taken',
    'route_unknown',
  ]),
  row(`DELETE ${adminRoutes.ownPasskey}`, '删除通行密钥', 'Remove a passkey', null, [
    'operator_unknown',
    'operator_needed',
  ]),
  row(
    `POST ${adminRoutes.ownAuthenticatorSetup}`,
    '设置验证器：取得密钥与二维码内容',
    'What setting up an authenticator takes',
    answers.authenticatorSetupAnswer,
  ),
  row(
    `POST ${adminRoutes.ownAuthenticator}`,
    '设置验证器，替换原来的',
    'Set an authenticator up, instead of the former one',
    answers.ownCredentialsAnswer,
    shown,
  ),
  row(`DELETE ${adminRoutes.ownAuthenticator}`, '删除验证器', 'Remove the authenticator', null, [
    'operator_unknown',
    'operator_needed',
  ]),
  row(
    `POST ${adminRoutes.ownRecoveryCodes}`,
    '重新生成恢复码，旧的立即作废',
    'New recovery codes; the former ones are good no more',
    answers.recoveryCodesAnswer,
  ),
  row(
    `GET ${adminRoutes.operators}`,
    '运营账号、程序令牌与有效的邀请',
    'Accounts, programs and invitations',
    answers.operatorAccountsAnswer,
  ),
  row(
    `POST ${adminRoutes.operators}`,
    '邀请运营人员，得到一次性链接',
    'Invite an operator by a link that works once',
    answers.invitationLinkAnswer,
    ['operator_taken'],
  ),
  row(
    `PATCH ${adminRoutes.operatorAccount}`,
    '修改角色，停用或恢复账号；停用时立即结束其所有会话',
    'Change a role, disable or enable an account; disabling ends its sessions at once',
    answers.operatorAccountAnswer,
    ['operator_unknown', 'operator_needed'],
  ),
  row(
    `POST ${adminRoutes.operatorInvitation}`,
    '为失去全部登录方式的人重新邀请，使用后旧的登录方式作废',
    'Invite somebody again who lost every way to sign in; using it removes the former ways',
    answers.invitationLinkAnswer,
    ['operator_unknown', 'operator_taken'],
  ),
  row(
    `POST ${adminRoutes.operatorSessionsEnd}`,
    '结束一位运营人员的全部会话',
    'End all sessions of an operator',
    endSessionsAnswer,
    ['operator_unknown'],
  ),
])
