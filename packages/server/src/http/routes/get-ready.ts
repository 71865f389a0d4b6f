import type { HealthAnswer } from '@weapp-auth/protocol/contract'

/** The process runs and its store can be used. */
export function getReady(check: () => Promise<void>) {
  return async (): Promise<HealthAnswer> => {
    await check()
    return { status: 'ok' }
  }
}
