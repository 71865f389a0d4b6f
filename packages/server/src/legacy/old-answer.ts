import { type CodeRow, type Problem, problemCodes, type Retry } from '@weapp-auth/protocol/contract'

/**
 * What every format answers: the fields by themselves and once more under `data`. The documents do not show what their
 * pages' own request wrappers unpack, so both ways of reading find them.
 */
export function oldAnswer(fields: object): object {
  return { code: 0, msg: 'ok', ...fields, data: fields }
}

/** Sentences for the people in front of an old page, which shows `msg` as it is. */
const sentences: Readonly<Record<Retry, string>> = {
  tap: '没有成功，请再点一次。',
  login: '登录已失效，请重新进入小程序后再试。',
  later: '服务繁忙，请稍后再试。',
  never: '暂时无法完成，请联系客服。',
}

/**
 * A refusal as old pages read it: `code` is not 0, `msg` is for people. `data` is there and empty, because pages look
 * into it before they look at `code`.
 */
export function oldRefusal({ status, code, field, detail, retryAfterMs, requestId }: Problem): object {
  const { retry, who, message }: CodeRow = problemCodes[code]
  const msg = retry === 'never' && who === 'user' ? message.zh : sentences[retry]
  return { code: status, msg, data: {}, error: code, field, detail, retryAfterMs, requestId }
}
