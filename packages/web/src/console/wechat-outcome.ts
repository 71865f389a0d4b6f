/** A row of the funnel's `wechat`: which call, how it ended, and the errcode behind a fault. */
export interface WechatOutcome {
  readonly call: string
  readonly outcome: string
  readonly errcode: number | null
}

/**
 * @example
 * readWechatOutcome('codeToSession misconfigured 40125') // { call: 'codeToSession', outcome: 'misconfigured', errcode: 40125 }
 */
export function readWechatOutcome(name: string): WechatOutcome {
  const [call = '', outcome = '', errcode] = name.split(' ')
  return { call, outcome, errcode: errcode === undefined || !/^-?\d+$/.test(errcode) ? null : Number(errcode) }
}
