import { type AsyncApi, type AsyncApiTools, asyncApi } from './async-api.ts'
import { WxFail } from './fail.ts'

export type RandomValuesApi = AsyncApi<{ readonly length: number }, { readonly randomValues: ArrayBuffer }>

/** `wx.getRandomValues`: at most 1048576 bytes (its reference page). */
export function createRandomValues(randomBytes: (length: number) => Uint8Array, tools: AsyncApiTools): RandomValuesApi {
  return asyncApi('getRandomValues', tools, async ({ length }) => {
    if (!Number.isInteger(length) || length < 1 || length > 1_048_576) throw new WxFail('invalid length')
    return { randomValues: new Uint8Array(randomBytes(length)).buffer }
  })
}
