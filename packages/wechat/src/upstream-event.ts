/** One request to WeChat and what became of it: for logs and metrics. Holds no code, token, secret, openid or number. */
export interface UpstreamEvent {
  /** Our name of the call, such as `phoneByCode`; `accessToken` for the keeper's own. */
  readonly api: string
  readonly appId: string
  /** 1 for the first, 2 for the first repetition and so on. */
  readonly attempt: number
  readonly durationMs: number
  /**
   * - `ok`: the answer we asked for;
   * - `refused`: WeChat answered with the `errcode` here;
   * - `unsent`: no connection; `lost`: sent, no answer; `unreadable`: an answer that is not WeChat's.
   */
  readonly outcome: 'ok' | 'refused' | 'unsent' | 'lost' | 'unreadable'
  readonly errcode?: number
  /** WeChat's request id, to quote to its support. */
  readonly rid?: string
  /** Why, for the last three outcomes, such as `ECONNREFUSED` or `timeout`. */
  readonly reason?: string
}
