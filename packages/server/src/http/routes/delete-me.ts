import type { ErasureAnswer } from '@weapp-auth/protocol/contract'
import type { EraseMe } from '../../usecases/erase-me.ts'
import type { Call } from '../route.ts'

interface Erasure {
  readonly accessToken: string
  readonly nonce: string
}

export function deleteMe(eraseMe: EraseMe) {
  return ({ body, requestId }: Call<Erasure>): Promise<ErasureAnswer> => eraseMe({ ...body, requestId })
}
