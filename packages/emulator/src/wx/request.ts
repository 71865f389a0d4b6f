import type { WxCallbacks } from './async-api.ts'
import { createFly, type FlightTask, type FlightTools, type ResponseHead, type WxNetwork } from './flight.ts'
import { requestMessage, type WxRequestOptions } from './request-message.ts'

export type { WxNetwork }

export interface WxResponse extends ResponseHead {
  readonly data: unknown
}

export type RequestTask = FlightTask

export type RequestApi = (options: WxRequestOptions & WxCallbacks<WxResponse>) => RequestTask

/** `wx.request`: every HTTP status is a success. */
export function createRequest(world: FlightTools): RequestApi {
  const fly = createFly('request', world)
  return options =>
    fly<WxRequestOptions, WxResponse>(options, ({ signal, send }) =>
      send(requestMessage(options, signal, world), async (response, head) => ({
        ...head,
        data: await dataOf(response, options),
      })),
    )
}

async function dataOf(response: Response, { dataType = 'json', responseType = 'text' }: WxRequestOptions) {
  if (responseType === 'arraybuffer') return response.arrayBuffer()
  const text = await response.text()
  if (dataType !== 'json') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
