/** What became of an access_token: for logs, metrics and an alarm. Holds no token. */
export interface TokenEvent {
  /**
   * - `renewed`: WeChat gave us a token;
   * - `lost`: WeChat refuses the token though it should live for more than ten minutes, and none of our processes has
   *   renewed it: somebody else with the AppSecret did, by force.
   */
  readonly type: 'renewed' | 'lost'
  /** Of the mini program or the third-party platform. */
  readonly appId: string
  /** Counts the tokens that all our processes have had. */
  readonly generation: number
  /** How long the token should live, in milliseconds. */
  readonly leftMs: number
}
