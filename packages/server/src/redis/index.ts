/**
 * What several instances share through Redis or Valkey: limits of requests, and the sessions that ended. Optional,
 * always. Needs `ioredis`, which you install.
 *
 * @module
 */

export type { Timer } from '../ports/timer.ts'
export type { RedisEvent } from './circuit.ts'
export type { RedisClient } from './redis-client.ts'
export type { Revocations } from './revocations.ts'
export { createSharedState, type SharedState, type SharedStateOptions } from './shared-state.ts'
