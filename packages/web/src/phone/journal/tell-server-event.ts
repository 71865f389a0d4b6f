import { type ProblemCode, problemCodes, type Sentence } from '@weapp-auth/protocol/contract'
import type { Fact, JournalStep, Mood, Side } from './journal-step.ts'

/** An event of our server as the dev server sends it: flat, without secrets, see `Observe` of the server. */
export interface ServerEvent {
  readonly type: string
  readonly requestId: string
  readonly [fact: string]: Fact | readonly string[] | undefined
}

type Told = Pick<JournalStep, 'what' | 'text' | 'mood' | 'side'> & { readonly cause?: Sentence }

/** Puts an event of the server into words; an event of a later version is shown with its name and facts. */
export function tellServerEvent(event: ServerEvent): Told {
  return (
    sentences[event.type]?.(event) ??
    told('server', event.type, { zh: `服务端事件 ${event.type}`, en: `server event ${event.type}` })
  )
}

const sentences: Readonly<Record<string, (event: ServerEvent) => Told>> = {
  request: tellRequest,
  'requests-shed': ({ count }) =>
    told(
      'server',
      'overload',
      {
        zh: `服务端过载，请 ${count} 个请求稍后再试`,
        en: `the server is overloaded; it asked ${count} requests to come later`,
      },
      'failed',
    ),
  'user-created': () => told('database', 'user', { zh: '写入一个新用户', en: 'a new user is stored' }),
  'login-recorded': event =>
    told(
      'database',
      'login',
      event.keyKept
        ? {
            zh: '写入这次登录，session_key 加密后留在服务端',
            en: 'the login is stored; its session_key stays here, sealed',
          }
        : { zh: '写入这次登录，session_key 用完即弃', en: 'the login is stored; its session_key was not kept' },
    ),
  // The request behind it fails, and tells the cause.
  'login-refused': ({ code }) =>
    told('server', 'login', { zh: `登录没有完成：${code}`, en: `the login came to nothing: ${code}` }),
  'phone-refused': ({ code }) =>
    told('server', 'phone', { zh: `号码没有绑定：${code}`, en: `the number was not bound: ${code}` }),
  'phone-recorded': ({ change, masked }) => told('database', 'phone', phoneSentence(String(change), String(masked))),
  'sms-sent': ({ masked, provider }) =>
    told('server', 'sms', {
      zh: `短信已交给 ${provider}，发往 ${masked}`,
      en: `${provider} took a message to ${masked}`,
    }),
  'sms-failed': ({ masked, reason }) =>
    told(
      'server',
      'sms',
      { zh: `发往 ${masked} 的短信没有得到确认：${reason}`, en: `a message to ${masked} was not confirmed: ${reason}` },
      'failed',
    ),
  'sms-printed': ({ masked, code }) =>
    told('server', 'sms', {
      zh: `开发环境不发短信，发往 ${masked} 的验证码是 ${code}`,
      en: `nothing is sent in development; the code to ${masked} is ${code}`,
    }),
  'budget-alarm': ({ budget, used, limit }) =>
    told(
      'server',
      'budget',
      budget === 'sms'
        ? { zh: `今天已发短信 ${used} / ${limit} 条`, en: `${used} of ${limit} messages of today are used` }
        : { zh: `今天已换取手机号 ${used} / ${limit} 次`, en: `${used} of ${limit} paid numbers of today are used` },
      'failed',
    ),
  'session-rotated': () =>
    told('database', 'session', {
      zh: '刷新令牌换新，旧的作废',
      en: 'the refresh token was rotated, the old one is spent',
    }),
  'session-ended': ({ reason }) => {
    const text = sessionEnds[String(reason)] ?? { zh: `会话结束：${reason}`, en: `the session ended: ${reason}` }
    return told('database', 'session', text, reason === 'refresh-reused' ? 'failed' : 'fine')
  },
  'phone-transferred': ({ masked }) =>
    told('database', 'phone', {
      zh: `号码 ${masked} 从另一个账号转到这里，请通知双方`,
      en: `the number ${masked} came from another account; tell both`,
    }),
  'profile-recorded': ({ field, cleared }) => {
    const name = field === 'avatar' ? { zh: '头像', en: 'picture' } : { zh: '昵称', en: 'nickname' }
    return told(
      'database',
      'profile',
      cleared
        ? { zh: `${name.zh}已删除`, en: `the ${name.en} is gone` }
        : { zh: `${name.zh}已保存`, en: `the ${name.en} is stored` },
    )
  },
  'consent-recorded': ({ scope, status }) =>
    told(
      'database',
      'consent',
      status === 'given'
        ? { zh: `记下用户的同意：${scope}`, en: `the user agreed: ${scope}` }
        : { zh: `用户撤回了同意：${scope}`, en: `the user withdrew the consent: ${scope}` },
    ),
  'user-blocked': () => told('database', 'user', { zh: '运营人员停用了该用户', en: 'an operator blocked the user' }),
  'user-unblocked': () =>
    told('database', 'user', { zh: '运营人员恢复了该用户', en: 'an operator let the user in again' }),
  'user-erased': () =>
    told('database', 'user', {
      zh: '用户注销，数据密钥已销毁',
      en: 'the user is erased, the key of their data destroyed',
    }),
  'union-id-conflict': () =>
    told(
      'database',
      'unionid',
      {
        zh: 'unionid 来迟了，另一个用户已经有它：一个人有两个账号，可以合并',
        en: 'the unionid came late and another user has it: one person with two accounts, which may be merged',
      },
      'failed',
    ),
  'users-merged': ({ sessionsEnded }) =>
    told('database', 'merge', {
      zh: `两个账号已合并，${sessionsEnded} 个会话结束`,
      en: `two accounts are one now; sessions ended: ${sessionsEnded}`,
    }),
  'merge-undone': ({ sessionsEnded }) =>
    told('database', 'merge', {
      zh: `合并已撤销，${sessionsEnded} 个会话结束`,
      en: `the merge is undone; sessions ended: ${sessionsEnded}`,
    }),
  'push-received': ({ event, repeated }) =>
    told(
      'server',
      'push',
      repeated
        ? { zh: `微信再次推送 ${event}，不重复处理`, en: `WeChat pushed ${event} again; once is enough` }
        : { zh: `收到微信推送 ${event}，已记下`, en: `WeChat pushed ${event}; it is kept and acted on` },
    ),
  'access-token-renewed': ({ generation }) =>
    told('server', 'access_token', {
      zh: `从微信得到第 ${generation} 个 access_token`,
      en: `WeChat gave access_token number ${generation}`,
    }),
  'access-token-lost': ({ generation }) =>
    told(
      'server',
      'access_token',
      {
        zh: `第 ${generation} 个 access_token 提前失效：另一个程序用同一个 AppSecret 强制刷新了它`,
        en: `access_token number ${generation} died early: another program with the same AppSecret renewed it by force`,
      },
      'failed',
    ),
  'clock-skew': ({ aheadMs }) =>
    told(
      'server',
      'clock',
      {
        zh: `服务器的时钟与微信相差约 ${Math.round(Number(aheadMs) / 60_000)} 分钟，请校时`,
        en: `the server's clock is about ${Math.round(Number(aheadMs) / 60_000)} minutes ahead of WeChat's; set it right`,
      },
      'failed',
    ),
  'push-ignored': ({ reason }) =>
    told('server', 'push', {
      zh: `微信的推送与本服务无关：${reason}`,
      en: `a message of WeChat asks for nothing here: ${reason}`,
    }),
  'push-refused': ({ reason }) =>
    told(
      'server',
      'push',
      {
        zh: `推送无法确认来自微信，已拒绝：${reason}`,
        en: `a message not proved to be WeChat's was refused: ${reason}`,
      },
      'failed',
    ),
  'job-done': ({ kind, auditSeq }) =>
    told('database', 'job', {
      zh: `任务 ${kind} 完成，审计日志第 ${auditSeq} 行为证`,
      en: `the job ${kind} is done; line ${auditSeq} of the audit log proves it`,
    }),
  'job-failed': ({ kind, attempts }) =>
    told(
      'database',
      'job',
      {
        zh: `任务 ${kind} 第 ${attempts} 次失败，稍后重试`,
        en: `the job ${kind} failed ${attempts} times and comes again`,
      },
      'failed',
    ),
  'operator-sign-in': ({ way, outcome }) =>
    outcome === 'refused'
      ? told(
          'server',
          'console',
          { zh: `控制台登录被拒绝（${way}）`, en: `a sign-in to the console by ${way} was refused` },
          'failed',
        )
      : told('server', 'console', {
          zh: `有人登录了控制台（${way}）`,
          en: `somebody signed in to the console by ${way}`,
        }),
  'audit-anchor': ({ seq }) =>
    told('database', 'audit', {
      zh: `审计日志到第 ${seq} 行，请把哈希存到别处`,
      en: `the audit log stands at line ${seq}; keep its hash elsewhere`,
    }),
  'open-data-refused': ({ burnt }) =>
    told(
      'server',
      'open-data',
      burnt
        ? {
            zh: '密文多次无法确认，这个 session_key 已停用',
            en: 'ciphertexts failed too often; this session_key is burnt',
          }
        : { zh: '密文无法确认，已拒绝', en: 'the ciphertext could not be confirmed and was refused' },
      'failed',
    ),
  'open-data-doubted': ({ reason }) =>
    told(
      'server',
      'open-data',
      reason === 'unreachable'
        ? {
            zh: '暂时无法向微信核实密文，先行放行',
            en: 'WeChat could not be asked about the ciphertext; it was let through',
          }
        : {
            zh: '微信不认识这段密文，监测模式下放行',
            en: 'WeChat does not know the ciphertext; let through in monitor mode',
          },
      'failed',
    ),
  fault: ({ name, code }) =>
    told(
      'server',
      String(name),
      { zh: '服务端内部的原因', en: 'the reason inside the server' },
      'failed',
      causeOf(code),
    ),
}

