import { decryptPush, parsePushBody, verifyPushSignature } from '@weapp-auth/protocol/wechat'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Push } from '../domain/push-policy.ts'
import type { Observe, PushRefusal } from '../ports/observer.ts'

/** How WeChat signs a message; a part that is missing is empty. */
export interface PushStamp {
  readonly timestamp: string
  readonly nonce: string
  /** Over the two and the Token. */
  readonly signature: string
  /** Over the ciphertext as well. */
  readonly msgSignature: string
}

/** Throws ProblemError push_invalid, whatever is wrong with the message. */
export type RefusePush = (reason: PushRefusal) => never

/** Tells the operator why, and whoever sent it nothing. */
export function refusePush(tell: Observe, about: { readonly appId: string; readonly requestId: string }): RefusePush {
  return reason => {
    tell({ type: 'push-refused', ...about, reason })
    throw new ProblemError('push_invalid')
  }
}

export function checkPushTime({ timestamp, nonce }: PushStamp, now: number, refuse: RefusePush): void {
  // The signature runs the parts together: a zero in front of the time could come from the end of a nonce of zeros.
  if (!/^[1-9]\d{0,10}$/.test(timestamp) || nonce === '' || nonce.length > 128) refuse('signature')
  if (Math.abs(now - Number(timestamp) * 1000) > limits.pushWindow) refuse('stale')
}

/** What a ciphertext says. `appId` is at its end: the mini program, or its third-party platform. */
export function openPush(
  push: Pick<Push, 'token' | 'encodingAesKey'>,
  appId: string,
  stamp: PushStamp,
  encrypt: string,
  refuse: RefusePush,
): string {
  const { token, encodingAesKey } = push
  if (encodingAesKey === null) return refuse('encrypted')
  if (!verifyPushSignature({ ...stamp, token, encrypt, signature: stamp.msgSignature })) refuse('signature')
  try {
    return decryptPush({ encodingAesKey, appId, encrypt })
  } catch {
    return refuse('ciphertext')
  }
}

/** `signature` alone never counts: it does not cover the body. What stands beside the ciphertext is not read. */
export function ciphertextOf(body: string, refuse: RefusePush): string {
  return parsePushBody(body)?.get('encrypt') ?? refuse('not-encrypted')
}
