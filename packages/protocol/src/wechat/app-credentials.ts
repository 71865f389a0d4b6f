/** What identifies a mini program to WeChat's server API. */
export interface AppCredentials {
  /** `wx` and 16 hex digits. */
  readonly appId: string
  /** AppSecret: 32 hex digits. Never leaves the server. */
  readonly secret: string
}
