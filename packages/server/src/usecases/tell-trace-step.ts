// Reads better whole: one sentence for each kind of step.
import { type ProblemCode, problemCodes, type Sentence, type TraceStoryStep } from '@weapp-auth/protocol/contract'
import type { RequestTrace, TraceStep } from '../ports/trace-store.ts'

type Facts = TraceStep['facts']
type Told = Pick<TraceStoryStep, 'outcome' | 'text'>

const fine = (zh: string, en: string): Told => ({ outcome: 'fine', text: { zh, en } })
const failed = (zh: string, en: string): Told => ({ outcome: 'failed', text: { zh, en } })

/** Puts a step into words; one of a later version is shown by its name. */
export function tellTraceStep({ type, facts }: Pick<TraceStep, 'type' | 'facts'>): Told {
  return sentences[type]?.(facts) ?? fine(`步骤 ${type}`, `step ${type}`)
}

/** The last step: what was answered. */
export function tellTraceAnswer({ status, code, tookMs }: Pick<RequestTrace, 'status' | 'code' | 'tookMs'>): Told {
  if (status < 400) return fine(`应答 ${status}，用时 ${tookMs} 毫秒`, `answered ${status} in ${tookMs} ms`)
  const message = code !== null && Object.hasOwn(problemCodes, code) ? problemCodes[code as ProblemCode].message : null
  const { zh, en } = message ?? { zh: '请求被拒绝。', en: 'The request was refused.' }
  return failed(`以 ${status} 拒绝：${zh}`, `refused with ${status}: ${en}`)
}

const calls: Readonly<Record<string, Sentence>> = {
  codeToSession: { zh: '用 code 换会话', en: 'code for session' },
  phoneByCode: { zh: '用 code 换手机号', en: 'code for phone number' },
  checkEncryptedData: { zh: '核实密文', en: 'check of the ciphertext' },
  accessToken: { zh: '取 access_token', en: 'access token' },
}

function tellWechat({ api, outcome, tookMs, errcode, rid }: Facts): Told {
  const call = calls[String(api)] ?? { zh: String(api), en: String(api) }
  const isFine = outcome === 'ok' || outcome === 'genuine'
  if (isFine) return fine(`微信（${call.zh}）回答成功，${tookMs} 毫秒`, `WeChat (${call.en}) said yes in ${tookMs} ms`)
  if (errcode === undefined) {
    const [zh, en] = noAnswers[String(outcome)] ?? [`结果是 ${outcome}`, `came to ${outcome}`]
    return failed(`微信（${call.zh}）${zh}，${tookMs} 毫秒`, `WeChat (${call.en}) ${en}, ${tookMs} ms`)
  }
  const quoted = rid === undefined ? '' : `, rid: ${rid}`
  return failed(
    `微信（${call.zh}）拒绝：errcode ${errcode}${quoted}`,
    `WeChat (${call.en}) refused: errcode ${errcode}${quoted}`,
  )
}

const noAnswers: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  unavailable: ['没有应答', 'did not answer'],
  'bad-answer': ['的应答读不懂', 'gave an answer that cannot be read'],
  unknown: ['不认识这份密文', 'does not know the ciphertext'],
  'code-invalid': ['没有被询问：这不是 code', 'was not asked: this is no code'],
}

const sentences: Readonly<Record<string, (facts: Facts) => Told>> = {
  wechat: tellWechat,
  'user-created': () => fine('写入一个新用户', 'a new user was stored'),
  'login-recorded': ({ keyKept }) =>
    keyKept === true
      ? fine('写入这次登录，session_key 加密保存', 'the login was stored, its session_key sealed')
      : fine('写入这次登录，session_key 用完即弃', 'the login was stored; its session_key was not kept'),
  'login-refused': ({ code }) => failed(`登录没有完成：${code}`, `the login came to nothing: ${code}`),
  'phone-recorded': ({ change }) => {
    if (change === 'unchanged') return fine('号码没有变化', 'the number did not change')
    if (change === 'replaced') return fine('换成新号码，原号码转为历史', 'a new number; the former one is history')
    return fine('号码已验证并写入账号', 'the number was verified and stored')
  },
  'phone-refused': ({ code }) => failed(`号码没有绑定：${code}`, `the number was not bound: ${code}`),
  'phone-transferred': () => fine('号码从另一个账号转到这里', 'the number came from another account'),
  'clock-skew': ({ aheadMs }) => {
    const minutes = Math.round(Number(aheadMs) / 60_000)
    return failed(
      `服务器的时钟与微信相差约 ${minutes} 分钟`,
      `the server's clock is about ${minutes} minutes ahead of WeChat's`,
    )
  },
  'open-data-refused': ({ burnt }) =>
    burnt === true
      ? failed('密文打不开，这个 session_key 已停用', 'the ciphertext did not open; this session_key is burnt')
      : failed('密文打不开，已拒绝', 'the ciphertext did not open and was refused'),
  'open-data-doubted': ({ reason }) =>
    reason === 'unreachable'
      ? failed('暂时无法向微信核实密文，先行放行', 'WeChat could not be asked about the ciphertext; let through')
      : failed(
          '微信不认识这份密文，监测模式下放行',
          'WeChat does not know the ciphertext; let through in monitor mode',
        ),
  'sms-sent': ({ provider }) => fine(`短信已交给 ${provider}`, `${provider} took the message`),
  'sms-failed': ({ provider, reason }) =>
    failed(`${provider} 没有确认短信：${reason}`, `${provider} did not confirm the message: ${reason}`),
  'session-rotated': () => fine('刷新令牌换新', 'the refresh token was rotated'),
  'session-ended': ({ reason }) =>
    reason === 'refresh-reused'
      ? failed('刷新令牌被重复使用，会话已结束', 'a refresh token was used twice; the session was ended')
      : fine(`会话结束：${reason}`, `the session ended: ${reason}`),
  'profile-recorded': ({ field, cleared }) => {
    const name = field === 'avatar' ? { zh: '头像', en: 'picture' } : { zh: '昵称', en: 'nickname' }
    return cleared === true
      ? fine(`${name.zh}已删除`, `the ${name.en} is gone`)
      : fine(`${name.zh}已保存`, `the ${name.en} was stored`)
  },
  'consent-recorded': ({ scope, status }) =>
    status === 'given'
      ? fine(`记下用户的同意：${scope}`, `the user agreed: ${scope}`)
      : fine(`用户撤回了同意：${scope}`, `the user withdrew the consent: ${scope}`),
  'union-id-conflict': () =>
    failed(
      'unionid 已属于另一个账号：同一个人，可以合并',
      'another account has the unionid: one person, who may merge',
    ),
  'push-received': ({ event }) => fine(`收到微信推送 ${event}`, `WeChat pushed ${event}`),
  'push-ignored': ({ reason }) => fine(`推送与本服务无关：${reason}`, `the message asks for nothing here: ${reason}`),
  'push-refused': ({ reason }) =>
    failed(`推送无法确认来自微信：${reason}`, `a message was not proved to be WeChat's: ${reason}`),
  fault: ({ name }) => failed(`服务端内部出错：${name}`, `something broke inside the server: ${name}`),
}
