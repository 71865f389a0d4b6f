import type { PushStamp } from '../usecases/prove-push.ts'
import { readTextBody } from './read-json-body.ts'
import type { ReadBody } from './route.ts'

/** Bytes of a pushed message; WeChat's have a few thousand. */
const messageLimit = 64 * 1024

/** What stands in the query of every push. */
interface PushQuery {
  readonly stamp: PushStamp
  /** Only in the check of the URL. */
  readonly echo: string
}

/** Reads the query only; of a name that comes twice the first counts. */
export const pushQuery: ReadBody<PushQuery> = async request => {
  const { searchParams } = new URL(request.url)
  const text = (name: string) => searchParams.get(name) ?? ''
  const stamp = {
    timestamp: text('timestamp'),
    nonce: text('nonce'),
    signature: text('signature'),
    msgSignature: text('msg_signature'),
  }
  return { stamp, echo: text('echostr') }
}

/**
 * Reads the query and the message. Its content type is not asked for: WeChat sends text/xml, application/json and none.
 *
 * @throws ProblemError media_type_unsupported, request_too_large or request_malformed.
 */
export const pushMessage: ReadBody<Pick<PushQuery, 'stamp'> & { readonly message: string }> = async request => {
  const { stamp } = await pushQuery(request)
  return { stamp, message: await readTextBody(request, messageLimit) }
}