const sessionEnds: Readonly<Record<string, Sentence>> = {
  logout: { zh: '用户退出，会话结束', en: 'the user logged out, the session ended' },
  'refresh-reused': {
    zh: '刷新令牌被重复使用，会话已结束',
    en: 'a refresh token was used twice, the session was ended',
  },
  user: {
    zh: '用户在设备列表中或因合并账号结束了会话',
    en: 'the user ended the session: by the list of devices or a merge',
  },
  backend: { zh: '业务后端撤销了令牌，会话结束', en: 'a backend revoked the token, the session ended' },
  operator: { zh: '运维人员结束了会话', en: 'an operator ended the session' },
  erased: { zh: '用户已注销，会话随之结束', en: 'the session ended with its user, who is erased' },
}

function tellRequest({ method, route, status, code, durationMs }: ServerEvent): Told {
  const what = `${method} ${route}`
  const time = `${Math.max(1, Math.round(Number(durationMs)))} ms`
  if (Number(status) < 400) {
    return told('server', what, { zh: `应答 ${status}，用时 ${time}`, en: `answered ${status} in ${time}` })
  }
  const row = rowOf(code)
  const text = row?.message ?? { zh: '请求被拒绝。', en: 'The request was refused.' }
  const prefixed = { zh: `拒绝（${status}）：${text.zh}`, en: `refused (${status}): ${text.en}` }
  return told('server', what, prefixed, 'failed', row?.fix)
}

function phoneSentence(change: string, masked: string): Sentence {
  if (change === 'replaced') {
    return { zh: `号码换成 ${masked}，原号码转为历史`, en: `the number is ${masked} now, the former one is history` }
  }
  if (change === 'unchanged') return { zh: `号码 ${masked} 没有变化`, en: `the number ${masked} did not change` }
  return { zh: `号码 ${masked} 已验证并写入账号`, en: `the verified number ${masked} is stored with the account` }
}

function told(side: Side, what: string, text: Sentence, mood: Mood = 'fine', cause?: Sentence): Told {
  return { side, what, text, mood, ...(cause && { cause }) }
}

function rowOf(code: unknown) {
  return typeof code === 'string' && code in problemCodes ? problemCodes[code as ProblemCode] : undefined
}

function causeOf(code: unknown): Sentence | undefined {
  return rowOf(code)?.fix
}
