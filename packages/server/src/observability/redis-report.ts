/** What is told of Redis. `RedisEvent` of `@weapp-auth/server/redis` fits. */
export type RedisReport = { readonly type: 'redis-away'; readonly reason: string } | { readonly type: 'redis-back' }
