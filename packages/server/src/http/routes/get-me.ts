import type { MeAnswer } from '@weapp-auth/protocol/contract'
import type { ReadMe } from '../../usecases/read-me.ts'
import type { Call } from '../route.ts'

/** The access token is the body of the question: the session behind it is found together with its user. */
export function getMe(readMe: ReadMe) {
  return ({ body: accessToken }: Call<string>): Promise<MeAnswer> => readMe(accessToken)
}
