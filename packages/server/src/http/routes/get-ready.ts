import type { HealthAnswer } from '@weapp-auth/protocol/contract'

/** The process runs and its store can be used. Whoever asks while the store is asked shares its answer. */
export function getReady(check: () => Promise<void>) {
  let asking: Promise<void> | null = null
  return async (): Promise<HealthAnswer> => {
    asking ??= check().finally(() => {
      asking = null
    })
    await asking
    return { status: 'ok' }
  }
}
