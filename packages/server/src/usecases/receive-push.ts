import {
  type AuthorizationEvent,
  decryptPush,
  parsePushBody,
  readPushEvent,
  verifyPushSignature,
} from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Push } from '../domain/push-policy.ts'
import { digest } from '../keys/digest.ts'
import type { JobSeal } from '../keys/job-seal.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe, PushIgnored, PushRefusal } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import { type PushSubject, writePushSubject } from './push-subject.ts'

export interface ReceivePushTools {
  readonly apps: Apps
  readonly store: Store
  readonly jobSeal: JobSeal
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
}

/** How WeChat signs a message; a part that is missing is empty. */
export interface PushStamp {
  readonly timestamp: string
  readonly nonce: string
  /** Over the two and the Token. */
  readonly signature: string
  /** Over the ciphertext as well. */
  readonly msgSignature: string
}

interface Arrived {
  readonly appId: string
  readonly stamp: PushStamp
  readonly requestId: string
}

/** WeChat at the door. Each throws ProblemError app_unknown, push_off or, whatever is wrong with the message, push_invalid. */
export interface ReceivePush {
  /** The check of the URL when it is saved at WeChat; answers what is to be sent back. */
  checkUrl(input: Arrived & { readonly echo: string }): string
  /** Keeps what is to be done as a job, and returns: WeChat waits for five seconds. */
  receive(input: Arrived & { readonly body: string }): Promise<void>
}

type Refuse = (reason: PushRefusal) => never

/** A message that was proved to be WeChat's. `seal` is its ciphertext, or empty. */
interface Proved {
  readonly message: string
  readonly seal: string
}

export function createReceivePush(tools: ReceivePushTools): ReceivePush {
  const { apps, store, jobSeal, clock, newId, tell } = tools

  function policyOf(appId: string): Push {
    const app = apps.get(appId)
    if (!app) throw new ProblemError('app_unknown', { field: 'appId' })
    if (!app.push) throw new ProblemError('push_off')
    return app.push
  }

  /** Tells the operator why, and whoever sent it nothing. */
  function refusing({ appId, requestId }: Arrived): Refuse {
    return reason => {
      tell({ type: 'push-refused', requestId, appId, reason })
      throw new ProblemError('push_invalid')
    }
  }

  function checkTime({ timestamp, nonce }: PushStamp, refuse: Refuse): void {
    if (!/^\d{1,11}$/.test(timestamp) || nonce === '' || nonce.length > 128) refuse('signature')
    if (Math.abs(clock.now() - Number(timestamp) * 1000) > limits.pushWindow) refuse('stale')
  }

  function open(push: Push, appId: string, stamp: PushStamp, encrypt: string, refuse: Refuse): string {
    const { token, encodingAesKey } = push
    if (encodingAesKey === null) return refuse('encrypted')
    if (!verifyPushSignature({ ...stamp, token, encrypt, signature: stamp.msgSignature })) refuse('signature')
    try {
      return decryptPush({ encodingAesKey, appId, encrypt })
    } catch {
      return refuse('ciphertext')
    }
  }

  function prove(push: Push, { appId, stamp, body }: Arrived & { readonly body: string }, refuse: Refuse): Proved {
    if (push.encodingAesKey === null) {
      if (!verifyPushSignature({ ...stamp, token: push.token })) refuse('signature')
      return { message: body, seal: '' }
    }
    // `signature` alone never counts: it does not cover the body. What stands beside the ciphertext is not read.
    const encrypt = parsePushBody(body)?.get('encrypt')
    if (encrypt === undefined) return refuse('not-encrypted')
    return { message: open(push, appId, stamp, encrypt, refuse), seal: encrypt }
  }

  async function keep(event: AuthorizationEvent & PushSubject, seal: string, push: Push, arrived: Arrived) {
    const { appId, stamp, requestId } = arrived
    const { openId, revoked } = event
    const now = clock.now()
    const id = newId()
    const outcome = await store.addJob({
      id,
      kind: event.event,
      appId,
      event: digest('push', appId, event.event, openId, String(event.at), revoked.join()),
      stamp: digest('push-stamp', appId, stamp.timestamp, stamp.nonce, seal),
      sealed: jobSeal.seal({ id, appId }, writePushSubject({ openId, revoked })),
      // A time that is not yet cannot reach what is told later.
      eventAt: Math.min(event.at, now + limits.pushWindow),
      dueAt: now + push.delayMs,
    })
    if (outcome === 'stamp-used') return refusing(arrived)('replayed')
    tell({ type: 'push-received', requestId, appId, event: event.event, repeated: outcome === 'known' })
  }

  return {
    checkUrl({ echo, ...arrived }) {
      const { appId, stamp } = arrived
      const push = policyOf(appId)
      const refuse = refusing(arrived)
      checkTime(stamp, refuse)
      // WeCom and some platforms send the text encrypted.
      if (stamp.msgSignature !== '') return open(push, appId, stamp, echo, refuse)
      if (!verifyPushSignature({ ...stamp, token: push.token })) refuse('signature')
      return echo
    },
    async receive(input) {
      const { body: _, ...arrived } = input
      const { appId, stamp, requestId } = arrived
      const push = policyOf(appId)
      const refuse = refusing(arrived)
      checkTime(stamp, refuse)
      const { message, seal } = prove(push, input, refuse)
      const event = readPushEvent(message)
      const ignore = (reason: PushIgnored) => tell({ type: 'push-ignored', requestId, appId, reason })
      if (!event) return ignore('other-event')
      if (event.appId !== null && event.appId !== appId) refuse('wrong-app')
      const { openId } = event
      if (event.pluginId !== null && event.pluginId !== appId) return ignore('plugin')
      if (openId === null || !/^[\w-]{1,64}$/.test(openId)) return ignore('no-openid')
      await keep({ ...event, openId }, seal, push, arrived)
    },
  }
}
