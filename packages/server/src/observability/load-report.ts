/** How busy the server is. `ServerLoad` of `@weapp-auth/server` fits. */
export interface LoadReport {
  readonly underWay: number
  readonly waitedMs: number
}
