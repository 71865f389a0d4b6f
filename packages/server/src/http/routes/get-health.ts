import type { HealthAnswer } from '@weapp-auth/protocol/contract'

/** The process runs. */
export async function getHealth(): Promise<HealthAnswer> {
  return { status: 'ok' }
}
