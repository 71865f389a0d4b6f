import type { StepsRequest } from '@weapp-auth/protocol/contract'
import type { CountSteps } from '../../usecases/count-steps.ts'
import type { Call } from '../route.ts'

export function postSteps(countSteps: CountSteps) {
  return async ({ body }: Call<StepsRequest>): Promise<undefined> => countSteps(body)
}
