import { type AuthorizationEvent, readPushEvent, verifyPushSignature } from '@weapp-auth/protocol/wechat'
import type { Apps } from '../domain/app-policy.ts'
import type { Components } from '../domain/component-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { limits } from '../domain/limits.ts'
import { ProblemError } from '../domain/problem-error.ts'
import type { Push } from '../domain/push-policy.ts'
import { digest } from '../keys/digest.ts'
import type { JobSeal } from '../keys/job-seal.ts'
import type { Clock } from '../ports/clock.ts'
import type { Observe, PushIgnored } from '../ports/observer.ts'
import type { Store } from '../ports/store.ts'
import { checkPushTime, ciphertextOf, openPush, type PushStamp, type RefusePush, refusePush } from './prove-push.ts'
import { type PushSubject, writePushSubject } from './push-subject.ts'

export interface ReceivePushTools {
  readonly apps: Apps
  readonly components: Components
  readonly store: Store
  readonly jobSeal: JobSeal
  readonly clock: Clock
  readonly newId: Ids
  readonly tell: Observe
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

/** How the messages of an app come. */
interface Channel {
  readonly push: Push
  /** At the end of every ciphertext. */
  readonly tail: string
}

/** A message that was proved to be WeChat's. `seal` is its ciphertext, or empty. */
interface Proved {
  readonly message: string
  readonly seal: string
}

export function createReceivePush(tools: ReceivePushTools): ReceivePush {
  const { apps, components, store, jobSeal, clock, newId, tell } = tools

  /** Of an app that a third-party platform acts for, messages come as the platform has them. */
  function channelOf(appId: string): Channel {
    const app = apps.get(appId)
    if (!app) throw new ProblemError('app_unknown', { field: 'appId' })
    const component = app.component === null ? undefined : components.get(app.component)
    if (component) return { push: component.push, tail: component.appId }
    if (!app.push) throw new ProblemError('push_off')
    return { push: app.push, tail: appId }
  }

  function prove(channel: Channel, { stamp, body }: Arrived & { readonly body: string }, refuse: RefusePush): Proved {
    const { push, tail } = channel
    if (push.encodingAesKey === null) {
      if (!verifyPushSignature({ ...stamp, token: push.token })) refuse('signature')
      return { message: body, seal: '' }
    }
    const seal = ciphertextOf(body, refuse)
    return { message: openPush(push, tail, stamp, seal, refuse), seal }
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
    if (outcome === 'stamp-used') return refusePush(tell, { appId, requestId })('replayed')
    tell({ type: 'push-received', requestId, appId, event: event.event, repeated: outcome === 'known' })
  }

  return {
    checkUrl({ echo, ...arrived }) {
      const { appId, stamp, requestId } = arrived
      const { push, tail } = channelOf(appId)
      const refuse = refusePush(tell, { appId, requestId })
      checkPushTime(stamp, clock.now(), refuse)
      // WeCom and some platforms send the text encrypted.
      if (stamp.msgSignature !== '') return openPush(push, tail, stamp, echo, refuse)
      if (!verifyPushSignature({ ...stamp, token: push.token })) refuse('signature')
      return echo
    },
    async receive(input) {
      const { body: _, ...arrived } = input
      const { appId, stamp, requestId } = arrived
      const channel = channelOf(appId)
      const refuse = refusePush(tell, { appId, requestId })
      checkPushTime(stamp, clock.now(), refuse)
      const { message, seal } = prove(channel, input, refuse)
      const event = readPushEvent(message)
      const ignore = (reason: PushIgnored) => tell({ type: 'push-ignored', requestId, appId, reason })
      if (!event) return ignore('other-event')
      if (event.appId !== null && event.appId !== appId) refuse('wrong-app')
      const { openId } = event
      if (event.pluginId !== null && event.pluginId !== appId) return ignore('plugin')
      if (openId === null || !/^[\w-]{1,64}$/.test(openId)) return ignore('no-openid')
      await keep({ ...event, openId }, seal, channel.push, arrived)
    },
  }
}
