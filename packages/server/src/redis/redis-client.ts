/** What is used of an open connection to Redis or Valkey: a `Redis` or `Cluster` of `ioredis` fits. */
export interface RedisClient {
  call(command: string, ...args: string[]): Promise<unknown>
  /** Connections that break are told by `RedisEvent`; without a listener ioredis would print them. */
  on(event: 'error', listener: (error: unknown) => void): unknown
}
