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
  'session-ended': ({ reason }) =>
    reason === 'logout'
      ? told('database', 'session', { zh: '用户退出，会话结束', en: 'the user logged out, the session ended' })
      : told(
          'database',
          'session',
          { zh: '刷新令牌被重复使用，会话已结束', en: 'a refresh token was used twice, the session was ended' },
          'failed',
        ),
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
