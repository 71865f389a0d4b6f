/** What is asked of the store. */
export const questions = [
  'login',
  'session by token',
  'account by token',
  'identity by openid',
  'phone of a user',
  'users by number',
] as const

export type Question = (typeof questions)[number]

/** What names a user in each question. Bytes are Base64. */
export interface SampledUser {
  readonly userId: string
  readonly openId: string
  readonly sessionId: string
  readonly fingerprint: string
  readonly blindIndex: string
}

/** Of one call, microseconds. */
export interface GrowthCost {
  readonly cpuMicros: number
  readonly wallMicros: number
}
