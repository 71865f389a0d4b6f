/** What is told of one request to WeChat. `UpstreamEvent` of `@weapp-auth/wechat` fits. */
export interface UpstreamReport {
  readonly api: string
  readonly appId: string
  readonly durationMs: number
  readonly outcome: string
  readonly errcode?: number
  readonly rid?: string
}

/** `BreakerEvent` of `@weapp-auth/wechat` fits. */
export interface BreakerReport {
  readonly appId: string
  readonly state: 'open' | 'closed'
}
